-- Write some units, all of them or none, each table in one statement. Raises:
--   PK001            an agent's load would grow beyond the capacity (see guard_capacity)
--   PK002            a unit was decided on an older version
--   PK003            an offer or a hand-over that has ended, or is another's, would begin again
--   unique_violation a conversation is there already, or an id was used for another action
CREATE FUNCTION ledger.commit_units(units jsonb) RETURNS void LANGUAGE plpgsql
SET search_path = ledger, pg_temp AS $$
DECLARE
    changed jsonb := jsonb_path_query_array(units, '$[*] ? (@.began > 0).conversation');
    changes jsonb := jsonb_path_query_array(units, '$[*].loads[*]');
    handovers jsonb := jsonb_path_query_array(units, '$[*].handovers[*]');
    offers jsonb := jsonb_path_query_array(units, '$[*].offers[*]');
    events jsonb := jsonb_path_query_array(units, '$[*].events[*]');
    touched integer;
BEGIN
    INSERT INTO ledger.conversation
    SELECT * FROM jsonb_populate_recordset(
        NULL::ledger.conversation,
        jsonb_path_query_array(units, '$[*] ? (@.began == 0).conversation')
    );
    IF changed <> '[]' THEN
        UPDATE ledger.conversation AS c
        SET version = r.version, state = r.state, department = r.department, owner = r.owner,
            epoch = r.epoch, last_seq = r.last_seq, heads = r.heads, missed = r.missed,
            agents = r.agents, preferred_agent = r.preferred_agent, away_since = r.away_since,
            closed_at = r.closed_at, wrapup_agent = r.wrapup_agent,
            wrapup_until = r.wrapup_until, priority = r.priority
        FROM jsonb_array_elements(units) AS u,
            jsonb_populate_record(NULL::ledger.conversation, u -> 'conversation') AS r
        WHERE u ? 'conversation'
        AND c.tenant = r.tenant AND c.id = r.id AND c.version = (u ->> 'began')::bigint;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched < jsonb_array_length(changed) THEN
            RAISE EXCEPTION 'decided on an older version' USING ERRCODE = 'PK002';
        END IF;
    END IF;
    IF events <> '[]' THEN
        INSERT INTO ledger.event
        SELECT * FROM jsonb_populate_recordset(NULL::ledger.event, events);
        INSERT INTO ledger.event_body
        SELECT * FROM jsonb_populate_recordset(NULL::ledger.event_body, events);
    END IF;
    IF handovers <> '[]' THEN
        INSERT INTO ledger.handover AS h
        SELECT * FROM jsonb_populate_recordset(NULL::ledger.handover, handovers)
        ON CONFLICT (tenant, conversation, id) DO UPDATE SET state = excluded.state
        WHERE h.state = 'pending' AND h.from_agent = excluded.from_agent;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched < jsonb_array_length(handovers) THEN
            RAISE EXCEPTION 'a hand-over that ended stays ended' USING ERRCODE = 'PK003';
        END IF;
    END IF;
    IF offers <> '[]' THEN
        INSERT INTO ledger.offer AS o
        SELECT * FROM jsonb_populate_recordset(NULL::ledger.offer, offers)
        ON CONFLICT (tenant, conversation, id) DO UPDATE SET state = excluded.state
        WHERE o.state = 'pending' AND o.agent = excluded.agent;
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched < jsonb_array_length(offers) THEN
            RAISE EXCEPTION 'an offer that ended stays ended' USING ERRCODE = 'PK003';
        END IF;
    END IF;
    IF changes <> '[]' THEN
        UPDATE ledger.agent AS a
        SET load = a.load + change.change
        FROM (
            SELECT l.tenant, l.id, sum(l.change)::integer AS change
            FROM jsonb_to_recordset(changes) AS l (tenant text, id text, change integer)
            GROUP BY l.tenant, l.id
        ) AS change
        WHERE a.tenant = change.tenant AND a.id = change.id AND change.change <> 0;
    END IF;
    INSERT INTO ledger.handled (tenant, conversation, sender, client_id)
    SELECT h.tenant, h.conversation, h.sender, h.client_id
    FROM jsonb_to_recordset(jsonb_path_query_array(units, '$[*].handled[*]'))
        AS h (tenant text, conversation uuid, sender text, client_id uuid)
    ON CONFLICT DO NOTHING;
END
$$
--;;
-- Commit one unit. Answers null, or why it was not committed:
--   version, capacity  others were quicker: decide again on what is true now
--   reused             the id of an action (or one derived from it) was used for another
--   impossible         the rows may not look like this: a mistake of ours, never to be tried again
CREATE FUNCTION ledger.try_unit(unit jsonb) RETURNS jsonb LANGUAGE plpgsql
SET search_path = ledger, pg_temp AS $$
DECLARE
    broken text;
BEGIN
    PERFORM ledger.commit_units(jsonb_build_array(unit));
    RETURN 'null'::jsonb;
EXCEPTION
    WHEN SQLSTATE 'PK001' THEN
        RETURN '"capacity"'::jsonb;
    WHEN SQLSTATE 'PK002' THEN
        RETURN '"version"'::jsonb;
    WHEN SQLSTATE 'PK003' THEN
        RETURN '"reused"'::jsonb;
    WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
        RETURN CASE broken
            WHEN 'conversation_pkey' THEN '"version"'::jsonb
            WHEN 'event_tenant_conversation_sender_client_id_key' THEN '"reused"'::jsonb
            ELSE '"impossible"'::jsonb
        END;
    WHEN integrity_constraint_violation OR data_exception THEN
        RETURN '"impossible"'::jsonb;
END
$$
--;;
-- Commit a batch's units. Answers, per unit, null or why it was not committed (see try_unit).
--
-- Everything is locked here, in one statement: conversations before agents, each in the order of
-- their keys, new conversations last in the order of the units (which the caller sorts). A replica
-- that freezes between its two round trips holds no lock at all.
--
-- All units are tried under one savepoint first, which is what almost always succeeds and costs a
-- third; if anything is in the way, each gets a savepoint of its own.
CREATE OR REPLACE FUNCTION ledger.commit_batch(units jsonb) RETURNS jsonb LANGUAGE plpgsql
SET search_path = ledger, pg_temp AS $$
DECLARE
    unit jsonb;
    answers jsonb := '[]';
BEGIN
    PERFORM 1
    FROM ledger.conversation AS c
    JOIN (
        SELECT u ->> 'tenant' AS tenant, (u ->> 'id')::uuid AS id
        FROM jsonb_array_elements(units) AS u
    ) AS q USING (tenant, id)
    ORDER BY c.tenant, c.id
    FOR UPDATE OF c;

    PERFORM 1
    FROM ledger.agent AS a
    WHERE (a.tenant, a.id) IN (
        SELECT l ->> 'tenant', l ->> 'id'
        FROM jsonb_array_elements(units) AS u, jsonb_array_elements(u -> 'loads') AS l
    )
    ORDER BY a.tenant, a.id
    FOR UPDATE OF a;

    BEGIN
        PERFORM ledger.commit_units(units);
        RETURN (SELECT jsonb_agg('null'::jsonb) FROM jsonb_array_elements(units));
    EXCEPTION
        WHEN SQLSTATE 'PK001' OR SQLSTATE 'PK002' OR SQLSTATE 'PK003'
            OR integrity_constraint_violation OR data_exception THEN
            NULL;
    END;
    FOR unit IN SELECT u.value FROM jsonb_array_elements(units) AS u LOOP
        answers := answers || ledger.try_unit(unit);
    END LOOP;
    RETURN answers;
END
$$
--;;
DROP FUNCTION ledger.commit_unit(jsonb)
--;;
-- Store a tenant's set-up if it is newer than the one here, with its agents' capacities. Answers
-- whether this version is the one that holds: also when it is said a second time.
CREATE OR REPLACE FUNCTION ledger.publish_directory(document jsonb) RETURNS boolean
LANGUAGE plpgsql SET search_path = ledger, pg_temp AS $$
DECLARE
    of_tenant text := document ->> 'tenant';
BEGIN
    INSERT INTO ledger.directory AS d (tenant, version, document)
    VALUES (of_tenant, (document ->> 'version')::integer, document)
    ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, document = excluded.document
    WHERE d.version < excluded.version;
    IF NOT found THEN
        RETURN EXISTS (
            SELECT FROM ledger.directory AS d
            WHERE d.tenant = of_tenant AND d.document = publish_directory.document
        );
    END IF;
    PERFORM 1 FROM ledger.agent AS a WHERE a.tenant = of_tenant ORDER BY a.id FOR UPDATE;
    -- One who left keeps what they have and gets nothing more.
    UPDATE ledger.agent AS a SET capacity = 0
    WHERE a.tenant = of_tenant
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(document -> 'agents') AS p WHERE p ->> 'id' = a.id
    );
    INSERT INTO ledger.agent (tenant, id, capacity)
    SELECT of_tenant, p.id, p.capacity
    FROM jsonb_to_recordset(document -> 'agents') AS p (id text, capacity integer)
    ORDER BY p.id
    ON CONFLICT (tenant, id) DO UPDATE SET capacity = excluded.capacity;
    RETURN true;
END
$$
--;;
REVOKE ALL ON FUNCTION ledger.commit_units(jsonb), ledger.try_unit(jsonb) FROM public
--;;
GRANT EXECUTE ON FUNCTION ledger.commit_units(jsonb), ledger.try_unit(jsonb) TO transcript_app
