"""The schema's history, run by `python -m transcript_service migrate` as the owner role."""
