REVOKE ALL ON FUNCTION
ledger.load_files(jsonb), ledger.show_file(), ledger.forget_file(),
ledger.keep_file(jsonb, integer, bigint), ledger.sweep_files(integer)
FROM public
--;;
-- That it is shown, the service says by the event; what nobody shows, the sweep deletes.
GRANT SELECT, INSERT ON ledger.file TO transcript_app
--;;
GRANT EXECUTE ON FUNCTION
ledger.load_files(jsonb), ledger.keep_file(jsonb, integer, bigint), ledger.sweep_files(integer)
TO transcript_app
--;;
GRANT SELECT, DELETE ON ledger.file TO transcript_retention
