"""Why an enquiry waits, for whom its desk shows it; what a set-up lacks, for leaders."""

import json
from uuid import uuid4

import httpx
import pytest


@pytest.fixture
async def web(house):
    async with house.web() as web:
        yield web


async def explain(house, web, conversation, name="kari"):
    cookie = await house.sign_in(web, name)
    return await web.get(f"/api/routing/explain/{conversation}", headers=cookie)


async def test_an_agent_sees_why_what_the_desk_shows_waits(house, ledger, web):
    known = ledger.conversation(readers=set())  # shown in the line, not to be read
    answer = await explain(house, web, known.id)
    (asked,) = house.asked

    assert (answer.status_code, answer.json()["reason"]) == (200, "nobody_free")
    assert asked.url.path == f"/routing/explain/sarpsborg/{known.id}"
    assert answer.headers["cache-control"] == "no-store"


async def test_and_what_the_ledger_lets_the_agent_read(house, ledger, web):
    known = ledger.conversation(state="active", owner="ola", readers={"kari"})

    assert (await explain(house, web, known.id)).status_code == 200


async def test_what_neither_shows_is_not_found_and_the_router_is_not_asked(house, ledger, web):
    known = ledger.conversation(state="active", owner="ola", readers={"ola"})
    for conversation in (known.id, uuid4()):
        answer = await explain(house, web, conversation)

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert house.asked == []


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        (httpx.Response(404), 404, "not_found"),
        (httpx.Response(500), 503, "busy"),
        (httpx.Response(302, headers={"location": "http://x"}), 503, "busy"),
        (None, 503, "busy"),
    ],
)
async def test_a_router_that_knows_nothing_or_is_away_has_its_code(
    house, ledger, web, told, status, code
):
    house.told = told
    answer = await explain(house, web, ledger.conversation().id)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nobody_who_is_not_signed_in_is_told_anything(house, ledger, web):
    for path in (f"/api/routing/explain/{ledger.conversation().id}", "/api/routing/lint"):
        assert (await web.get(path)).status_code == 401
    assert house.asked == []


@pytest.mark.parametrize("name", ["mona", "siv", "alma"])
async def test_who_leads_or_administers_has_the_set_up_looked_through_as_it_is_now(
    house, web, directory, name
):
    house.told = httpx.Response(200, json={"findings": []})
    answer = await web.get("/api/routing/lint", headers=await house.sign_in(web, name))
    (asked,) = house.asked

    assert (answer.status_code, answer.json()) == (200, {"findings": []})
    assert (asked.method, asked.url.path) == ("POST", "/routing/lint")
    assert json.loads(asked.content) == directory.model_dump(mode="json")


@pytest.mark.parametrize("name", ["kari", "arne"])
async def test_others_do_not_look_through_the_set_up(house, web, name):
    answer = await web.get("/api/routing/lint", headers=await house.sign_in(web, name))

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert house.asked == []
