"""What the municipality's archive is given, how it gets there, and what it answers."""
