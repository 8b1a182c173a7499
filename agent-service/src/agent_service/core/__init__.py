"""Decisions about presence. No IO, no clock, no randomness."""
