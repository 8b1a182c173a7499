-- $1 tenants, $2 the first days of months, side by side: their figures are made anew.
DELETE FROM ledger.month_figures AS f
USING unnest($1::text[], $2::date[]) AS m (tenant, month)
WHERE f.tenant = m.tenant AND f.month = m.month
--;;
INSERT INTO ledger.month_figures (tenant, month, department, measure, key, n)
SELECT f.tenant, m.month, f.department, v.measure, v.key, count(*)
FROM unnest($1::text[], $2::date[]) AS m (tenant, month)
INNER JOIN ledger.counted_enquiry AS f
ON f.tenant = m.tenant AND f.day >= m.month AND f.day < m.month + interval '1 month'
CROSS JOIN LATERAL (
    VALUES
    ('opened', '', TRUE),
    ('answered', '', f.answered),
    ('within_target', '', f.within_target),
    ('left', '', f."left"),
    ('written', '', f.written),
    ('written_answered', '', f.written_answered),
    ('written_in_time', '', f.written_in_time),
    ('handed_over', '', f.handed_over),
    ('ended', '', f.ended),
    ('first_line', '', f.first_line),
    ('follows', '', f.follows),
    ('open', '', f."open"),
    ('open_met', '', f.open_met),
    ('rated', f.rating, f.rating <> ''),
    (
        'course',
        CASE
            WHEN f.written_in_time THEN 'written_in_time'
            WHEN f.written_answered THEN 'written_late'
            WHEN f.written THEN 'written_unanswered'
            WHEN f.within_target THEN 'within_target'
            WHEN f.answered THEN 'after_target'
            WHEN f."left" THEN 'left'
            ELSE 'going_on'
        END,
        TRUE
    ),
    ('hour', f.hour::text, TRUE),
    ('topic', f.topic, TRUE),
    ('language', f.language, TRUE),
    ('wait', f.wait::text, f.wait IS NOT NULL),
    ('first_answer', f.first_answer::text, f.first_answer IS NOT NULL),
    ('handle', f.handle::text, f.handle IS NOT NULL)
) AS v (measure, key, counts)
WHERE v.counts
GROUP BY f.tenant, m.month, f.department, v.measure, v.key
--;;
INSERT INTO ledger.month_figures (tenant, month, department, measure, key, n)
SELECT f.tenant, m.month, f.department, 'handed_to', h.department, count(*)
FROM unnest($1::text[], $2::date[]) AS m (tenant, month)
INNER JOIN ledger.counted_enquiry AS f
ON f.tenant = m.tenant AND f.day >= m.month AND f.day < m.month + interval '1 month'
CROSS JOIN LATERAL unnest(f.handed_to) AS h (department)
GROUP BY f.tenant, m.month, f.department, h.department
--;;
DELETE FROM ledger.uncounted_month AS u
USING unnest($1::text[], $2::date[]) AS m (tenant, month)
WHERE u.tenant = m.tenant AND u.month = m.month
