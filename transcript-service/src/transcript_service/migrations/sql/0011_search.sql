-- The words of a conversation as they are looked for: a copy of what the bodies say now, kept by the
-- keeper. It is personal data, and goes with the conversation (`ledger.remove_conversation`).
CREATE TABLE ledger.search (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    -- Of what: the conversation's version, how many marks and maskings it had, the form of the row.
    version bigint NOT NULL,
    marks bigint NOT NULL,
    form integer NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (tenant, conversation),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id)
-- The words lie apart: a word that half of all conversations have is found without reading them.
) WITH (toast_tuple_target = 128)
--;;
-- Much is put in between two searches of the keeper's: it tidies up itself, after each round.
CREATE INDEX search_words ON ledger.search USING gin (words)
WITH (fastupdate = on, gin_pending_list_limit = 32768)
--;;
-- Up to when changes are in it, and when every conversation was last looked at.
CREATE TABLE ledger.searchable (
    "only" boolean PRIMARY KEY DEFAULT TRUE CHECK ("only"),
    upto timestamptz NOT NULL,
    walked_at timestamptz NOT NULL
)
--;;
-- What a row of the index was, or is to be, made of.
CREATE FUNCTION ledger.search_marks(of_tenant text, of_conversation uuid) RETURNS bigint
LANGUAGE sql STABLE SET search_path = ledger, pg_temp AS $$
SELECT (
    SELECT count(*) FROM ledger.erasure AS m
    WHERE m.tenant = of_tenant AND m.conversation = of_conversation
) + (
    SELECT count(*) FROM ledger.masking AS m
    WHERE m.tenant = of_tenant AND m.conversation = of_conversation
)
$$
--;;
-- Put rows in. A conversation that is being removed is waited for, and gets none; who writes words
-- meanwhile is not kept waiting but by the lock that each new event takes, too.
CREATE FUNCTION ledger.put_searchable(
    tenants text[], conversations uuid[], versions bigint[], marked bigint[], in_form integer,
    vectors text[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
INSERT INTO ledger.search AS s (tenant, conversation, opened_at, version, marks, form, words)
SELECT c.tenant, c.id, c.opened_at, r.version, r.marks, in_form, r.words::tsvector
FROM unnest(tenants, conversations, versions, marked, vectors)
    AS r (tenant, conversation, version, marks, words)
JOIN ledger.conversation AS c ON c.tenant = r.tenant AND c.id = r.conversation
WHERE c.removed_at IS NULL
FOR KEY SHARE OF c
ON CONFLICT (tenant, conversation) DO UPDATE SET
    version = excluded.version, marks = excluded.marks, form = excluded.form,
    words = excluded.words
$$
--;;
CREATE FUNCTION ledger.tidy_search() RETURNS bigint LANGUAGE sql
SECURITY DEFINER SET search_path = ledger, pg_catalog, pg_temp AS $$
SELECT pg_catalog.gin_clean_pending_list('ledger.search_words'::regclass)
$$
--;;
REVOKE ALL ON FUNCTION
ledger.put_searchable(text[], uuid[], bigint[], bigint[], integer, text[]), ledger.tidy_search()
FROM public
--;;
GRANT EXECUTE ON FUNCTION
ledger.put_searchable(text[], uuid[], bigint[], bigint[], integer, text[]), ledger.tidy_search(),
ledger.search_marks(text, uuid)
TO transcript_keeper
--;;
GRANT SELECT ON ledger.search, ledger.searchable TO transcript_app, transcript_keeper
--;;
GRANT INSERT, UPDATE ON ledger.searchable TO transcript_keeper
--;;
GRANT SELECT ON ledger.masking, ledger.erasure TO transcript_keeper
