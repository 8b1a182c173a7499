"""The door's own measures; the kit has those of every service."""

from prometheus_client import Counter, Gauge, Histogram

CONVERSATIONS = Gauge("prek_gateway_conversations", "Conversations with a socket here.")
CLOSED = Counter("prek_gateway_sockets_closed_total", "Sockets ended, by close code.", ["code"])
TURNED_AWAY = Counter("prek_gateway_turned_away_total", "Handshakes refused.", ["why"])
RANGES_READ = Counter("prek_gateway_ranges_read_total", "Ranges read, by outcome.", ["outcome"])
MASKED = Counter(
    "prek_gateway_masked_total", "Places in texts and names where numbers were masked."
)
FILES = Counter("prek_gateway_files_total", "Files passed on, by way and outcome.", ["way", "code"])
ALARMS = Counter("prek_gateway_alarms_total", "Texts that spoke of danger to life.")
RECEIPTS = Counter("prek_gateway_receipts_total", "Receipts tried, by outcome.", ["outcome"])
SEND_S = Histogram(
    "prek_gateway_accept_seconds",
    "From an action's frame to the broker's confirm.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
