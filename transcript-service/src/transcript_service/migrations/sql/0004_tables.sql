ALTER TABLE ledger.conversation
-- Since when the citizen has been asked whether they are still there; the owner asked.
ADD COLUMN nudged_at timestamptz,
ADD COLUMN rating text CHECK (rating IN ('yes', 'partly', 'no')),
ADD COLUMN forget_asked_at timestamptz,
ADD CHECK (nudged_at IS NULL OR owner IS NOT NULL),
ADD CHECK (rating IS NULL OR state = 'closed'),
ADD CHECK (forget_asked_at IS NULL OR state = 'closed')
--;;
-- Who erases looks for the few who asked for it.
CREATE INDEX conversation_forget ON ledger.conversation (tenant, forget_asked_at)
WHERE forget_asked_at IS NOT NULL
