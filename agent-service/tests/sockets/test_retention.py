"""Retention, holds, wishes and access requests: who is let through, and what is passed on."""

import json
from uuid import UUID

import httpx
import pytest
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
ONE, RUN = UUID(int=1), UUID(int=2)
ORIGIN = {"X-Prek": "1"}

ROUTES = [
    ("GET", "/api/archive/retention", "", None),
    ("POST", "/api/archive/retention/runs", "/runs", None),
    ("GET", f"/api/archive/retention/runs/{RUN}", f"/runs/{RUN}", None),
    ("POST", f"/api/archive/retention/runs/{RUN}/approval", f"/runs/{RUN}/approval", None),
    ("GET", "/api/archive/holds", "/holds", None),
    ("POST", "/api/archive/holds", "/holds", {"conversation": str(ONE), "reason": "Klage"}),
    ("POST", f"/api/archive/holds/{ONE}/lifting", f"/holds/{ONE}/lifting", {"reason": "Avgjort"}),
    ("POST", "/api/archive/innsyn/preview", "/access/preview", {"reason": "sak"}),
    ("POST", "/api/archive/innsyn", "/access", {"reason": "sak"}),
]


@pytest.fixture
async def web(house):
    house.copy = httpx.Response(200, json={"told": True})
    async with house.web() as web:
        yield web


@pytest.fixture
def ask(house, web):
    async def ask(method, path, name="arne", **request):
        headers = {**await house.sign_in(web, name), **ORIGIN}
        return await web.request(method, path, headers=headers, **request)

    return ask


def claims(request):
    token = request.headers["authorization"].removeprefix("Bearer ")
    said = Signer(KEY).verify("transcript", token)
    return {name: value for name, value in said.items() if name not in ("aud", "exp")}


@pytest.mark.parametrize(("method", "path", "theirs", "body"), ROUTES)
async def test_an_archivists_question_is_passed_on_in_their_name(
    house, ask, method, path, theirs, body
):
    answer = await ask(method, path, json=body)
    (asked,) = house.copies

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert (asked.method, asked.url.path) == (method, f"/internal/v1/retention{theirs}")
    assert claims(asked) == {"tenant": "sarpsborg", "agent": "arne", "scope": "retention"}


@pytest.mark.parametrize(("method", "path", "theirs", "body"), ROUTES)
@pytest.mark.parametrize("name", ["kari", "mona", "siv", "alma"])
async def test_nobody_else_is_let_through_whatever_they_send(
    house, ask, method, path, theirs, body, name
):
    for sent in (body, {"nonsense": 1}):
        answer = await ask(method, path, name, json=sent)
        assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert house.copies == []


@pytest.mark.parametrize(
    "path", ["/api/archive/forget", f"/api/archive/retention/conversations/{ONE}"]
)
@pytest.mark.parametrize("name", ["kari", "siv", "arne", "alma"])
async def test_the_ledger_decides_which_of_these_somebody_reads(house, ask, path, name):
    assert (await ask("GET", path, name)).status_code == 200
    assert claims(house.copies[0])["agent"] == name


async def test_numbers_that_pass_no_door_are_masked_in_a_reason(house, ask):
    said = {"conversation": str(ONE), "reason": "Klage fra 13097248022"}
    await ask("POST", "/api/archive/holds", json=said)

    assert json.loads(house.copies[0].content)["reason"] == f"Klage fra {'*' * 11}"


@pytest.mark.parametrize(
    ("status", "code"),
    [(409, "preview_old"), (409, "held_already"), (422, "frame_invalid"), (404, "not_found")],
)
async def test_why_the_ledger_refuses_is_told(house, ask, status, code):
    house.copy = httpx.Response(status, json={"code": code})
    answer = await ask("POST", f"/api/archive/retention/runs/{RUN}/approval")

    assert (answer.status_code, answer.json()) == (status, {"code": code})


async def test_a_package_is_a_file_to_be_saved(house, ask):
    house.copy = httpx.Response(200, content=b"PK", headers={"content-type": "application/zip"})
    answer = await ask("POST", "/api/archive/innsyn", json={"reason": "sak"})

    assert (answer.content, answer.headers["content-type"]) == (b"PK", "application/zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="innsyn.zip"'


@pytest.mark.parametrize(
    "body",
    [{}, {"reason": " "}, {"reason": "x", "files": "some"}, {"reason": "x", "words": ["\x00"]}],
)
async def test_a_request_without_sense_goes_no_further(house, ask, body):
    answer = await ask("POST", "/api/archive/innsyn", json=body)

    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})
    assert house.copies == []
