-- The launcher or the database's administrator makes the roles with passwords; what is missing is
-- made here, so that the grants below have somebody to go to.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['transcript_app', 'transcript_retention'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION
                WHEN duplicate_object THEN
                    NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'role % is missing and % may not create it', wanted, current_user
                        USING HINT = 'CREATE ROLE it, or give the owner role CREATEROLE';
            END;
        END IF;
    END LOOP;
END
$$
