-- All a batch is decided on, in one snapshot and one round trip; words as they are to be read.
-- Where a written answer goes is brought along only to be told: it is the newest, and nothing once
-- that is erased.
-- The planner is told to use the keys: a plan made while tables were empty must not stay.
CREATE OR REPLACE FUNCTION ledger.load_batch(request jsonb) RETURNS jsonb
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
            SELECT coalesce(
                jsonb_agg(
                    ledger.conversation_document(c) || jsonb_build_object(
                        'contact', (
                            SELECT b.body
                            FROM ledger.event AS e
                            LEFT JOIN ledger.shown_body AS b
                                USING (tenant, conversation, stream, seq)
                            WHERE q.contact AND c.due_at IS NOT NULL
                            AND e.tenant = c.tenant AND e.conversation = c.id
                            AND e.stream = 'desk' AND e.kind = 'contact_given'
                            ORDER BY e.seq DESC
                            LIMIT 1
                        )
                    )
                ),
                '[]'
            )
            FROM jsonb_to_recordset(request -> 'conversations')
                AS q (tenant text, id uuid, contact boolean)
            JOIN ledger.conversation AS c USING (tenant, id)
        ),
        'blocks', (
            SELECT coalesce(jsonb_agg(to_jsonb(b)), '[]')
            FROM jsonb_to_recordset(request -> 'openers') AS q (tenant text, citizen text)
            JOIN ledger.block AS b USING (tenant, citizen)
            WHERE b.until > clock_timestamp()
        ),
        'receipts', (
            SELECT coalesce(
                jsonb_agg(
                    jsonb_build_object('tenant', c.tenant, 'receipt', c.receipt, 'id', c.id)
                ),
                '[]'
            )
            FROM jsonb_to_recordset(request -> 'receipts') AS q (tenant text, receipt text)
            JOIN ledger.conversation AS c USING (tenant, receipt)
        ),
        'agents', (
            SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]')
            FROM jsonb_to_recordset(request -> 'agents') AS q (tenant text, id text)
            JOIN ledger.agent AS a USING (tenant, id)
        ),
        'events', (
            SELECT coalesce(
                jsonb_agg(
                    to_jsonb(e) || jsonb_build_object(
                        'body', b.body,
                        -- Its words are no longer those that were said: they cannot be compared.
                        'masked', EXISTS (
                            SELECT FROM ledger.erasure AS m
                            WHERE m.tenant = e.tenant AND m.conversation = e.conversation
                            AND m.stream = e.stream AND m.seq = e.seq
                        ) OR EXISTS (
                            SELECT FROM ledger.masking AS m
                            WHERE m.tenant = e.tenant AND m.conversation = e.conversation
                            AND m.stream = e.stream AND m.seq = e.seq AND m.done_at IS NULL
                        )
                    )
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
            LEFT JOIN ledger.shown_body AS b
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
-- Write some units, all of them or none, each table in one statement. Raises:
--   PK001            an agent's load would grow beyond the capacity (see guard_capacity)
--   PK002            a unit was decided on an older version, or more than a minute ago
--   PK003            an offer or a hand-over that has ended, or is another's, would begin again
--   unique_violation a conversation is there already, or an id was used for another action
CREATE OR REPLACE FUNCTION ledger.commit_units(units jsonb) RETURNS void LANGUAGE plpgsql
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
            wrapup_until = r.wrapup_until, priority = r.priority, topic = r.topic,
            answered_at = r.answered_at, answered_in = r.answered_in,
            unanswered_since = r.unanswered_since, due_at = r.due_at, receipt = r.receipt,
            answer_by = r.answer_by, alarm = r.alarm, consulted = r.consulted,
            nudged_at = r.nudged_at, rating = r.rating, forget_asked_at = r.forget_asked_at,
            outcome = r.outcome, archive = r.archive, glimpses = r.glimpses
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
        -- Decided long ago, by a replica that stood still: its day may be sealed by now.
        IF EXISTS (
            SELECT FROM jsonb_to_recordset(events) AS e (time timestamptz)
            WHERE e.time < clock_timestamp() - interval '1 minute'
        ) THEN
            RAISE EXCEPTION 'decided too long ago' USING ERRCODE = 'PK002';
        END IF;
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
    -- Two conversations of one citizen may be blocked in one batch: no row is upserted twice.
    INSERT INTO ledger.block AS b (tenant, citizen, until)
    SELECT n.tenant, n.citizen, max(n.until)
    FROM jsonb_to_recordset(jsonb_path_query_array(units, '$[*].blocks[*]'))
        AS n (tenant text, citizen text, until timestamptz)
    GROUP BY n.tenant, n.citizen
    ORDER BY n.tenant, n.citizen
    ON CONFLICT (tenant, citizen) DO UPDATE SET until = greatest(b.until, excluded.until);
    INSERT INTO ledger.handled (tenant, conversation, sender, client_id)
    SELECT h.tenant, h.conversation, h.sender, h.client_id
    FROM jsonb_to_recordset(jsonb_path_query_array(units, '$[*].handled[*]'))
        AS h (tenant text, conversation uuid, sender text, client_id uuid)
    ON CONFLICT DO NOTHING;
END
$$
