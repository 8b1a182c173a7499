-- Write some units, all of them or none, each table in one statement. Raises:
--   PK001            an agent's load would grow beyond the capacity (see guard_capacity)
--   PK002            a unit was decided on an older version
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
