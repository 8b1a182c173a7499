"""Masking afterwards at the desk's door: what the ledger is asked, and in whose name."""

import json
from uuid import uuid4

import httpx
import pytest
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
WANTED = {"id": str(uuid4()), "stream": "dialogue", "seq": 3, "reason": "third_party"}


@pytest.fixture
async def web(house):
    house.copy = httpx.Response(200, json={"masked": 1})
    async with house.web() as web:
        yield web


@pytest.fixture
def ask(house, web):
    async def ask(method, path, **request):
        headers = {**await house.sign_in(web, "kari"), **request.pop("headers", {})}
        return await web.request(method, path, headers=headers, **request)

    return ask


@pytest.mark.parametrize("more", [{}, {"text": "Per"}, {"from": 0, "to": 3}])
async def test_the_ledger_is_asked_in_the_agents_name(house, ask, more):
    conversation = uuid4()
    answer = await ask("POST", f"/api/conversations/{conversation}/masks", json={**WANTED, **more})
    (asked,) = house.copies
    token = asked.headers["authorization"].removeprefix("Bearer ")
    said = Signer(KEY).verify("transcript", token)

    assert (answer.status_code, answer.json()) == (200, {"masked": 1})
    assert asked.url.path == f"/internal/v1/conversations/{conversation}/masks"
    assert json.loads(asked.content) == {**WANTED, **more}
    assert (said["agent"], said["scope"]) == ("kari", "mask")


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": 0},
        {"stream": "elsewhere"},
        {"reason": "because"},
        {"text": ""},
        {"from": 1},
        {"text": "Per", "from": 0, "to": 3},
        {"who": "ola"},
    ],
)
async def test_what_is_not_so_written_is_not_passed_on_nor_repeated(house, ask, wrong):
    answer = await ask("POST", f"/api/conversations/{uuid4()}/masks", json={**WANTED, **wrong})

    assert answer.status_code == 422
    assert "Per" not in answer.text
    assert house.copies == []


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "not_allowed"), (404, "not_found"), (409, "id_reused"), (503, "busy")],
)
async def test_what_the_ledger_refuses_is_refused(house, ask, status, code):
    house.copy = httpx.Response(status, json={"code": code})
    path = f"/api/conversations/{uuid4()}/masks"
    for answer in (await ask("POST", path, json=WANTED), await ask("GET", path)):
        assert (answer.status_code, answer.json()) == (status, {"code": code})


async def test_another_sites_page_masks_nothing(house, ask):
    path, theirs = f"/api/conversations/{uuid4()}/masks", {"Origin": "https://annen.example"}
    answer = await ask("POST", path, json=WANTED, headers=theirs)

    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
    assert house.copies == []
