"""The desk's schema, by Alembic."""
