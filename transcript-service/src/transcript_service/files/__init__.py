"""Files that people send: taken in, looked at, kept, given out. The rules of showing are in `core`.

What comes in is hostile until it has been looked at: its content says what it is, never its sender.
"""
