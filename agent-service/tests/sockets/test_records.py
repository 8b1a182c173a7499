"""What is on record: the transcript-service is asked in the agent's name, and by who may ask."""

from uuid import UUID, uuid4

import httpx
import pytest
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
ANSWER = {"conversations": []}
DAYS = {"from": "2026-11-01", "to": "2026-11-27"}


@pytest.fixture
async def web(house):
    house.copy = httpx.Response(200, json=ANSWER)
    async with house.web() as web:
        yield web


@pytest.fixture
def get(house, web):
    async def get(path, name="kari", **params):
        return await web.get(path, headers=await house.sign_in(web, name), params=params)

    return get


def claims(request):
    token = request.headers["authorization"].removeprefix("Bearer ")
    said = Signer(KEY).verify("transcript", token)
    return {name: value for name, value in said.items() if name not in ("aud", "exp")}


async def test_who_may_read_a_conversation_sees_what_was_asked_before_it(house, ledger, get):
    known = ledger.conversation(readers={"kari"})
    answer = await get(f"/api/conversations/{known.id}/earlier")
    (asked,) = house.copies

    assert (answer.status_code, answer.json()) == (200, ANSWER)
    assert answer.headers["cache-control"] == "no-store"
    assert asked.url.path == f"/internal/v1/conversations/{known.id}/earlier"
    assert claims(asked) == {
        "tenant": "sarpsborg",
        "agent": "kari",
        "scope": "earlier",
        "conversation": str(known.id),
    }


async def test_who_may_not_read_it_is_told_by_the_ledger_that_it_is_not_there(house, get):
    house.copy = httpx.Response(404, json={"code": "not_found"})
    for what in ("earlier", "transcript"):
        answer = await get(f"/api/conversations/{uuid4()}/{what}")

        assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


async def test_a_copy_is_asked_for_once_and_leaves_no_line_of_a_reading(house, ledger, get):
    """The ledger notes a reading where it is asked for words; a copy has a line of its own."""
    known = ledger.conversation(state="active", owner="ola", readers={"ola", "kari"})
    await get(f"/api/conversations/{known.id}/transcript")
    await get(f"/api/conversations/{known.id}/earlier")

    assert len(house.copies) == 2
    assert not [e for e in house.broker.sent if e.body.type == "range.read.v1"]


async def test_the_ledger_knows_for_whom_a_copy_is_made(house, ledger, get):
    known = ledger.conversation(readers={"kari"})
    await get(f"/api/conversations/{known.id}/transcript")
    (asked,) = house.copies

    assert claims(asked) == {
        "tenant": "sarpsborg",
        "agent": "kari",
        "scope": "dialogue",
        "conversation": str(known.id),
    }


@pytest.mark.parametrize("name", ["mona", "berit", "siv"])
async def test_who_leads_gets_the_figures_of_the_period(house, get, name):
    answer = await get("/api/statistics", name, **DAYS)
    (asked,) = house.copies

    assert answer.status_code == 200
    assert (asked.url.path, dict(asked.url.params)) == ("/internal/v1/statistics", DAYS)
    assert claims(asked) == {"tenant": "sarpsborg", "agent": name, "scope": "statistics"}


@pytest.mark.parametrize("name", ["kari", "arne", "alma"])
async def test_nobody_else_gets_figures(house, get, name):
    answer = await get("/api/statistics", name, **DAYS)

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert house.copies == []


@pytest.mark.parametrize(
    ("name", "department", "status"),
    [
        ("mona", "servicetorget", 200),
        ("mona", "byggesak", 404),
        ("berit", "byggesak", 200),
        ("siv", "barnevern", 200),
        ("siv", "nowhere", 404),
        ("mona", "nowhere", 404),
    ],
)
async def test_figures_are_of_the_departments_that_are_led(house, get, name, department, status):
    answer = await get("/api/statistics", name, department=department, **DAYS)

    assert answer.status_code == status
    assert [a.url.params["department"] for a in house.copies] == [department] * (status == 200)


async def test_an_archivist_searches_the_audit(house, get):
    wanted = {
        "who": "mona",
        "action": "glass_broken",
        "conversation": str(UUID(int=7)),
        "before": str(UUID(int=8)),
        "limit": "20",
        **DAYS,
    }
    answer = await get("/api/audit", "arne", **wanted)
    (asked,) = house.copies

    assert answer.status_code == 200
    assert (asked.url.path, dict(asked.url.params)) == ("/internal/v1/audit", wanted)
    assert claims(asked) == {"tenant": "sarpsborg", "agent": "arne", "scope": "audit"}


async def test_what_is_not_searched_for_is_not_said(house, get):
    await get("/api/audit", "arne")

    assert dict(house.copies[0].url.params) == {"limit": "50"}


@pytest.mark.parametrize("name", ["kari", "mona", "siv", "alma"])
async def test_nobody_else_searches_the_audit(house, get, name):
    answer = await get("/api/audit", name)

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert house.copies == []


@pytest.mark.parametrize(
    "params",
    [{"limit": "201"}, {"limit": "0"}, {"who": "Å"}, {"action": "DROP"}, {"before": "1"}],
)
async def test_a_search_that_cannot_be_is_refused_here(house, get, params):
    answer = await get("/api/audit", "arne", **params)

    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})
    assert house.copies == []


@pytest.mark.parametrize(
    ("theirs", "ours", "code"),
    [
        (403, 403, "not_allowed"),
        (404, 404, "not_found"),
        (422, 422, "period_invalid"),
        (401, 503, "busy"),
        (500, 503, "busy"),
        (503, 503, "busy"),
        (302, 503, "busy"),
        (None, 503, "busy"),
    ],
)
async def test_what_the_ledger_refuses_is_refused_with_its_code(house, get, theirs, ours, code):
    house.copy = theirs and httpx.Response(theirs, json={"code": "whatever", "secret": "x"})
    for path, name in (("/api/statistics", "siv"), ("/api/audit", "arne")):
        answer = await get(path, name)

        assert (answer.status_code, answer.json()) == (ours, {"code": code})


async def test_nobody_who_is_not_signed_in_is_told_anything(house, ledger, web):
    known = ledger.conversation()
    for path in (f"conversations/{known.id}/earlier", "statistics", "audit", "board"):
        assert (await web.get(f"/api/{path}")).status_code == 401
    assert house.copies == []
