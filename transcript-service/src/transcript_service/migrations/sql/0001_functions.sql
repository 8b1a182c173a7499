-- The last line: whoever decided what, no agent's load grows beyond the capacity. A capacity that
-- was lowered below the load is allowed; the load then only shrinks.
CREATE FUNCTION ledger.guard_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.load > old.load AND new.load > new.capacity THEN
        RAISE EXCEPTION 'agent is full' USING ERRCODE = 'PK001';
    END IF;
    RETURN new;
END
$$
--;;
CREATE TRIGGER guard_capacity BEFORE UPDATE OF load ON ledger.agent
FOR EACH ROW EXECUTE FUNCTION ledger.guard_capacity()
--;;
-- A conversation as `rows.py` reads it: its columns, its pending offer and hand-over.
CREATE FUNCTION ledger.conversation_document(c ledger.conversation) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN to_jsonb(c) || jsonb_build_object(
        'offer', (
            SELECT to_jsonb(o) FROM ledger.offer AS o
            WHERE o.tenant = c.tenant AND o.conversation = c.id AND o.state = 'pending'
        ),
        'handover', (
            SELECT to_jsonb(h) FROM ledger.handover AS h
            WHERE h.tenant = c.tenant AND h.conversation = c.id AND h.state = 'pending'
        )
    );
END
$$
--;;
-- All a batch is decided on, in one snapshot and one round trip.
-- The planner is told to use the keys: a plan made while tables were empty must not stay.
CREATE FUNCTION ledger.load_batch(request jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN jsonb_build_object(
        'now', clock_timestamp(),
        'directories', (
            SELECT coalesce(jsonb_agg(d.document), '[]')
            FROM jsonb_each_text(request -> 'directories') AS known (tenant, version)
            JOIN ledger.directory AS d USING (tenant)
            WHERE d.version > known.version::integer
        ),
        'conversations', (
            SELECT coalesce(jsonb_agg(ledger.conversation_document(c)), '[]')
            FROM jsonb_to_recordset(request -> 'conversations') AS q (tenant text, id uuid)
            JOIN ledger.conversation AS c USING (tenant, id)
        ),
        'agents', (
            SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]')
            FROM jsonb_to_recordset(request -> 'agents') AS q (tenant text, id text)
            JOIN ledger.agent AS a USING (tenant, id)
        ),
        'events', (
            SELECT coalesce(
                jsonb_agg(
                    to_jsonb(e) || jsonb_build_object('body', b.body)
                    ORDER BY e.stream, e.seq
                ),
                '[]'
            )
            FROM jsonb_to_recordset(request -> 'actions')
                AS q (tenant text, conversation uuid, sender text, id uuid)
            JOIN ledger.event AS e
                ON e.tenant = q.tenant
                AND e.conversation = q.conversation
                AND e.cause = q.id
                AND e.sender = q.sender
            LEFT JOIN ledger.event_body AS b
                ON b.tenant = e.tenant
                AND b.conversation = e.conversation
                AND b.stream = e.stream
                AND b.seq = e.seq
        ),
        'handled', (
            SELECT coalesce(jsonb_agg(to_jsonb(h)), '[]')
            FROM jsonb_to_recordset(request -> 'actions')
                AS q (tenant text, conversation uuid, sender text, id uuid)
            JOIN ledger.handled AS h
                ON h.tenant = q.tenant
                AND h.conversation = q.conversation
                AND h.sender = q.sender
                AND h.client_id = q.id
        )
    );
END
$$
--;;
CREATE FUNCTION ledger.commit_unit(unit jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    began bigint := (unit ->> 'began')::bigint;
BEGIN
    IF began = 0 THEN
        INSERT INTO ledger.conversation
        SELECT * FROM jsonb_populate_record(NULL::ledger.conversation, unit -> 'conversation');
    ELSIF unit ? 'conversation' THEN
        UPDATE ledger.conversation AS c
        SET version = r.version, state = r.state, department = r.department, owner = r.owner,
            epoch = r.epoch, last_seq = r.last_seq, heads = r.heads, missed = r.missed,
            agents = r.agents, preferred_agent = r.preferred_agent, away_since = r.away_since,
            closed_at = r.closed_at, wrapup_agent = r.wrapup_agent,
            wrapup_until = r.wrapup_until, priority = r.priority
        FROM jsonb_populate_record(NULL::ledger.conversation, unit -> 'conversation') AS r
        WHERE c.tenant = r.tenant AND c.id = r.id AND c.version = began;
        IF NOT found THEN
            RAISE EXCEPTION 'decided on an older version' USING ERRCODE = 'PK002';
        END IF;
    END IF;
    INSERT INTO ledger.event
    SELECT * FROM jsonb_populate_recordset(NULL::ledger.event, unit -> 'events');
    INSERT INTO ledger.event_body
    SELECT * FROM jsonb_populate_recordset(NULL::ledger.event_body, unit -> 'events');
    INSERT INTO ledger.handover
    SELECT * FROM jsonb_populate_recordset(NULL::ledger.handover, unit -> 'handovers')
    ON CONFLICT (tenant, conversation, id) DO UPDATE SET state = excluded.state;
    INSERT INTO ledger.offer
    SELECT * FROM jsonb_populate_recordset(NULL::ledger.offer, unit -> 'offers')
    ON CONFLICT (tenant, conversation, id) DO UPDATE SET state = excluded.state;
    UPDATE ledger.agent AS a
    SET load = a.load + change.change
    FROM jsonb_to_recordset(unit -> 'loads') AS change (tenant text, id text, change integer)
    WHERE a.tenant = change.tenant AND a.id = change.id;
    INSERT INTO ledger.handled (tenant, conversation, sender, client_id)
    SELECT h.tenant, h.conversation, h.sender, h.client_id
    FROM jsonb_to_recordset(unit -> 'handled')
        AS h (tenant text, conversation uuid, sender text, client_id uuid)
    ON CONFLICT DO NOTHING;
END
$$
--;;
-- Commit a batch's units. Answers, per unit, null or why it was not committed.
--
-- Everything is locked here, in one statement: conversations before agents, each in the order of
-- their keys, new conversations last in the order of the units (which the caller sorts). A replica
-- that freezes between its two round trips holds no lock at all.
CREATE FUNCTION ledger.commit_batch(units jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
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

    FOR unit IN SELECT u.value FROM jsonb_array_elements(units) AS u LOOP
        BEGIN
            PERFORM ledger.commit_unit(unit);
            answers := answers || 'null'::jsonb;
        EXCEPTION
            WHEN SQLSTATE 'PK001' THEN
                answers := answers || '"capacity"'::jsonb;
            WHEN SQLSTATE 'PK002' OR unique_violation THEN
                answers := answers || '"version"'::jsonb;
        END;
    END LOOP;
    RETURN answers;
END
$$
--;;
-- Store a tenant's set-up if it is newer than the one here, with its agents' capacities.
CREATE FUNCTION ledger.publish_directory(document jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    of_tenant text := document ->> 'tenant';
BEGIN
    INSERT INTO ledger.directory AS d (tenant, version, document)
    VALUES (of_tenant, (document ->> 'version')::integer, document)
    ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, document = excluded.document
    WHERE d.version < excluded.version;
    IF NOT found THEN
        RETURN false;
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
