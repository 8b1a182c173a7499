-- The keeper signs in as this role; it is a member of `transcript_retention`, which may erase. Who
-- makes the roles with passwords (launcher, administrator) makes it a member: the owner may not.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'transcript_keeper') THEN
        CREATE ROLE transcript_keeper NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'role transcript_keeper is missing and % may not create it', current_user
            USING HINT = 'CREATE ROLE it, or give the owner role CREATEROLE';
END
$$
--;;
GRANT USAGE ON SCHEMA ledger TO transcript_keeper
--;;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO transcript_keeper
--;;
GRANT EXECUTE ON FUNCTION ledger.conversation_document(ledger.conversation) TO transcript_keeper
