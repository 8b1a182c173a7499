REVOKE ALL ON FUNCTION ledger.audit_event(), ledger.audit_erasure() FROM public
--;;
-- When it was and in which order is the database's word: the service may not name either.
GRANT SELECT, INSERT (tenant, id, who, action, conversation, about) ON ledger.audit
TO transcript_app
--;;
GRANT SELECT ON ledger.audit TO transcript_retention
