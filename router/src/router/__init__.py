"""Who should answer: decisions on a snapshot, made final by the ledger alone."""
