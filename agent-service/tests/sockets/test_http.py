"""Signing in and out, tickets, copies and the console's files, over HTTP."""

import json
from uuid import uuid4

import pytest
from agent_service import passwords
from agent_service.guards import COOKIE
from argon2 import PasswordHasher


def who(house, name="kari", **fields):
    return {"name": name, "password": house.store.password, **fields}


async def test_signing_in_gives_a_cookie_no_script_can_read(house):
    async with house.web() as web:
        answer = await web.post("/api/session", json=who(house))
    cookie = answer.headers["set-cookie"]

    assert answer.json() == {
        "agent": "kari",
        "name": "Kari N.",
        "tenant": "sarpsborg",
        "municipality": "Sarpsborg (demo)",
        "roles": ["agent"],
        "left_s": 43_200,
        "warn_s": 600,
        "extendable": True,
        "again": None,
    }
    assert cookie.startswith("__Host-prek=")
    for part in ("HttpOnly", "Secure", "Path=/", "SameSite=lax", "Max-Age=43200"):
        assert part in cookie
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_tells_who_is_signed_in_and_fetches_a_ticket(house):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        told = await web.get("/api/session", headers=cookie)
        ticket = (await web.post("/api/ticket", headers=cookie)).json()["ticket"]
    client = await house.socket()
    await client.say("hello", ticket=ticket)

    assert told.json()["agent"] == "kari"
    assert (await client.until("welcome"))["agent"] == "kari"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"password": "wrong"}, 401, "sign_in_failed"),
        ({"password": ""}, 401, "sign_in_failed"),
        ({"name": "nobody"}, 401, "sign_in_failed"),
        ({"tenant": "atlantis"}, 401, "sign_in_failed"),
        ({"name": "Kari"}, 422, "frame_invalid"),
        ({"name": "k\x00"}, 422, "frame_invalid"),
        ({"password": "x" * 257}, 422, "frame_invalid"),
        ({"password": "\ud800"}, 422, "frame_invalid"),
        ({"password": None}, 422, "frame_invalid"),
    ],
)
async def test_a_wrong_sign_in_is_refused_without_telling_why_or_quoting_it(
    house, fields, status, code
):
    body = json.dumps(who(house) | fields)
    async with house.web(**{"Content-Type": "application/json"}) as web:
        answer = await web.post("/api/session", content=body)

    assert (answer.status_code, answer.json()) == (status, {"code": code})
    assert "set-cookie" not in answer.headers


async def test_an_account_without_a_place_in_the_directory_cannot_sign_in(house):
    house.store.accounts["sarpsborg", "nils"] = house.store.accounts["sarpsborg", "kari"]
    async with house.web() as web:
        answer = await web.post("/api/session", json=who(house, "nils"))

    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")
    assert not house.store.sessions


async def test_an_agent_taken_out_of_the_directory_is_signed_out_and_not_told_to_wait(
    house, ledger, directory
):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        agents = tuple(a for a in directory.agents if a.id != "kari")
        house.store.tables["sarpsborg"] = directory.evolve(version=2, agents=agents)
        await ledger.until(lambda: ledger.published["sarpsborg"] == 2)
        answer = await web.get("/api/session", headers=cookie)

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


@pytest.mark.parametrize(
    "headers",
    [{"X-Prek": ""}, {"Origin": "http://evil.example"}, {"X-Prek": "2"}],
)
async def test_what_another_sites_page_sends_is_refused(house, headers):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        answers = [
            await web.post("/api/session", json=who(house), headers=headers),
            await web.post("/api/ticket", headers=cookie | headers),
            await web.delete("/api/session", headers=cookie | headers),
        ]

    assert [a.status_code for a in answers] == [403, 403, 403]
    assert {a.json()["code"] for a in answers} == {"origin_not_allowed"}
    assert len(house.store.sessions) == 1


@pytest.mark.parametrize("cookie", [{}, {"Cookie": f"{COOKIE}=forged"}])
async def test_without_a_session_there_is_nothing(house, cookie):
    async with house.web() as web:
        answers = [
            await web.get("/api/session", headers=cookie),
            await web.post("/api/ticket", headers=cookie),
            await web.get(f"/api/conversations/{uuid4()}/transcript", headers=cookie),
        ]

    assert [a.status_code for a in answers] == [401, 401, 401]


async def test_a_session_of_a_municipality_not_known_yet_asks_for_patience(house):
    async with house.web() as web:
        cookie = await house.sign_in(web)
    house.store.tables.clear()
    await house.add_replica()
    async with house.web(1) as web:
        asked = await web.get("/api/session", headers=cookie)
        tried = await web.post("/api/session", json=who(house))

    assert (asked.status_code, asked.json()["code"]) == (503, "busy")
    assert (tried.status_code, tried.json()["code"]) == (503, "busy")


async def test_while_the_database_is_away_everything_asks_for_patience(house):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        house.store.away = True
        answers = [
            await web.post("/api/session", json=who(house)),
            await web.get("/api/session", headers=cookie),
            await web.post("/api/ticket", headers=cookie),
            await web.delete("/api/session", headers=cookie),
        ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(503, "busy")] * 4


async def test_with_several_municipalities_the_right_one_must_be_named(house, ledger, directory):
    house.store.tables["moss"] = directory.evolve(tenant="moss", name="Moss (demo)")
    await ledger.until(lambda: "moss" in ledger.published)
    async with house.web() as web:
        unnamed = await web.post("/api/session", json=who(house))
        named = await web.post("/api/session", json=who(house, tenant="sarpsborg"))

    assert (unnamed.status_code, unnamed.json()["code"]) == (401, "sign_in_failed")
    assert named.json()["tenant"] == "sarpsborg"


# Limits


@pytest.fixture
def cheap_hash(monkeypatch):
    """Let a wrong name cost little, for the tests that try many."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody's"))


async def test_who_knows_the_password_may_come_and_go(house):
    wrong = {**who(house), "password": "wrong"}
    async with house.web() as web:
        codes = [
            (await web.post("/api/session", json=tried)).status_code
            for tried in [*[who(house)] * 11, *[wrong] * 10, who(house)]
        ]

    assert codes == [*[200] * 11, *[401] * 10, 429]


@pytest.mark.usefixtures("cheap_hash")
async def test_a_name_can_be_tried_ten_times_from_one_address(house):
    async with house.web() as web:
        codes = [
            (await web.post("/api/session", json=who(house, "nobody"))).status_code
            for _ in range(10)
        ]
        last = await web.post("/api/session", json=who(house, "nobody"))
        other = await web.post("/api/session", json=who(house))

    assert codes == [401] * 10
    assert (last.status_code, last.json()["code"]) == (429, "rate_limited")
    assert int(last.headers["retry-after"]) >= 1
    assert last.headers["cache-control"] == "no-store"
    assert other.status_code == 200


@pytest.mark.usefixtures("cheap_hash")
async def test_trying_one_password_on_many_names_is_limited_by_address(house):
    async def tries(web):
        for n in range(150):
            answer = await web.post("/api/session", json=who(house, f"name{n}"))
            yield answer.status_code

    async with house.web(**{"X-Forwarded-For": "198.51.100.7"}) as web:
        codes = [code async for code in tries(web)]
    async with house.web(**{"X-Forwarded-For": "198.51.100.8"}) as web:
        elsewhere = await web.post("/api/session", json=who(house, "name1"))

    assert codes[:100] == [401] * 100
    assert 429 in codes[100:]
    assert elsewhere.status_code == 401


@pytest.mark.usefixtures("cheap_hash")
async def test_an_address_a_caller_makes_up_does_not_count(house):
    """Behind a proxy that appends, the caller's own header comes first in the chain."""
    async with house.web() as web:
        codes = []
        for n in range(11):
            forwarded = {"X-Forwarded-For": f"6.6.6.{n}, 198.51.100.7"}
            answer = await web.post("/api/session", json=who(house, "nobody"), headers=forwarded)
            codes.append(answer.status_code)

    assert codes == [401] * 10 + [429]
