-- What another system asks for page by page: the closed ones, from one moment on.
CREATE INDEX conversation_closed ON ledger.conversation (tenant, closed_at, id)
WHERE state = 'closed'
