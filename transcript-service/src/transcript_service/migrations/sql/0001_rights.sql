REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM public
--;;
GRANT USAGE ON SCHEMA ledger TO transcript_app, transcript_retention
--;;
GRANT SELECT, INSERT, UPDATE ON
ledger.directory, ledger.agent, ledger.conversation, ledger.offer, ledger.handover
TO transcript_app
--;;
-- What happened is never changed and never deleted by the service.
GRANT SELECT, INSERT ON ledger.event, ledger.event_body, ledger.handled TO transcript_app
--;;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger TO transcript_app
--;;
GRANT SELECT ON ledger.conversation, ledger.event, ledger.alembic_version TO transcript_retention
--;;
GRANT SELECT ON ledger.alembic_version TO transcript_app
--;;
GRANT SELECT, DELETE ON ledger.event_body TO transcript_retention
