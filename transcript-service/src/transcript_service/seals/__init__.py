"""What is signed outside the database: daily seals, marks of what was erased, tombstones."""
