"""Breaks a whole running system on purpose, and judges afterwards whether its promises held."""
