"""The audit: who read, searched, exported, erased, blocked or broke the glass. Only added to."""
