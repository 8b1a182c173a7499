"""The router's settings."""

from services.settings import KitSettings


class Settings(KitSettings):
    """Frozen."""

    tick_s: float = 1.0
    """Longest time between two rounds of a tenant."""
    shortest_round_s: float = 0.02
    """Wake-ups closer than this make one round."""
    settle_s: float = 6.0
    """How long Redis must have answered before an absence is believed: one renewal and a bit."""
