REVOKE ALL ON FUNCTION
ledger.erase_bodies(jsonb, boolean), ledger.remove_conversation(jsonb, boolean),
ledger.mask(jsonb, text)
FROM public
--;;
-- What is erased and what is taken out goes this way, or leaves a mark that nobody vouches for.
GRANT EXECUTE ON FUNCTION
ledger.erase_bodies(jsonb, boolean), ledger.remove_conversation(jsonb, boolean)
TO transcript_retention
--;;
GRANT EXECUTE ON FUNCTION ledger.mask(jsonb, text) TO transcript_app
--;;
-- When it was asked and what came of it is not the service's to say.
GRANT SELECT, INSERT (tenant, id, conversation, stream, seq, by, reason, edit, shown)
ON ledger.masking TO transcript_app
--;;
GRANT SELECT ON ledger.shown_body, ledger.tombstone, ledger.seal
TO transcript_app, transcript_retention
--;;
GRANT SELECT ON ledger.masking TO transcript_retention
--;;
GRANT SELECT ON ledger.shown_body, ledger.tombstone, ledger.seal, ledger.masking
TO transcript_keeper
--;;
GRANT INSERT (number, name, hash) ON ledger.seal TO transcript_keeper
