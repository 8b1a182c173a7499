"""Decisions of the routing. No IO, no clock, no randomness."""
