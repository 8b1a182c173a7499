ALTER TABLE ledger.conversation
-- When the first agent had it while it was live, and in which department's line it had waited.
ADD COLUMN answered_at timestamptz,
ADD COLUMN answered_in text,
ADD COLUMN unanswered_since timestamptz,
ADD COLUMN due_at timestamptz,
ADD COLUMN receipt text,
ADD COLUMN answer_by text CHECK (answer_by IN ('email', 'phone', 'receipt')),
ADD COLUMN suggested jsonb,
ADD COLUMN follows uuid,
ADD COLUMN alarm text CHECK (alarm IN ('danger', 'threat', 'abuse')),
-- Null when nobody is: so the index below holds the few of which somebody reads along.
ADD COLUMN consulted text[],
ADD CHECK ((answered_at IS NULL) = (answered_in IS NULL)),
ADD CHECK ((due_at IS NULL) = (receipt IS NULL)),
ADD CHECK (due_at IS NULL OR answer_by IS NOT NULL),
ADD CHECK (state <> 'written' OR due_at IS NOT NULL),
ADD CHECK (unanswered_since IS NULL OR owner IS NOT NULL),
ADD CHECK (consulted IS NULL OR owner IS NOT NULL)
--;;
CREATE UNIQUE INDEX conversation_receipt ON ledger.conversation (tenant, receipt)
WHERE receipt IS NOT NULL
--;;
CREATE INDEX conversation_answered ON ledger.conversation (tenant, answered_at)
WHERE answered_at IS NOT NULL
--;;
CREATE INDEX conversation_consulted ON ledger.conversation USING gin (consulted)
WHERE consulted IS NOT NULL
--;;
-- An alarm stands until it is cleared, also when the citizen has left meanwhile.
DROP INDEX ledger.conversation_open
--;;
CREATE INDEX conversation_open ON ledger.conversation (tenant, department)
WHERE state <> 'closed' OR wrapup_agent IS NOT NULL OR alarm IS NOT NULL
--;;
-- Citizens who may open no conversation for a while. Why is written in the event, for the desk.
CREATE TABLE ledger.block (
    tenant text NOT NULL,
    citizen text NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant, citizen)
)
