-- $1 tenant, $2 first day, $3 last day, $4 departments (null: all), $5 the target in seconds.
-- Every conversation opened in the period is counted once in each grouping, by the hour and day on
-- the clock in Norway when it was opened, and in the department in whose line it was answered.
WITH counted AS (
    SELECT
        extract(hour FROM c.opened_at AT TIME ZONE 'Europe/Oslo')::integer AS hour,
        (c.opened_at AT TIME ZONE 'Europe/Oslo')::date AS day,
        extract(isodow FROM c.opened_at AT TIME ZONE 'Europe/Oslo')::integer AS weekday,
        c.topic,
        coalesce(c.answered_in, c.department) AS department,
        c.answered_at IS NOT NULL AS answered,
        c.due_at IS NOT NULL AS written,
        c.state = 'closed' AND c.due_at IS NULL AND c.agents = '{}' AS "left",
        extract(epoch FROM c.answered_at - c.entered_at)::float8 AS waited_s,
        CASE WHEN c.due_at IS NULL
        THEN extract(epoch FROM c.closed_at - c.answered_at)::float8 END AS handled_s,
        c.rating,
        EXISTS (
            SELECT FROM ledger.handover AS h
            WHERE h.tenant = c.tenant AND h.conversation = c.id AND h.state = 'accepted'
        ) AS handed_over
    FROM ledger.conversation AS c
    WHERE c.tenant = $1
    AND c.opened_at >= $2::date::timestamp AT TIME ZONE 'Europe/Oslo'
    AND c.opened_at < ($3::date + 1)::timestamp AT TIME ZONE 'Europe/Oslo'
    AND ($4::text[] IS NULL OR coalesce(c.answered_in, c.department) = ANY ($4))
)
SELECT
    grouping(hour, day, weekday, topic, department) AS grouped,
    hour, day, weekday, topic, department,
    count(*) AS opened,
    count(*) FILTER (WHERE answered) AS answered,
    count(*) FILTER (WHERE waited_s <= $5::float8) AS within_target,
    count(*) FILTER (WHERE "left") AS "left",
    count(*) FILTER (WHERE written) AS written,
    count(*) FILTER (WHERE handed_over) AS handed_over,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_s) AS wait_median_s,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY waited_s) AS wait_p90_s,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY handled_s) AS handle_median_s,
    count(*) FILTER (WHERE rating = 'yes') AS rated_yes,
    count(*) FILTER (WHERE rating = 'partly') AS rated_partly,
    count(*) FILTER (WHERE rating = 'no') AS rated_no
FROM counted
GROUP BY GROUPING SETS ((), (hour), (day), (weekday), (topic), (department))
ORDER BY hour, day, weekday, topic NULLS FIRST, department
