"""`/healthz` (the loop turns), `/readyz` (dependencies and our consumers are there), `/metrics`."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Probe = Callable[[], str | None]
"""Returns None when all is well, else one word for what is missing."""


def add_health(app: FastAPI, probes: Mapping[str, Probe]) -> None:
    """Add the three routes. Every part registers its probe where it is built."""

    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    async def readyz(response: Response) -> dict[str, object]:
        missing = {name: why for name, probe in probes.items() if (why := probe())}
        response.status_code = 503 if missing else 200
        return {"ready": not missing, "missing": missing}

    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    for path, endpoint in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_api_route(path, endpoint, include_in_schema=False)
