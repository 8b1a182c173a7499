-- What must not be erased, whatever its time: a complaint, a lawsuit, a request for access.
CREATE TABLE ledger.hold (
    tenant text NOT NULL,
    id uuid NOT NULL,
    conversation uuid NOT NULL,
    -- The archivist's own words, masked at the door.
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lifted_by text,
    lifted_at timestamptz,
    lifted_why text,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
    CHECK ((lifted_at IS NULL) = (lifted_why IS NULL))
)
--;;
CREATE UNIQUE INDEX hold_standing ON ledger.hold (tenant, conversation) WHERE lifted_at IS NULL
--;;
CREATE INDEX hold_conversation ON ledger.hold (tenant, conversation)
--;;
-- One look at what is over its time, and what was done about it.
CREATE TABLE ledger.retention_run (
    tenant text NOT NULL,
    id uuid NOT NULL,
    -- asked: an archivist looks first. nightly: the set-up lets it go. wish: citizens asked for it.
    kind text NOT NULL CHECK (kind IN ('asked', 'nightly', 'wish')),
    -- An agent's id, or `keeper`.
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The moment by which it was decided, and the set-up.
    as_of timestamptz NOT NULL,
    rules integer NOT NULL,
    -- There is more than one run takes.
    more boolean NOT NULL,
    approved_by text,
    approved_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant, id),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CHECK (ended_at IS NULL OR approved_at IS NOT NULL)
)
--;;
CREATE INDEX retention_run_newest ON ledger.retention_run (tenant, made_at)
--;;
CREATE INDEX retention_run_unended ON ledger.retention_run (tenant)
WHERE approved_at IS NOT NULL AND ended_at IS NULL
--;;
-- What a run says of one conversation, and what became of it. No word and no person is in it: it
-- stays as the record of what was erased, when, and by which rule.
CREATE TABLE ledger.retention_step (
    tenant text NOT NULL,
    run uuid NOT NULL,
    conversation uuid NOT NULL,
    topic text,
    department text NOT NULL,
    archive text NOT NULL,
    why text NOT NULL,
    due_at timestamptz,
    kept_days integer,
    legal_basis text NOT NULL,
    -- left: something else was to be done with it by then (`left_why`). gone: it was gone already.
    result text CHECK (result IN ('erased', 'left', 'gone')),
    left_why text,
    settled_at timestamptz,
    -- What lies outside the database and is still to be deleted; null when nothing is.
    leftovers jsonb,
    PRIMARY KEY (tenant, run, conversation),
    FOREIGN KEY (tenant, run) REFERENCES ledger.retention_run (tenant, id) ON DELETE CASCADE,
    CHECK ((result IS NULL) = (settled_at IS NULL)),
    CHECK ((result = 'left') = (left_why IS NOT NULL)),
    CHECK (leftovers IS NULL OR result = 'erased')
)
--;;
CREATE INDEX retention_step_unsettled ON ledger.retention_step (tenant, run, conversation)
WHERE result IS NULL OR leftovers IS NOT NULL
--;;
-- Wishes to be forgotten that were granted of late.
CREATE INDEX retention_step_wishes ON ledger.retention_step (tenant, settled_at)
WHERE why IN ('forget', 'forget_archived') AND result = 'erased'
--;;
-- What is over its time is found by its end.
CREATE INDEX conversation_kept ON ledger.conversation (tenant, closed_at, id)
WHERE closed_at IS NOT NULL AND archive IS NOT NULL AND removed_at IS NULL
--;;
-- All that a decision about a conversation rests on; see `retention/rules.py`.
CREATE VIEW ledger.retention_case AS
SELECT
    c.tenant,
    c.id AS conversation,
    c.topic,
    c.department,
    c.archive,
    c.closed_at,
    c.wrapup_agent IS NULL AS wrapped_up,
    c.forget_asked_at,
    EXISTS (
        SELECT FROM ledger.hold AS h
        WHERE h.tenant = c.tenant AND h.conversation = c.id AND h.lifted_at IS NULL
    ) AS held,
    -- As it is classified now: a record that is to be in the journal has been there when that
    -- was confirmed.
    (
        SELECT max(x.received_at) FROM ledger.export AS x
        WHERE x.tenant = c.tenant AND x.conversation = c.id
        AND x.archive = c.archive AND x.state = 'received'
    ) AS received_at,
    EXISTS (
        SELECT FROM ledger.export AS x
        WHERE x.tenant = c.tenant AND x.conversation = c.id AND x.state IN ('made', 'sent')
    ) AS under_way
FROM ledger.conversation AS c
WHERE c.removed_at IS NULL
--;;
-- Nobody changes, classifies or holds a conversation while it is decided about: until the end of
-- the transaction. Who erases may change no other column of it, so the owner's rights do it.
CREATE FUNCTION ledger.lock_for_retention(of_tenant text, of_conversation uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    PERFORM 1 FROM ledger.conversation AS c
    WHERE c.tenant = of_tenant AND c.id = of_conversation
    FOR UPDATE;
END
$$
--;;
REVOKE ALL ON FUNCTION ledger.lock_for_retention(text, uuid) FROM public
--;;
GRANT EXECUTE ON FUNCTION ledger.lock_for_retention(text, uuid) TO transcript_retention
--;;
GRANT SELECT ON ledger.retention_case, ledger.retention_run, ledger.retention_step, ledger.hold
TO transcript_app, transcript_retention
--;;
-- Who serves asks for a run and approves it; it settles none.
GRANT INSERT ON ledger.retention_run, ledger.retention_step TO transcript_app
--;;
GRANT UPDATE (approved_by, approved_at) ON ledger.retention_run TO transcript_app
--;;
GRANT INSERT (tenant, id, conversation, reason, set_by),
UPDATE (lifted_by, lifted_at, lifted_why) ON ledger.hold TO transcript_app
--;;
GRANT INSERT, UPDATE (ended_at), DELETE ON ledger.retention_run TO transcript_retention
--;;
GRANT INSERT, UPDATE (result, left_why, settled_at, leftovers) ON ledger.retention_step
TO transcript_retention
--;;
-- A hold that was lifted goes with its conversation: a reason may name people.
GRANT DELETE ON ledger.hold TO transcript_retention
--;;
GRANT SELECT ON ledger.conversation, ledger.directory TO transcript_retention
--;;
-- The keeper notes what it did; the role that erases by hand may not touch the audit.
GRANT INSERT (tenant, id, who, action, conversation, about) ON ledger.audit TO transcript_keeper
