-- A glass that was broken and a citizen who was blocked are in the audit with their event, in the
-- same transaction. The reason is the agent's own, masked at the door; no word of a citizen's.
CREATE FUNCTION ledger.audit_event() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    body jsonb := (
        SELECT b.body::jsonb FROM ledger.event_body AS b
        WHERE b.tenant = new.tenant AND b.conversation = new.conversation
        AND b.stream = new.stream AND b.seq = new.seq
    );
BEGIN
    -- An id of its own: the action's is unique in its conversation only.
    INSERT INTO ledger.audit (tenant, id, who, action, conversation, about)
    VALUES (
        new.tenant, gen_random_uuid(), regexp_replace(new.sender, '^agent:', ''), new.kind,
        new.conversation, jsonb_build_object('reason', body -> 'reason', 'until', body -> 'until')
    );
    RETURN NULL;
END
$$
--;;
-- Deferred, for the body is written after its event. Which events are queued is decided at once, by
-- the kind: words cost one comparison.
CREATE CONSTRAINT TRIGGER audit_event AFTER INSERT ON ledger.event
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (new.kind IN ('glass_broken', 'blocked'))
EXECUTE FUNCTION ledger.audit_event()
--;;
-- One row a conversation whose words a statement erased; which they were, `ledger.erasure` says.
CREATE FUNCTION ledger.audit_erasure() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    INSERT INTO ledger.audit (tenant, id, who, action, conversation, about)
    SELECT
        e.tenant, gen_random_uuid(), 'role:' || session_user, 'erased', e.conversation,
        jsonb_build_object('events', count(*))
    FROM erased AS e
    GROUP BY e.tenant, e.conversation;
    RETURN NULL;
END
$$
--;;
CREATE TRIGGER audit_erasure AFTER DELETE ON ledger.event_body
REFERENCING OLD TABLE AS erased
FOR EACH STATEMENT EXECUTE FUNCTION ledger.audit_erasure()
