"""The desk over plain HTTP: the session of a browser, without the browser."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from native.system import WholeSystem
from set_up import TENANT

PATIENCE_S = 20.0


@asynccontextmanager
async def signed_in(
    system: WholeSystem, user: Mapping[str, Any] | None = None, *, role: str = "agent"
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a signed-in client of agent-service: of `user`, or of the first who has a role."""
    user = user or next(each for each in system.addresses["users"] if each["role"] == role)
    console = system.addresses["console"].rstrip("/")
    ours = {"X-Prek": "1", "Origin": console}
    who = {"name": user["name"], "password": user["password"], "tenant": TENANT}
    async with httpx.AsyncClient(
        base_url=console, trust_env=False, timeout=PATIENCE_S, headers=ours
    ) as web:
        answer = await web.post("/api/session", json=who)
        assert answer.status_code == 200
        # Kept for https alone by the client's own jar.
        cookies = (f"{name}={value}" for name, value in answer.cookies.items())
        web.headers["Cookie"] = "; ".join(cookies)
        yield web
