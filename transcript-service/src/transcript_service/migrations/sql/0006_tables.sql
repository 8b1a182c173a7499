ALTER TABLE ledger.conversation
-- What became of it, and what the archive makes of it. Null: nobody has said yet.
ADD COLUMN outcome text CHECK (
    outcome IN ('answered', 'guided', 'handed_on', 'unanswered', 'no_enquiry')
),
ADD COLUMN archive text CHECK (archive IN ('none', 'archive', 'journal')),
-- Who broke the glass, and until when they may read it. Null when nobody ever did.
ADD COLUMN glimpses jsonb CHECK (jsonb_typeof(glimpses) = 'array')
