"""What the router counts, per tenant and never finer."""

from prometheus_client import Counter, Gauge, Histogram

WAITING = Gauge("prek_line_waiting", "Conversations not yet answered.", ["tenant"])
WRITTEN = Gauge("prek_line_written", "Written questions not yet with an agent.", ["tenant"])
AVAILABLE = Gauge("prek_agents_available", "Agents available.", ["tenant"])
LOAD = Gauge("prek_agents_load", "Slots taken: offers, active and wrap-up.", ["tenant"])
DECISIONS = Counter("prek_decisions_total", "Commands sent.", ["tenant", "type"])
REFUSED = Counter("prek_decisions_refused_total", "Commands the ledger refused.", ["code"])
NOTICES = Counter("prek_notices_total", "Nudges and alerts.", ["tenant", "type", "stage"])
PLAN_FINDINGS = Gauge("prek_plan_findings", "What the linter finds now.", ["tenant", "kind"])
DECIDING_S = Histogram(
    "prek_deciding_seconds",
    "One round of the core.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)
