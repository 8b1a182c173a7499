"""A town on paper: the router's own decisions, with no clock and no sleeping.

What the ledger, the agents and the citizens would do is played by `world`; who gets what is decided
by `router.core.decide`, the same function that runs in production.
"""
