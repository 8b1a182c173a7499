-- $1 tenants, $2 conversations, side by side. What was removed is counted as it was: its events and
-- hand-overs are gone, and only if nobody had counted it, what is left of it is.
SELECT
    c.tenant,
    c.id AS conversation,
    c.topic,
    c.department,
    c.language,
    c.state,
    c.opened_at,
    c.entered_at,
    c.closed_at,
    c.answered_at,
    c.answered_in,
    c.due_at,
    c.rating,
    c.follows IS NOT NULL AS follows,
    cardinality(c.agents) AS agents,
    e.first_words_at,
    coalesce(e.answer_closed, FALSE) AS answer_closed,
    coalesce(h.handed_to, '{}') AS handed_to,
    k.target_s::float8 AS target_s,
    k.met_s::float8 AS met_s,
    k.in_hours
FROM unnest($1::text[], $2::uuid[]) AS r (tenant, id)
INNER JOIN ledger.conversation AS c ON c.tenant = r.tenant AND c.id = r.id
LEFT JOIN ledger.counted_enquiry AS k ON k.tenant = c.tenant AND k.conversation = c.id
LEFT JOIN LATERAL (
    SELECT
        min(e.time) FILTER (WHERE e.kind IN ('message', 'attached')) AS first_words_at,
        bool_or(e.kind = 'closed') AS answer_closed
    FROM ledger.event AS e
    WHERE e.tenant = c.tenant AND e.conversation = c.id
    -- A hand-over behind a wall begins another dialogue, `dialogue:2`.
    AND e.stream LIKE 'dialogue%'
    AND e.sender LIKE 'agent:%'
) AS e ON TRUE
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT h.department) AS handed_to
    FROM ledger.handover AS h
    WHERE h.tenant = c.tenant AND h.conversation = c.id AND h.state = 'accepted'
) AS h ON TRUE
WHERE k.conversation IS NULL OR c.removed_at IS NULL
