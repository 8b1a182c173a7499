"""What the router can be told. See `KitSettings` for where values come from."""

from services.settings import KitSettings


class Settings(KitSettings):
    """Settings of one router process."""

    tick_s: float = 1.0
    """Longest time between two rounds of a tenant in which somebody waits."""
    idle_tick_s: float = 5.0
    """The same for a tenant where nobody does; hints come at once all the same."""
    shortest_round_s: float = 0.02
    """Wake-ups closer than this make one round."""
    settle_s: float = 6.0
    """How long Redis must have answered before an absence is believed: one renewal and a bit."""
