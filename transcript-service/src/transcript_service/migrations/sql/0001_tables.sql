CREATE TABLE ledger.directory (
    tenant text PRIMARY KEY,
    version integer NOT NULL,
    document jsonb NOT NULL
)
--;;
CREATE TABLE ledger.agent (
    tenant text NOT NULL,
    id text NOT NULL,
    capacity integer NOT NULL CHECK (capacity >= 0),
    -- pending offers + active + wrap-up
    load integer NOT NULL DEFAULT 0 CHECK (load >= 0),
    PRIMARY KEY (tenant, id)
)
--;;
CREATE TABLE ledger.conversation (
    tenant text NOT NULL,
    id uuid NOT NULL,
    -- Grows by one with every change; what was decided on an older one is not committed.
    version bigint NOT NULL CHECK (version > 0),
    citizen text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'offered', 'active', 'closed', 'written')),
    topic text,
    department text NOT NULL,
    language text NOT NULL,
    priority integer NOT NULL CHECK (priority BETWEEN 1 AND 9),
    owner text,
    epoch integer NOT NULL CHECK (epoch >= 0),
    opened_at timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    -- Per stream: highest seq, and hash of that event.
    last_seq jsonb NOT NULL,
    heads jsonb NOT NULL,
    missed text[] NOT NULL,
    agents text[] NOT NULL,
    preferred_agent text,
    away_since timestamptz,
    closed_at timestamptz,
    wrapup_agent text,
    wrapup_until timestamptz,
    PRIMARY KEY (tenant, id),
    CHECK ((state = 'active') = (owner IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((wrapup_agent IS NULL) = (wrapup_until IS NULL))
)
--;;
CREATE INDEX conversation_open ON ledger.conversation (tenant, department)
WHERE state <> 'closed' OR wrapup_agent IS NOT NULL
--;;
CREATE INDEX conversation_owner ON ledger.conversation (tenant, owner) WHERE owner IS NOT NULL
--;;
CREATE INDEX conversation_wrapup ON ledger.conversation (tenant, wrapup_agent)
WHERE wrapup_agent IS NOT NULL
--;;
CREATE TABLE ledger.event (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    stream text NOT NULL,
    seq integer NOT NULL CHECK (seq > 0),
    client_id uuid NOT NULL,
    cause uuid NOT NULL,
    sender text NOT NULL,
    author jsonb NOT NULL,
    epoch integer NOT NULL,
    seen integer NOT NULL,
    kind text NOT NULL,
    time timestamptz NOT NULL,
    body_hash bytea NOT NULL CHECK (length(body_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant, conversation, stream, seq),
    UNIQUE (tenant, conversation, sender, client_id),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id)
)
--;;
CREATE INDEX event_cause ON ledger.event (tenant, conversation, cause)
--;;
-- The words and their salt, apart from the event, so that they alone can be erased.
CREATE TABLE ledger.event_body (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    stream text NOT NULL,
    seq integer NOT NULL,
    body text NOT NULL,
    salt bytea NOT NULL CHECK (length(salt) = 16),
    PRIMARY KEY (tenant, conversation, stream, seq),
    FOREIGN KEY (tenant, conversation, stream, seq)
    REFERENCES ledger.event (tenant, conversation, stream, seq)
)
--;;
CREATE TABLE ledger.offer (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    id uuid NOT NULL,
    agent text NOT NULL,
    handover uuid,
    deadline timestamptz NOT NULL,
    state text NOT NULL CHECK (
        state IN ('pending', 'accepted', 'declined', 'expired', 'rescinded')
    ),
    PRIMARY KEY (tenant, conversation, id),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id)
)
--;;
CREATE UNIQUE INDEX offer_pending ON ledger.offer (tenant, conversation) WHERE state = 'pending'
--;;
CREATE INDEX offer_agent ON ledger.offer (tenant, agent) WHERE state = 'pending'
--;;
CREATE TABLE ledger.handover (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    id uuid NOT NULL,
    from_agent text NOT NULL,
    department text NOT NULL,
    agent text,
    requested_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'returned')),
    PRIMARY KEY (tenant, conversation, id),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id)
)
--;;
CREATE UNIQUE INDEX handover_pending ON ledger.handover (tenant, conversation)
WHERE state = 'pending'
--;;
CREATE INDEX handover_department ON ledger.handover (tenant, department) WHERE state = 'pending'
--;;
-- Commands that made no event, so that a repeat of one is known as such.
CREATE TABLE ledger.handled (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    sender text NOT NULL,
    client_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, conversation, sender, client_id)
)
