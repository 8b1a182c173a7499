-- What is handed over to the archive: one row an enquiry, and a further one only when it is
-- classified anew after the archive has confirmed the one before. No word and no name is in it, so it
-- stays when the conversation is taken out: the archive's own numbers say where it went.
CREATE TABLE ledger.export (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    archive text NOT NULL CHECK (archive IN ('archive', 'journal')),
    state text NOT NULL DEFAULT 'waiting' CHECK (
        state IN ('waiting', 'made', 'sent', 'received', 'failed')
    ),
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Per stream: the last seq that is part of it. What comes later is not.
    upto jsonb NOT NULL CHECK (jsonb_typeof(upto) = 'object'),
    made_at timestamptz,
    sha256 text CHECK (length(sha256) = 64),
    size bigint,
    -- Names inside the package, sizes and checksums.
    files jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(files) = 'array'),
    way text CHECK (way IN ('folder', 'http', 'hand')),
    sent_at timestamptz,
    -- Where the archive said that its answer would be.
    answer_at text,
    received_at timestamptz,
    case_number text,
    record_number text,
    -- The archivist who put it there by hand.
    confirmed_by text,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    error text,
    PRIMARY KEY (tenant, conversation, version),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id),
    CHECK ((state = 'received') = (received_at IS NOT NULL)),
    CHECK (state NOT IN ('made', 'sent') OR sha256 IS NOT NULL),
    CHECK (state <> 'failed' OR error IS NOT NULL)
)
--;;
-- Of an enquiry, one is under way at a time.
CREATE UNIQUE INDEX export_open ON ledger.export (tenant, conversation) WHERE state <> 'received'
--;;
CREATE INDEX export_due ON ledger.export (tenant, next_at)
WHERE state IN ('waiting', 'made', 'sent')
--;;
-- When a department was last reminded of what nobody has classified.
CREATE TABLE ledger.archive_reminder (
    tenant text NOT NULL,
    department text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant, department)
)
--;;
CREATE INDEX conversation_unclassified ON ledger.conversation (tenant, closed_at, id)
WHERE closed_at IS NOT NULL AND archive IS NULL AND removed_at IS NULL
--;;
CREATE INDEX conversation_to_archive ON ledger.conversation (tenant, closed_at, id)
WHERE archive IN ('archive', 'journal') AND closed_at IS NOT NULL AND removed_at IS NULL
--;;
GRANT SELECT, INSERT (tenant, conversation, version, archive, upto),
UPDATE (state, archive, upto, attempts, next_at, error, way, received_at, case_number,
record_number, confirmed_by)
ON ledger.export TO transcript_app
--;;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.export TO transcript_keeper
--;;
GRANT SELECT ON ledger.export TO transcript_retention
--;;
GRANT SELECT, INSERT, UPDATE ON ledger.archive_reminder TO transcript_keeper
--;;
GRANT SELECT ON ledger.conversation, ledger.event, ledger.shown_body, ledger.file,
ledger.directory, ledger.offer, ledger.handover TO transcript_keeper
--;;
GRANT INSERT (tenant, id, who, action, conversation, about) ON ledger.audit TO transcript_keeper
