-- A body that goes leaves a mark. One that was signed beforehand says so; else this one does, and
-- `verify` names it, for nobody vouches for it.
CREATE OR REPLACE FUNCTION ledger.mark_erasure() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    was bytea := sha256(old.salt || convert_to(old.body, 'UTF8'));
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger.erasure AS m
        WHERE m.tenant = old.tenant AND m.conversation = old.conversation
        AND m.stream = old.stream AND m.seq = old.seq
        AND m.gone = was AND m.signature IS NOT NULL
    ) THEN
        INSERT INTO ledger.erasure (tenant, conversation, stream, seq, n, gone, by)
        SELECT old.tenant, old.conversation, old.stream, old.seq, coalesce(max(m.n), 0) + 1, was,
            session_user
        FROM ledger.erasure AS m
        WHERE m.tenant = old.tenant AND m.conversation = old.conversation
        AND m.stream = old.stream AND m.seq = old.seq;
    END IF;
    RETURN NULL;
END
$$
--;;
-- Erase bodies under marks that are signed, and put there what stands instead, if anything does.
-- Raises PK002 when one is no longer the body that was marked, or when a mark is old: it might be
-- of a day that is sealed already. Only what is done again after a restore may be `late`.
CREATE FUNCTION ledger.erase_bodies(marks jsonb, late boolean) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    erased integer;
BEGIN
    IF NOT late AND EXISTS (
        SELECT FROM jsonb_to_recordset(marks) AS m (at timestamptz)
        WHERE m.at < clock_timestamp() - interval '1 minute'
    ) THEN
        RAISE EXCEPTION 'a mark of some time ago' USING ERRCODE = 'PK002';
    END IF;
    INSERT INTO ledger.erasure (
        tenant, conversation, stream, seq, n, at, by, reason, basis, gone, instead, key, signature
    )
    SELECT m.tenant, m.conversation, m.stream, m.seq, m.n, m.at, m.by, m.reason, m.basis, m.gone,
        m.instead, m.key, m.signature
    FROM jsonb_populate_recordset(NULL::ledger.erasure, marks) AS m;
    DELETE FROM ledger.event_body AS b
    USING jsonb_populate_recordset(NULL::ledger.erasure, marks) AS m
    WHERE b.tenant = m.tenant AND b.conversation = m.conversation
    AND b.stream = m.stream AND b.seq = m.seq
    AND sha256(b.salt || convert_to(b.body, 'UTF8')) = m.gone;
    GET DIAGNOSTICS erased = ROW_COUNT;
    IF erased < jsonb_array_length(marks) THEN
        RAISE EXCEPTION 'not the body that was marked' USING ERRCODE = 'PK002';
    END IF;
    INSERT INTO ledger.event_body (tenant, conversation, stream, seq, body, salt)
    SELECT m.tenant, m.conversation, m.stream, m.seq, m.body, m.salt
    FROM jsonb_to_recordset(marks) AS m (
        tenant text, conversation uuid, stream text, seq integer, body text, salt bytea,
        instead bytea
    )
    WHERE m.instead IS NOT NULL;
    -- What was to be masked of words that are gone is masked; of those that stand, one by one.
    UPDATE ledger.masking AS k
    SET shown = NULL, done_at = clock_timestamp(), mark = m.n
    FROM jsonb_to_recordset(marks) AS m (
        tenant text, conversation uuid, stream text, seq integer, n integer, masking uuid
    )
    WHERE k.tenant = m.tenant AND k.conversation = m.conversation
    AND k.stream = m.stream AND k.seq = m.seq AND k.done_at IS NULL
    AND (m.masking IS NULL OR k.id = m.masking);
    RETURN erased;
END
$$
--;;
-- Take a conversation out, under a tombstone that is signed. Answers whether there was one: false
-- for one that is not known, gone already, or not over. What is done again after a restore may be
-- `late`: of a former day, and of a conversation that was not over when the backup was made.
CREATE FUNCTION ledger.remove_conversation(stone jsonb, late boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    new_stone ledger.tombstone := jsonb_populate_record(NULL::ledger.tombstone, stone);
    c ledger.conversation;
BEGIN
    SELECT * INTO c FROM ledger.conversation AS o
    WHERE o.tenant = new_stone.tenant AND o.id = new_stone.conversation
    FOR UPDATE;
    IF NOT found OR c.removed_at IS NOT NULL THEN
        RETURN false;
    END IF;
    IF NOT late THEN
        IF c.state <> 'closed' OR c.wrapup_agent IS NOT NULL THEN
            RETURN false;
        END IF;
        IF new_stone.at < clock_timestamp() - interval '1 minute' OR new_stone.heads <> (
            SELECT coalesce(
                jsonb_object_agg(
                    s.key, jsonb_build_object('seq', s.value, 'hash', c.heads -> s.key)
                ),
                '{}'
            )
            FROM jsonb_each(c.last_seq) AS s
        ) THEN
            RAISE EXCEPTION 'decided on what is no longer so' USING ERRCODE = 'PK002';
        END IF;
    END IF;
    INSERT INTO ledger.tombstone SELECT new_stone.*;
    INSERT INTO ledger.audit (tenant, id, who, action, conversation, about)
    VALUES (
        c.tenant, gen_random_uuid(), new_stone."by", 'removed', c.id,
        jsonb_build_object('reason', new_stone.reason, 'basis', new_stone.basis)
    );
    -- Slots that a backup still shows as taken.
    UPDATE ledger.agent AS a SET load = a.load - 1
    WHERE a.tenant = c.tenant AND a.id = coalesce(c.owner, c.wrapup_agent);
    UPDATE ledger.agent AS a SET load = a.load - 1
    FROM ledger.offer AS o
    WHERE o.tenant = c.tenant AND o.conversation = c.id AND o.state = 'pending'
    AND a.tenant = o.tenant AND a.id = o.agent;
    DELETE FROM ledger.masking AS o WHERE o.tenant = c.tenant AND o.conversation = c.id;
    DELETE FROM ledger.event_body AS o WHERE o.tenant = c.tenant AND o.conversation = c.id;
    DELETE FROM ledger.erasure AS o WHERE o.tenant = c.tenant AND o.conversation = c.id;
    DELETE FROM ledger.file AS o WHERE o.tenant = c.tenant AND o.conversation = c.id;
    DELETE FROM ledger.event AS o WHERE o.tenant = c.tenant AND o.conversation = c.id;
    DELETE FROM ledger.handled AS o WHERE o.tenant = c.tenant AND o.conversation = c.id;
    DELETE FROM ledger.offer AS o WHERE o.tenant = c.tenant AND o.conversation = c.id;
    DELETE FROM ledger.handover AS o
    WHERE o.tenant = c.tenant AND o.conversation = c.id AND o.state <> 'accepted';
    -- That it was handed over, and where to, is a figure; by whom is not.
    UPDATE ledger.handover AS o SET id = gen_random_uuid(), from_agent = '', agent = NULL
    WHERE o.tenant = c.tenant AND o.conversation = c.id;
    IF to_regclass('ledger.search') IS NOT NULL THEN
        EXECUTE 'DELETE FROM ledger.search WHERE tenant = $1 AND conversation = $2'
        USING c.tenant, c.id;
    END IF;
    UPDATE ledger.conversation AS o
    SET removed_at = new_stone.at, version = o.version + 1, citizen = '', receipt = NULL,
        state = 'closed', closed_at = coalesce(o.closed_at, new_stone.at), owner = NULL,
        wrapup_agent = NULL, wrapup_until = NULL, last_seq = '{}', heads = '{}', missed = '{}',
        -- As many as had it, and none by name.
        agents = array_fill(''::text, ARRAY[cardinality(o.agents)]),
        -- That it followed another is a figure; which one is not.
        follows = CASE WHEN o.follows IS NOT NULL
        THEN '00000000-0000-0000-0000-000000000000'::uuid END,
        preferred_agent = NULL, away_since = NULL, unanswered_since = NULL, suggested = NULL,
        alarm = NULL, consulted = NULL, nudged_at = NULL, forget_asked_at = NULL, glimpses = NULL
    WHERE o.tenant = c.tenant AND o.id = c.id;
    RETURN true;
END
$$
--;;
-- Ask that words be masked; from now on they are read as `shown`. Answers `masked`; `known` when
-- this id was used before; `changed` when the body is no longer the one it was decided on.
CREATE FUNCTION ledger.mask(document jsonb, seen text) RETURNS text LANGUAGE plpgsql
SET search_path = ledger, pg_temp AS $$
DECLARE
    asked ledger.masking := jsonb_populate_record(NULL::ledger.masking, document);
BEGIN
    PERFORM 1 FROM ledger.conversation AS c
    WHERE c.tenant = asked.tenant AND c.id = asked.conversation
    FOR UPDATE;
    IF EXISTS (
        SELECT FROM ledger.masking AS m WHERE m.tenant = asked.tenant AND m.id = asked.id
    ) THEN
        RETURN 'known';
    END IF;
    IF (
        SELECT b.body FROM ledger.shown_body AS b
        WHERE b.tenant = asked.tenant AND b.conversation = asked.conversation
        AND b.stream = asked.stream AND b.seq = asked.seq
    ) IS DISTINCT FROM seen THEN
        RETURN 'changed';
    END IF;
    INSERT INTO ledger.masking (tenant, id, conversation, stream, seq, by, reason, edit, shown)
    VALUES (
        asked.tenant, asked.id, asked.conversation, asked.stream, asked.seq, asked."by",
        asked.reason, asked.edit, asked.shown
    );
    RETURN 'masked';
END
$$
