"""Makes closed conversations of all kinds on a real ledger, hands them over, and holds them to it.

`make archive-proof SCHEMAS=…` is the whole of it; `tests/integration/test_archive_proof.py` a part.
"""
