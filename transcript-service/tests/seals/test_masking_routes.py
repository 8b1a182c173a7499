"""The routes of masking: what is asked is passed on as it was meant, and nothing else is."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.tokens import Signer
from transcript_service.callers import Callers, NotAnswered
from transcript_service.seals.masking_routes import add_masking_routes

KEY = "0123456789abcdef0123456789abcdef"
CONVERSATION = uuid4()
WANTED = {"id": str(uuid4()), "stream": "dialogue", "seq": 3, "reason": "secret"}


class Maskings:
    """Remembers what it was asked."""

    def __init__(self):
        self.asked = []

    async def mask(self, caller, wanted):
        if wanted.seq == 99:
            raise NotAnswered("not_found")
        self.asked.append((caller.agent, wanted))
        return 2

    async def of(self, caller, conversation):
        return [{"seq": 3}] if conversation == CONVERSATION else []


@pytest.fixture
def maskings():
    return Maskings()


@pytest.fixture
def ask(maskings, make):
    async def directory(_tenant):
        return make.directory()

    app, signer = FastAPI(), Signer(KEY)
    add_masking_routes(app, maskings, Callers(SimpleNamespace(directory=directory), signer))

    async def ask(method, scope="mask", agent="kari", **request):
        claims = {"tenant": make.tenant, "agent": agent, "scope": scope}
        bearer = {"Authorization": f"Bearer {signer.sign('transcript', claims, ttl_s=30)}"}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as web:
            path = f"/internal/v1/conversations/{CONVERSATION}/masks"
            return await web.request(method, path, headers=bearer, **request)

    return ask


@pytest.mark.parametrize(
    ("more", "text", "place"),
    [({}, None, None), ({"text": "Per"}, "Per", None), ({"from": 0, "to": 3}, None, (0, 3))],
)
async def test_what_is_asked_is_passed_on(ask, maskings, more, text, place):
    answer = await ask("POST", json={**WANTED, **more})
    ((agent, wanted),) = maskings.asked

    assert (answer.status_code, answer.json()) == (200, {"masked": 2})
    assert agent == "kari"
    assert (wanted.id, wanted.conversation) == (UUID(WANTED["id"]), CONVERSATION)
    assert (wanted.text, wanted.place, wanted.reason) == (text, place, "secret")
    assert (await ask("GET")).json() == {"masks": [{"seq": 3}]}


@pytest.mark.parametrize(
    "wrong",
    [{"seq": 0}, {"from": 1}, {"to": 1}, {"text": "Per", "from": 0, "to": 1}, {"reason": "x"}],
)
async def test_what_is_not_so_written_is_refused_without_being_repeated(ask, maskings, wrong):
    answer = await ask("POST", json={**WANTED, **wrong})

    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})
    assert maskings.asked == []
    assert (await ask("POST", content=b"x" * 70_000)).status_code == 422


async def test_a_token_for_something_else_or_nobodys_asks_nothing(ask, maskings):
    for other in ({"scope": "earlier"}, {"agent": "nobody"}):
        answer = await ask("POST", json=WANTED, **other)
        assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})
        assert (await ask("GET", **other)).status_code == 404
    assert maskings.asked == []
    assert (await ask("POST", json={**WANTED, "seq": 99})).json() == {"code": "not_found"}
