"""A door to the search, and the keeper's duty that makes what it finds."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from services.tokens import Signer
from transcript_service.callers import Callers
from transcript_service.postgres import keeper_database, search_database
from transcript_service.reads import Reads
from transcript_service.search.finding import Finding
from transcript_service.search.indexing import Searchable
from transcript_service.search.noting import Digests
from transcript_service.search.routes import add_search_routes

KEY = "0123456789abcdef0123456789abcdef"


class Door:
    """What the desk's service asks, with tokens for it."""

    def __init__(self, make: Any, reads: Reads, finding: Finding) -> None:
        self.make = make
        self.signer = Signer(KEY)
        app = FastAPI()
        add_search_routes(app, finding, Callers(reads, self.signer))
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://ledger")

    async def ask(
        self, q: str = "", reader: str = "gro", *, claims: Any = None, **body: Any
    ) -> httpx.Response:
        named = {"tenant": self.make.tenant, "agent": reader, "scope": "search"}
        token = self.signer.sign("transcript", {**named, **(claims or {})}, ttl_s=30)
        return await self.client.post(
            "/internal/v1/search",
            json={"q": q, **{name.rstrip("_"): value for name, value in body.items()}},
            headers={"Authorization": f"Bearer {token}"},
        )

    async def answer(self, q: str = "", reader: str = "gro", **body: Any) -> dict[str, Any]:
        answer = await self.ask(q, reader, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def found(self, q: str = "", reader: str = "gro", **body: Any) -> list[str]:
        results = (await self.answer(q, reader, **body))["results"]
        return [result["conversation"] for result in results]


@pytest.fixture
async def keeper_pool(parts):
    database = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=2)
    yield database
    await database.stop()


@pytest.fixture
def duty(keeper_pool):
    """Takes every moment for a pause."""
    return Searchable(keeper_pool, timedelta(0))


@pytest.fixture
def patient(keeper_pool):
    """Waits for a pause that does not come while a test runs."""
    return Searchable(keeper_pool, timedelta(hours=1))


@pytest.fixture
async def door(replica, tenant, app_url):
    database = search_database(app_url, size=2)
    door = Door(tenant, replica.reads, Finding(database, Digests(KEY)))
    yield door
    await door.client.aclose()
    await database.stop()
