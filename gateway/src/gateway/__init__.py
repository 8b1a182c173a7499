"""The citizens' door: sockets, widget, limits, and the mask before the bus. No database."""
