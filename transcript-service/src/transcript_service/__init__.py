"""The ledger and the archive: every conversation, event, offer and hand-over (docs/subsystems)."""
