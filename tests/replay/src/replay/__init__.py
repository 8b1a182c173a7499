"""Plays recorded dialogues through a running system over the public sockets, and compares."""
