"""Prometheus metrics every service has. Labels are types and outcomes, never words or people.

How many dead letters lie there is the broker's to tell (`rabbitmq_detailed_queue_messages` of
`dead.letters`, `make dead-letters`): no service may look into that queue. Services count what they
put there.
"""

from prometheus_client import Counter, Gauge, Histogram

HANDLED = Counter("prek_messages_handled_total", "Messages settled.", ["type", "outcome"])
HANDLING_S = Histogram(
    "prek_message_handling_seconds",
    "From a delivery to its settlement.",
    ["type"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DEAD_LETTERS = Counter("prek_dead_letters_total", "Messages parked as dead letters.", ["reason"])
OLDEST_S = Gauge(
    "prek_inbox_oldest_seconds",
    "Since when the oldest unsettled message here was said, its wait in the queue included.",
    ["queue"],
)
IN_HAND = Gauge("prek_inbox_in_hand", "Messages taken and not yet settled.", ["queue"])
BUS_RECONNECTS = Counter("prek_bus_reconnects_total", "Broker connections lost.")
BUS_DROPPED = Counter("prek_bus_pushes_dropped_total", "Pushes refused on arrival.", ["reason"])
SOCKETS = Gauge("prek_sockets", "Open sockets.")
REFUSALS = Counter("prek_refusals_total", "Actions refused, by code.", ["code"])
