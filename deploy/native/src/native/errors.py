"""What can go wrong at the start, said so that the reader knows what to do."""


class StartError(Exception):
    """The system cannot be started. The message says why, and what would help."""
