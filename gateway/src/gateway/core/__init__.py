"""Decisions of the door: no IO, no clock, no chance."""
