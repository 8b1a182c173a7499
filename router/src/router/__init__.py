"""Who should answer: decisions on snapshots, sent as commands. The ledger decides finally."""
