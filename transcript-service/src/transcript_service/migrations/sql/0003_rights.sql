GRANT SELECT, INSERT, UPDATE ON ledger.block TO transcript_app
--;;
GRANT SELECT, DELETE ON ledger.block TO transcript_retention
