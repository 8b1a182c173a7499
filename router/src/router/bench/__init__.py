"""What the router's decisions cost: large offices, and the whole country on a peak day.

Everything is measured in one process on one core, without broker, ledger or Redis: the decisions
are what is ours to make cheap. Timings are told, never judged: a slow machine is not a failure.
"""
