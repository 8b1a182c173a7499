"""The desk's own measures. Labels are kinds and states, never people or places."""

from prometheus_client import Counter, Gauge

ALERTS = Counter("prek_alerts_total", "Alerts by kind and what became of them.", ["kind", "state"])
ALERTS_WAITING = Gauge("prek_alerts_waiting", "Alerts not yet delivered, by state.", ["state"])
