"""Signing in and out, tickets, copies and the console's files, over HTTP."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest
from agent_service import passwords
from agent_service.api import COOKIE, ConsoleFiles
from argon2 import PasswordHasher


def who(house, name="kari", **fields):
    return {"name": name, "password": house.store.password, **fields}


async def sign_in(web, house, name="kari"):
    """Sign a browser in and return its cookie as a header (it is for https alone)."""
    answer = await web.post("/api/session", json=who(house, name))
    assert answer.status_code == 200
    return {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}"}


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
    }
    assert cookie.startswith("__Host-prek=")
    for part in ("HttpOnly", "Secure", "Path=/", "SameSite=lax", "Max-Age=43200"):
        assert part in cookie
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_tells_who_is_signed_in_and_fetches_a_ticket(house):
    async with house.web() as web:
        cookie = await sign_in(web, house)
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
        cookie = await sign_in(web, house)
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
        cookie = await sign_in(web, house)
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
        cookie = await sign_in(web, house)
    house.store.tables.clear()
    await house.add_replica()
    async with house.web(1) as web:
        asked = await web.get("/api/session", headers=cookie)
        tried = await web.post("/api/session", json=who(house))

    assert (asked.status_code, asked.json()["code"]) == (503, "busy")
    assert (tried.status_code, tried.json()["code"]) == (503, "busy")


async def test_while_the_database_is_away_everything_asks_for_patience(house):
    async with house.web() as web:
        cookie = await sign_in(web, house)
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


# Signing out


async def test_signing_out_closes_every_tab_of_the_session_and_takes_its_lease_back(
    house, eventually
):
    async with house.web() as web:
        cookie = await sign_in(web, house)
        tabs = []
        for _ in range(2):
            ticket = (await web.post("/api/ticket", headers=cookie)).json()["ticket"]
            tab = await house.socket()
            await tab.say("hello", ticket=ticket)
            await tab.until("welcome")
            tabs.append(tab)
        other = await house.console("kari")
        answer = await web.delete("/api/session", headers=cookie)
        again = await web.get("/api/session", headers=cookie)

    assert answer.status_code == 204
    assert again.status_code == 401
    assert [await tab.close_code() for tab in tabs] == [4001, 4001]
    await other.echo()  # another session of the same agent goes on
    await eventually(lambda: len(house.leases.held) == 1)


class TestSessionsEndedElsewhere:
    @pytest.fixture
    def changes(self):
        return {"session_check_s": 0.05}

    async def test_a_sign_out_reaches_the_sockets_of_other_replicas(self, house, eventually):
        await house.add_replica()
        session = house.store.sit("kari")
        here = await house.console("kari", replica=0, session=session)
        there = await house.console("kari", replica=1, session=session)
        colleague = await house.console("ola", replica=1)
        await house.store.end_session(session)

        assert await here.close_code() == 4001
        assert await there.close_code() == 4001
        await colleague.echo()
        await eventually(lambda: [n for _, n in house.leases.held if n.startswith("kari")] == [])

    async def test_a_database_that_is_away_signs_nobody_out(self, house):
        client = await house.console("kari")
        house.store.away = True
        for _ in range(5):
            await asyncio.sleep(0.05)
            await client.echo()
        house.store.away = False
        await client.echo()

        assert client.connection.close_code is None


# Copies


async def test_a_copy_is_given_to_who_may_read_the_dialogue(house, ledger):
    known = ledger.conversation()
    async with house.web() as web:
        cookie = await sign_in(web, house)
        answer = await web.get(
            f"/api/conversations/{known.id}/transcript?format=txt&language=nn", headers=cookie
        )
    (asked,) = house.copies

    assert answer.content == b"Hei\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="samtale.txt"'
    assert answer.headers["cache-control"] == "no-store"
    assert asked.url.params["language"] == "nn"
    assert asked.headers["authorization"].startswith("Bearer ")


async def test_a_copy_of_what_may_not_be_read_is_not_even_asked_for(house, ledger):
    secret = ledger.conversation(readers={"per"})
    async with house.web() as web:
        cookie = await sign_in(web, house)
        answer = await web.get(f"/api/conversations/{secret.id}/transcript", headers=cookie)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not house.copies


@pytest.mark.parametrize(("theirs", "ours"), [(404, 404), (401, 503), (500, 503)])
async def test_what_the_transcript_service_says_of_itself_stays_inside(house, ledger, theirs, ours):
    known = ledger.conversation()
    house.copy.status_code = theirs
    async with house.web() as web:
        cookie = await sign_in(web, house)
        answer = await web.get(f"/api/conversations/{known.id}/transcript", headers=cookie)

    assert answer.status_code == ours
    assert b"Hei" not in answer.content


async def test_the_consoles_files_come_under_a_strict_policy(tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html>")
    transport = httpx.ASGITransport(ConsoleFiles(directory=tmp_path, html=True))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as web:
        answer = await web.get("/")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
