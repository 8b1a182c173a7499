-- That a body was erased, when and by whom. Only the trigger writes here, with the owner's rights.
CREATE TABLE ledger.erasure (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    stream text NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by text NOT NULL,
    PRIMARY KEY (tenant, conversation, stream, seq),
    FOREIGN KEY (tenant, conversation, stream, seq)
    REFERENCES ledger.event (tenant, conversation, stream, seq)
)
--;;
CREATE FUNCTION ledger.mark_erasure() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    INSERT INTO ledger.erasure (tenant, conversation, stream, seq, by)
    VALUES (old.tenant, old.conversation, old.stream, old.seq, session_user);
    RETURN NULL;
END
$$
--;;
CREATE TRIGGER mark_erasure AFTER DELETE ON ledger.event_body
FOR EACH ROW EXECUTE FUNCTION ledger.mark_erasure()
--;;
REVOKE ALL ON FUNCTION ledger.mark_erasure() FROM public
--;;
GRANT SELECT ON ledger.erasure TO transcript_app, transcript_retention
--;;
-- Ids of actions without an event are needed for as long as somebody may send one again.
GRANT SELECT, DELETE ON ledger.handled TO transcript_retention
