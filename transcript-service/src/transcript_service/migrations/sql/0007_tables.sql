-- Who did what to look behind what. Only added to; no word of a conversation is in it.
CREATE TABLE ledger.audit (
    tenant text NOT NULL,
    id uuid NOT NULL,
    -- The order in which rows came to be: pages go by it.
    n bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- An agent's id, or `role:` and the database role that erased.
    who text NOT NULL,
    action text NOT NULL,
    conversation uuid,
    about jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(about) = 'object'),
    PRIMARY KEY (tenant, id)
)
--;;
CREATE INDEX audit_newest ON ledger.audit (tenant, n)
--;;
CREATE INDEX audit_who ON ledger.audit (tenant, who, n)
--;;
CREATE INDEX audit_action ON ledger.audit (tenant, action, n)
--;;
CREATE INDEX audit_conversation ON ledger.audit (tenant, conversation, n)
WHERE conversation IS NOT NULL
--;;
-- The figures of a period read one tenant's conversations of that period, and no others.
CREATE INDEX conversation_opened ON ledger.conversation (tenant, opened_at)
--;;
-- What the same citizen asked before, newest first.
CREATE INDEX conversation_citizen ON ledger.conversation (tenant, citizen, opened_at, id)
