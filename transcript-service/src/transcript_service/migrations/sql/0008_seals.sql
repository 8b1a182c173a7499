-- A conversation that was taken out leaves this row for the figures: nobody's name, nobody's words.
ALTER TABLE ledger.conversation ADD COLUMN removed_at timestamptz
--;;
-- It answers no receipt any more, though it had a deadline.
DO $$
DECLARE
    rule text := (
        SELECT r.conname FROM pg_constraint AS r
        WHERE r.conrelid = 'ledger.conversation'::regclass AND r.contype = 'c'
        AND pg_get_constraintdef(r.oid) = 'CHECK (((due_at IS NULL) = (receipt IS NULL)))'
    );
BEGIN
    EXECUTE format('ALTER TABLE ledger.conversation DROP CONSTRAINT %I', rule);
END
$$
--;;
ALTER TABLE ledger.conversation
ADD CHECK (removed_at IS NOT NULL OR (due_at IS NULL) = (receipt IS NULL)),
ADD CHECK (removed_at IS NULL OR (
    state = 'closed' AND citizen = '' AND receipt IS NULL AND wrapup_agent IS NULL
    AND alarm IS NULL AND forget_asked_at IS NULL
))
--;;
-- A mark says which body went, what stands there instead, why and by whom, and is signed by a key
-- that the database does not have. Several at one event follow each other: masked, then erased.
ALTER TABLE ledger.erasure
ADD COLUMN n integer NOT NULL DEFAULT 1 CHECK (n > 0),
ADD COLUMN gone bytea CHECK (length(gone) = 32),
ADD COLUMN instead bytea CHECK (length(instead) = 32),
ADD COLUMN reason text,
ADD COLUMN basis text,
ADD COLUMN key text,
ADD COLUMN signature bytea CHECK (length(signature) = 64)
--;;
UPDATE ledger.erasure AS m SET gone = e.body_hash
FROM ledger.event AS e
WHERE e.tenant = m.tenant AND e.conversation = m.conversation
AND e.stream = m.stream AND e.seq = m.seq
--;;
ALTER TABLE ledger.erasure
ALTER COLUMN gone SET NOT NULL,
DROP CONSTRAINT erasure_pkey,
ADD PRIMARY KEY (tenant, conversation, stream, seq, n)
--;;
CREATE INDEX erasure_at ON ledger.erasure (at)
--;;
-- What is left of a conversation that was taken out, so that seals of former days can be checked.
CREATE TABLE ledger.tombstone (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    basis text NOT NULL,
    -- Per stream: its last seq, and the hash of that event.
    heads jsonb NOT NULL CHECK (jsonb_typeof(heads) = 'object'),
    key text NOT NULL,
    signature bytea NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (tenant, conversation),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id)
)
--;;
CREATE INDEX tombstone_at ON ledger.tombstone (at)
--;;
-- Words that somebody asked to have masked. Until the keeper has erased the original, `shown` is
-- the whole body as it is read; then it is null, and the body itself says no more than that.
CREATE TABLE ledger.masking (
    tenant text NOT NULL,
    id uuid NOT NULL,
    -- The order in which they were asked for: each was decided on what the one before left.
    n bigint GENERATED ALWAYS AS IDENTITY,
    conversation uuid NOT NULL,
    stream text NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by text NOT NULL,
    reason text NOT NULL,
    -- Where in which part of the body, and the mark that stands there. None of the words.
    edit jsonb NOT NULL CHECK (jsonb_typeof(edit) = 'object'),
    shown text,
    done_at timestamptz,
    -- The mark in `ledger.erasure` that came of it.
    mark integer,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, conversation, stream, seq)
    REFERENCES ledger.event (tenant, conversation, stream, seq),
    CHECK ((done_at IS NULL) = (shown IS NOT NULL))
)
--;;
CREATE INDEX masking_pending ON ledger.masking (tenant, conversation, stream, seq, n)
WHERE done_at IS NULL
--;;
CREATE INDEX masking_conversation ON ledger.masking (tenant, conversation, n)
--;;
-- Words as they are to be read: who reads bodies reads them here, the chain and its keeper apart.
CREATE VIEW ledger.shown_body AS
SELECT b.tenant, b.conversation, b.stream, b.seq, coalesce(
    (
        SELECT m.shown FROM ledger.masking AS m
        WHERE m.tenant = b.tenant AND m.conversation = b.conversation
        AND m.stream = b.stream AND m.seq = b.seq AND m.done_at IS NULL
        ORDER BY m.n DESC
        LIMIT 1
    ),
    b.body
) AS body
FROM ledger.event_body AS b
--;;
-- That a seal was made, so that one that is missing from its folder is missed here.
CREATE TABLE ledger.seal (
    number integer PRIMARY KEY CHECK (number > 0),
    name text NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
)
--;;
-- A day's events lie together, so an index of a few pages finds them.
CREATE INDEX event_time ON ledger.event USING brin (time)
WITH (pages_per_range = 16, autosummarize = on)
