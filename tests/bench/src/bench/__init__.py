"""Measures the message path: what the parts cost alone, and what a message costs through all."""
