-- Enquiries of which something that is counted has changed, in the order of the changes. Each change
-- adds a row and none waits for another: the message path takes no lock of the keeper's.
CREATE TABLE ledger.uncounted (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    conversation uuid NOT NULL
)
--;;
CREATE FUNCTION ledger.note_uncounted() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
BEGIN
    INSERT INTO ledger.uncounted (tenant, conversation) VALUES (new.tenant, new.id);
    RETURN NULL;
END
$$
--;;
REVOKE ALL ON FUNCTION ledger.note_uncounted() FROM public
--;;
CREATE TRIGGER uncounted_opened AFTER INSERT ON ledger.conversation
FOR EACH ROW EXECUTE FUNCTION ledger.note_uncounted()
--;;
-- Words change none of these but the owner's first ones, so a message costs the comparison alone.
CREATE TRIGGER uncounted_changed AFTER UPDATE ON ledger.conversation
FOR EACH ROW WHEN (
    (
        old.closed_at, old.answered_at, old.due_at, old.rating, old.topic, old.department,
        old.owner, old.unanswered_since IS NULL
    ) IS DISTINCT FROM (
        new.closed_at, new.answered_at, new.due_at, new.rating, new.topic, new.department,
        new.owner, new.unanswered_since IS NULL
    )
)
EXECUTE FUNCTION ledger.note_uncounted()
--;;
-- What counts of one enquiry. Nobody is in it: neither words nor who asked nor who answered. It stays
-- when the conversation is removed, so that what was counted stays counted.
CREATE TABLE ledger.counted_enquiry (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    -- Of its opening, on the clock in Norway.
    day date NOT NULL,
    hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    -- In whose line it was answered, else the one it is at.
    department text NOT NULL,
    topic text NOT NULL,
    language text NOT NULL,
    rating text NOT NULL,
    -- What was promised when it was opened, in seconds, and whether it was in opening hours: a
    -- change of the set-up judges nothing that was before it.
    target_s real NOT NULL,
    met_s real NOT NULL,
    in_hours boolean NOT NULL,
    answered boolean NOT NULL,
    within_target boolean NOT NULL,
    "left" boolean NOT NULL,
    written boolean NOT NULL,
    written_answered boolean NOT NULL,
    written_in_time boolean NOT NULL,
    handed_over boolean NOT NULL,
    ended boolean NOT NULL,
    first_line boolean NOT NULL,
    follows boolean NOT NULL,
    "open" boolean NOT NULL,
    open_met boolean NOT NULL,
    -- Buckets of `counting/buckets.py`; null: there was none.
    wait smallint,
    first_answer smallint,
    handle smallint,
    handed_to text[] NOT NULL,
    PRIMARY KEY (tenant, conversation)
)
--;;
CREATE INDEX counted_enquiry_day ON ledger.counted_enquiry (tenant, day)
--;;
-- Months whose figures are older than their enquiries.
CREATE TABLE ledger.uncounted_month (
    tenant text NOT NULL,
    month date NOT NULL,
    PRIMARY KEY (tenant, month)
)
--;;
-- How many enquiries of a month and department have a key in a measure: `opened` has one key, `hour`
-- has 24, `wait` one a bucket. So figures of any months and departments are sums of these.
CREATE TABLE ledger.month_figures (
    tenant text NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    department text NOT NULL,
    measure text NOT NULL,
    key text NOT NULL,
    n integer NOT NULL CHECK (n > 0),
    PRIMARY KEY (tenant, month, department, measure, key)
)
--;;
-- When the keeper last had nothing left to count.
CREATE TABLE ledger.counted (
    "only" boolean PRIMARY KEY DEFAULT TRUE CHECK ("only"),
    at timestamptz NOT NULL
)
--;;
-- How many came by other ways, as somebody at the municipality said. Only added to: the newest row of
-- a month and channel is what holds, and null takes back what was said.
CREATE TABLE ledger.channel_month (
    tenant text NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    channel text NOT NULL CHECK (channel IN ('phone', 'email', 'desk', 'site')),
    n integer CHECK (n >= 0),
    source text NOT NULL CHECK (length(source) <= 200),
    who text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    nth bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (tenant, month, channel, nth)
)
--;;
GRANT SELECT ON ledger.month_figures, ledger.counted, ledger.channel_month TO transcript_app
--;;
-- When it was, and in which order, is the database's word.
GRANT INSERT (tenant, month, channel, n, source, who) ON ledger.channel_month TO transcript_app
--;;
GRANT SELECT, INSERT, UPDATE, DELETE ON
ledger.uncounted, ledger.counted_enquiry, ledger.uncounted_month, ledger.month_figures,
ledger.counted
TO transcript_keeper
--;;
GRANT SELECT ON ledger.channel_month TO transcript_keeper
--;;
-- What was there before is counted too.
INSERT INTO ledger.uncounted (tenant, conversation)
SELECT c.tenant, c.id FROM ledger.conversation AS c ORDER BY c.tenant, c.opened_at
