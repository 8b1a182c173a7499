-- Of the files that a batch is to show, those that are there.
CREATE FUNCTION ledger.load_files(request jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN jsonb_build_object(
        'files', (
            SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]')
            FROM jsonb_to_recordset(request -> 'files')
                AS q (tenant text, conversation uuid, id uuid)
            JOIN ledger.file AS f USING (tenant, conversation, id)
        )
    );
END
$$
--;;
-- With the event its file is shown, in the same transaction. One that was swept, or shown by
-- another event, in the same instant: decided on an older version, like any other lost race.
CREATE FUNCTION ledger.show_file() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    UPDATE ledger.file AS f SET posted_at = new.time
    WHERE f.tenant = new.tenant AND f.conversation = new.conversation AND f.id = new.file
    AND f.sender = new.sender AND f.posted_at IS NULL;
    IF NOT found THEN
        RAISE EXCEPTION 'the file is not there' USING ERRCODE = 'PK002';
    END IF;
    RETURN NULL;
END
$$
--;;
CREATE TRIGGER show_file AFTER INSERT ON ledger.event
FOR EACH ROW WHEN (new.file IS NOT NULL) EXECUTE FUNCTION ledger.show_file()
--;;
-- Who erases the words that showed a file, erases its row; the sweep then finds the bytes.
CREATE FUNCTION ledger.forget_file() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    DELETE FROM ledger.file AS f USING ledger.event AS e
    WHERE e.tenant = old.tenant AND e.conversation = old.conversation
    AND e.stream = old.stream AND e.seq = old.seq
    AND f.tenant = e.tenant AND f.conversation = e.conversation AND f.id = e.file;
    RETURN NULL;
END
$$
--;;
CREATE TRIGGER forget_file AFTER DELETE ON ledger.event_body
FOR EACH ROW EXECUTE FUNCTION ledger.forget_file()
--;;
-- Write a file's row, unless there is one of that id. Answers the row as it is now, or why there is
-- none: `not_found`, `closed`, `id_reused`, `files_too_many`. Uploads of one conversation wait for
-- each other, so that two of them cannot pass the limit together.
CREATE FUNCTION ledger.keep_file(document jsonb, most_files integer, most_bytes bigint)
RETURNS jsonb LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    new_file ledger.file := jsonb_populate_record(NULL::ledger.file, document);
    kept ledger.file;
    files integer;
    bytes bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtextextended(new_file.tenant || ' ' || new_file.conversation, 5)
    );
    SELECT * INTO kept FROM ledger.file AS f
    WHERE f.tenant = new_file.tenant AND f.conversation = new_file.conversation
    AND f.id = new_file.id;
    IF found THEN
        RETURN to_jsonb(kept);
    END IF;
    IF NOT EXISTS (
        SELECT FROM ledger.conversation AS c
        WHERE c.tenant = new_file.tenant AND c.id = new_file.conversation
    ) THEN
        RETURN '{"why": "not_found"}'::jsonb;
    END IF;
    IF EXISTS (
        SELECT FROM ledger.conversation AS c
        WHERE c.tenant = new_file.tenant AND c.id = new_file.conversation AND c.state = 'closed'
    ) THEN
        RETURN '{"why": "closed"}'::jsonb;
    END IF;
    -- Shown once and erased since: that id stands for something that is gone.
    IF EXISTS (
        SELECT FROM ledger.event AS e
        WHERE e.tenant = new_file.tenant AND e.conversation = new_file.conversation
        AND e.file = new_file.id
    ) THEN
        RETURN '{"why": "id_reused"}'::jsonb;
    END IF;
    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes FROM ledger.file AS f
    WHERE f.tenant = new_file.tenant AND f.conversation = new_file.conversation;
    IF files >= most_files OR bytes + new_file.size > most_bytes THEN
        RETURN '{"why": "files_too_many"}'::jsonb;
    END IF;
    INSERT INTO ledger.file (
        tenant, conversation, id, copy, sender, name, media_type, size, sha256, scan, width, height,
        masked
    )
    VALUES (
        new_file.tenant, new_file.conversation, new_file.id, new_file.copy, new_file.sender,
        new_file.name, new_file.media_type, new_file.size, new_file.sha256, new_file.scan,
        new_file.width, new_file.height, new_file.masked
    )
    RETURNING * INTO kept;
    RETURN to_jsonb(kept);
END
$$
--;;
-- Delete the rows of files that nobody has shown for a day, and tell where their bytes lie. One
-- that is being shown at this moment is locked, and left alone.
CREATE FUNCTION ledger.sweep_files(most integer)
RETURNS TABLE (tenant text, conversation uuid, id uuid, copy uuid) LANGUAGE sql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
    DELETE FROM ledger.file AS f
    WHERE f.copy IN (
        SELECT g.copy FROM ledger.file AS g
        WHERE g.posted_at IS NULL AND g.stored_at < clock_timestamp() - interval '24 hours'
        ORDER BY g.stored_at
        LIMIT most
        FOR UPDATE SKIP LOCKED
    )
    RETURNING f.tenant, f.conversation, f.id, f.copy
$$
