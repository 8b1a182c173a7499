"""The numbers at the desk's door: who may ask the ledger for them, and what it is told."""

import json

import httpx
import pytest
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
ANSWER = {"totals": {"opened": 3}}
MONTHS = {"from": "2026-01", "to": "2026-11"}
CSV = "Måned;Telefon\n2013-01;6667\n"


@pytest.fixture
async def web(house):
    house.copy = httpx.Response(200, json=ANSWER)
    async with house.web() as web:
        yield web


@pytest.fixture
def ask(house, web):
    async def ask(method, path, name, **request):
        headers = await house.sign_in(web, name)
        return await web.request(method, path, headers=headers, **request)

    return ask


def claims(request):
    token = request.headers["authorization"].removeprefix("Bearer ")
    said = Signer(KEY).verify("transcript", token)
    return {name: value for name, value in said.items() if name not in ("aud", "exp")}


@pytest.mark.parametrize("name", ["mona", "berit", "siv"])
async def test_who_leads_gets_the_numbers_of_the_months(house, ask, name):
    answer = await ask("GET", "/api/numbers", name, params=MONTHS)
    (asked,) = house.copies

    assert (answer.status_code, answer.json()) == (200, ANSWER)
    assert (asked.url.path, dict(asked.url.params)) == ("/internal/v1/numbers", MONTHS)
    assert claims(asked) == {"tenant": "sarpsborg", "agent": name, "scope": "numbers"}


@pytest.mark.parametrize("name", ["kari", "arne", "alma"])
async def test_nobody_else_gets_numbers(house, ask, name):
    for path in ("/api/numbers", "/api/numbers/open"):
        answer = await ask("GET", path, name, params=MONTHS)

        assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert house.copies == []


@pytest.mark.parametrize(
    ("name", "department", "status"),
    [
        ("mona", "servicetorget", 200),
        ("mona", "byggesak", 404),
        ("siv", "barnevern", 200),
        ("siv", "nowhere", 404),
    ],
)
async def test_numbers_are_of_the_departments_that_are_led(house, ask, name, department, status):
    params = {**MONTHS, "department": department}
    answer = await ask("GET", "/api/numbers", name, params=params)

    assert answer.status_code == status
    assert len(house.copies) == (status == 200)


async def test_open_data_are_a_file_to_be_saved(house, ask):
    answer = await ask("GET", "/api/numbers/open", "mona")

    assert answer.headers["content-disposition"] == 'attachment; filename="prek-3105.json"'
    assert house.copies[0].url.path == "/internal/v1/numbers/open"


@pytest.mark.parametrize("name", ["mona", "siv"])
async def test_who_leads_the_first_line_enters_what_came_by_other_ways(house, ask, name):
    told = {"csv": CSV, "source": "Sentralbordet, 13097248022"}
    answer = await ask("POST", "/api/numbers/channels", name, json=told, params={"trial": "true"})
    (asked,) = house.copies

    assert answer.status_code == 200
    assert dict(asked.url.params) == {"trial": "true"}
    assert claims(asked)["scope"] == "numbers_channels"
    # A national identity number goes no further than this door.
    assert json.loads(asked.content) == {"csv": CSV, "source": "Sentralbordet, ***********"}


@pytest.mark.parametrize("name", ["kari", "berit", "arne", "alma"])
async def test_nobody_else_enters_anything(house, ask, name):
    answer = await ask("POST", "/api/numbers/channels", name, json={"csv": CSV})

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert house.copies == []


async def test_a_number_that_is_taken_back_reaches_the_ledger_as_none(house, ask):
    cells = [{"month": "2013-01", "channel": "phone", "n": None}]
    await ask("POST", "/api/numbers/channels", "mona", json={"entries": cells})

    assert json.loads(house.copies[0].content) == {"entries": cells, "source": ""}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"csv": CSV, "entries": [{"month": "2013-01", "channel": "phone", "n": 1}]},
        {"entries": []},
        {"entries": [{"month": "2013-13", "channel": "phone", "n": 1}]},
        {"entries": [{"month": "2013-01", "channel": "phone", "n": 1.5}]},
        {"csv": CSV, "source": "x" * 201},
        {"csv": CSV, "more": 1},
    ],
)
async def test_what_is_no_such_thing_is_refused_at_the_door(house, ask, told):
    answer = await ask("POST", "/api/numbers/channels", "mona", json=told)

    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})
    assert house.copies == []


async def test_why_the_ledger_refuses_is_told(house, ask):
    house.copy = httpx.Response(422, json={"code": "period_invalid"})
    answer = await ask("GET", "/api/numbers", "mona", params={"from": "x", "to": "y"})

    assert (answer.status_code, answer.json()) == (422, {"code": "period_invalid"})


async def test_numbers_wait_for_nothing_when_the_ledger_is_away(house, ask):
    house.copy = None
    answer = await ask("GET", "/api/numbers", "mona", params=MONTHS)

    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})
