-- A file that lies in the store. There is no row without its bytes: they are written before it, and
-- deleted after it. The name is personal data, and goes with the row.
CREATE TABLE ledger.file (
    tenant text NOT NULL,
    conversation uuid NOT NULL,
    id uuid NOT NULL,
    -- Under which name the bytes lie. Made anew for each upload, so that no two share a place.
    copy uuid NOT NULL UNIQUE,
    sender text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL CHECK (size > 0),
    sha256 text NOT NULL CHECK (length(sha256) = 64),
    scan text NOT NULL CHECK (scan IN ('clean', 'unscanned')),
    width integer,
    height integer,
    masked integer NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When it was shown: the time of its event. Null: only in the store, and not for long.
    posted_at timestamptz,
    PRIMARY KEY (tenant, conversation, id),
    FOREIGN KEY (tenant, conversation) REFERENCES ledger.conversation (tenant, id)
)
--;;
CREATE INDEX file_unposted ON ledger.file (stored_at) WHERE posted_at IS NULL
--;;
-- Which file an event of kind `attached` shows. The sealed body says so too; here it is a key.
ALTER TABLE ledger.event
ADD COLUMN file uuid,
ADD CHECK ((kind = 'attached') = (file IS NOT NULL))
--;;
CREATE UNIQUE INDEX event_file ON ledger.event (tenant, conversation, file) WHERE file IS NOT NULL
