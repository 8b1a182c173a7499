"""Other systems of a municipality: keys with scopes, what they read, and what they are told."""

import asyncio
import hashlib
import hmac
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from ledger_log import Archive
from native.system import WholeSystem
from province import HERE, NOBODY, STAFF, TALKS, THERE, Province, Who, province
from receiver import listening
from replay.citizen import Citizen

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SCOPES = ("archive.read", "statistics.read", "webhooks.write")
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    """A system of its own, without limits on how often a key may ask: schemathesis asks much."""
    folder = tmp_path_factory.mktemp("outside") / "run"
    with WholeSystem(folder, profile="load") as running:
        yield running


@pytest.fixture(scope="module")
async def people(system: WholeSystem) -> AsyncIterator[Province]:
    """Two municipalities, and conversations in every kind of place."""
    async with province(system) as found:
        yield found


def somebody(name: str, tenant: str = HERE) -> Who:
    return next(who for who in STAFF if (who.id, who.tenant) == (name, tenant))


def talk(name: str) -> Any:
    return next(each for each in TALKS if each.name == name)


async def key_of(
    people: Province, scopes: Sequence[str] = SCOPES, tenant: str = HERE
) -> dict[str, Any]:
    """Have the administrator make a key."""
    web = people.seats[somebody("adm", tenant)].web
    made = await web.post("/api/keys", json={"name": "Fagsystem", "scopes": list(scopes)})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


@asynccontextmanager
async def outside(system: WholeSystem, secret: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give another system's client."""
    base = system.addresses["agent_service"].rstrip("/") + "/v1"
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as web:
        yield web


async def test_a_key_opens_what_its_scopes_say_until_it_is_ended(
    system: WholeSystem, people: Province
) -> None:
    asked = {
        "archive.read": "/conversations",
        "statistics.read": "/statistics?from=2026-01-01",
        "webhooks.write": "/webhooks",
    }
    web = people.seats[somebody("adm")].web
    for scope in SCOPES:
        key = await key_of(people, [scope])
        listed = (await web.get("/api/keys")).json()["keys"]
        assert key["secret"] not in str(listed)
        async with outside(system, key["secret"]) as other:
            codes = {each: (await other.get(path)).status_code for each, path in asked.items()}
            assert codes == {each: 200 if each == scope else 403 for each in asked}
            ended = [(await web.delete(f"/api/keys/{key['id']}")).status_code for _ in range(2)]
            assert ended == [204, 404]
            after = await other.get(asked[scope])
        assert (after.status_code, after.json()) == (401, {"code": "token_invalid"})
        assert after.headers["WWW-Authenticate"] == "Bearer"


async def test_a_key_runs_out(system: WholeSystem, people: Province) -> None:
    key = await key_of(people)
    async with outside(system, key["secret"]) as other, Archive(system) as archive:
        assert (await other.get("/webhooks")).status_code == 200
        await archive.execute(
            "UPDATE desk.api_key SET expires_at = now() WHERE id::text = $1", key["id"]
        )
        assert (await other.get("/webhooks")).status_code == 401


async def test_a_key_reads_what_is_closed_and_before_no_wall_of_its_own_municipality(
    system: WholeSystem, people: Province
) -> None:
    here, there = await key_of(people), await key_of(people, tenant=THERE)
    async with outside(system, here["secret"]) as ours, outside(system, there["secret"]) as theirs:
        listed = (await ours.get("/conversations")).json()
        elsewhere = (await theirs.get("/conversations")).json()
        nothing = await ours.get(f"/conversations/{NOBODY}")
        hidden = [
            (await web.get(f"/conversations/{each.id}"))
            for web in (ours, theirs)
            for each in TALKS
            if web is theirs or each.name != "closed"
        ]

    closed = talk("closed").id
    assert [each["conversation"] for each in listed["conversations"]] == [closed]
    assert (elsewhere["conversations"], listed["next"]) == ([], None)
    assert nothing.status_code == 404
    assert {(each.status_code, each.content) for each in hidden} == {(404, nothing.content)}


@pytest.mark.parametrize(
    ("form", "kind", "starts"),
    [
        ("json", "application/json", b"{"),
        ("txt", "text/plain; charset=utf-8", b""),
        ("html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("pdf", "application/pdf", b"%PDF-"),
    ],
)
async def test_a_copy_is_given_in_every_form_and_the_audit_says_to_which_key(
    system: WholeSystem, people: Province, form: str, kind: str, starts: bytes
) -> None:
    key = await key_of(people)
    closed = talk("closed").id
    async with outside(system, key["secret"]) as other:
        came = await other.get(f"/conversations/{closed}", params={"format": form})
    audit = (
        await people.seats[somebody("ark")].web.get("/api/audit", params={"who": key["reader"]})
    ).json()["entries"]

    assert (came.status_code, came.headers["content-type"]) == (200, kind)
    assert came.content.startswith(starts)
    assert [(each["action"], each["conversation"]) for each in audit] == [("exported", closed)]
    assert audit[0]["about"]["format"] == form


async def test_the_list_is_read_page_by_page(system: WholeSystem, people: Province) -> None:
    key = await key_of(people)
    for _ in range(3):
        await whole_chat(system, people)
    async with outside(system, key["secret"]) as other:
        whole = (await other.get("/conversations")).json()["conversations"]
        pages, after = [], None
        while True:
            more = {"after": after} if after else {}
            page = (await other.get("/conversations", params={"limit": 2, **more})).json()
            pages += page["conversations"]
            if (after := page["next"]) is None:
                break
        late = (
            await other.get("/conversations", params={"closed_since": whole[1]["closed_at"]})
        ).json()["conversations"]
        unknown = await other.get("/conversations", params={"after": NOBODY})

    assert len(whole) >= 4
    assert pages == whole
    assert late == whole[1:]
    assert whole == sorted(whole, key=lambda each: each["closed_at"])
    assert unknown.status_code == 404


async def test_the_figures_are_those_of_who_leads_all(
    system: WholeSystem, people: Province
) -> None:
    key = await key_of(people)
    supervisor = people.seats[somebody("sol")].web
    async with outside(system, key["secret"]) as other:
        came = await other.get("/statistics", params={"from": "2026-01-01", "days": 365})
        known = await other.get(
            "/statistics", params={"from": "2026-01-01", "days": 365, "department": "bygg"}
        )
        unknown = await other.get(
            "/statistics", params={"from": "2026-01-01", "department": "finnes-ikke"}
        )
    theirs = await supervisor.get(
        "/api/statistics", params={"from": "2026-01-01", "to": "2026-12-31"}
    )

    assert came.json() == theirs.json()
    assert (known.status_code, unknown.status_code) == (200, 404)


async def whole_chat(system: WholeSystem, people: Province) -> str:
    """Have a conversation from the first word to the archive's choice; return its id."""
    socket = system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
    citizen = Citizen(socket, HERE, random.Random(), duplicate=False)
    eva = people.seats[somebody("eva")]
    citizen.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await citizen.ready.wait()
            await citizen.open("parkering")
            await citizen.send("Hvor kan jeg parkere?")
            about = {"conversation": citizen.conversation}
            for frame in (
                {"type": "take_over", "epoch": 0},
                {"type": "send", "epoch": 1, "text": "I Torggata."},
                {"type": "close", "epoch": 1},
                {"type": "classify", "archive": "journal"},
                {"type": "wrapup_done"},
            ):
                done = await eva.do({**about, **frame})
                assert done["type"] != "refused", (frame, done)
    finally:
        await citizen.stop()
    assert citizen.conversation is not None
    return citizen.conversation


async def test_milestones_are_told_signed_without_a_word_and_each_under_one_id(
    system: WholeSystem, people: Province
) -> None:
    web = people.seats[somebody("adm")].web
    async with listening() as (receiver, url):
        receiver.answers = lambda nth: 503 if nth < 2 else 204
        made = (
            await web.post(
                "/api/webhooks",
                json={"url": url, "milestones": ["opened", "closed", "classified"]},
            )
        ).json()
        conversation = await whole_chat(system, people)
        posts = await receiver.wait_for(
            lambda all_: len({p.headers["prek-event"] for p in all_ if p.status == 204}) == 3
        )
        ended = await web.delete(f"/api/webhooks/{made['id']}")
        await whole_chat(system, people)
        async with Archive(system) as archive:
            told = await archive.fetch(
                "SELECT id::text, state FROM desk.alert WHERE matter->>'conversation' = $1",
                conversation,
            )

    assert ended.status_code == 204
    assert {post.said["type"] for post in posts} == {
        "conversation.opened", "conversation.closed", "conversation.classified",
    }  # fmt: skip
    assert {(post.said["tenant"], post.said["conversation"]) for post in posts} == {
        (HERE, conversation)
    }
    by_id: dict[str, list[Any]] = {}
    for post in posts:
        assert post.said["id"] == post.headers["prek-event"]
        by_id.setdefault(post.said["id"], []).append(post)
        signed = post.headers["prek-timestamp"].encode() + b"." + post.body
        right = hmac.new(made["secret"].encode(), signed, hashlib.sha256).hexdigest()
        assert post.headers["prek-signature"] == f"sha256={right}"
        assert b"parkere" not in post.body
    # Said again after a no, it says the same; after a yes it is never said again.
    assert all(len({post.body for post in same}) == 1 for same in by_id.values())
    assert all([p.status for p in same].count(204) == 1 for same in by_id.values())
    assert {row["id"]: row["state"] for row in told} == dict.fromkeys(by_id, "sent")
    classified = next(p.said for p in posts if p.said["type"] == "conversation.classified")
    assert classified["archive"] == "journal"


async def test_schemathesis_finds_nothing(
    tmp_path: Path, system: WholeSystem, people: Province
) -> None:
    """By its examples, the limits of each schema, and what it makes up; right and wrong ones."""
    key = await key_of(people)
    base = system.addresses["agent_service"].rstrip("/") + "/v1"
    argv = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{base}/openapi.json"),
        *("--url", base, "--header", f"Authorization: Bearer {key['secret']}"),
        *("--checks", "all", "--max-examples", "40", "--seed", "7", "--no-color"),
        *("--generation-database", ":memory:"),
    ]
    done = await asyncio.to_thread(
        subprocess.run, argv, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-20000:]
    assert "No issues found" in done.stdout


async def test_a_milestone_outlives_the_broker_and_every_desk(
    system: WholeSystem, people: Province
) -> None:
    """What nobody could send is sent when somebody is there again, and once."""
    web = people.seats[somebody("adm")].web
    async with listening() as (receiver, url):
        receiver.answers = lambda _nth: 503
        made = (await web.post("/api/webhooks", json={"url": url, "milestones": ["closed"]})).json()
        await whole_chat(system, people)
        await receiver.wait_for(lambda posts: len(posts) >= 1)
        # Nobody else sits here: the other tests come before, by their place in the file.
        for replica in (1, 2):
            system.kill("agent-service", replica)
        receiver.answers = lambda _nth: 204
        posts = await receiver.wait_for(lambda all_: any(p.status == 204 for p in all_))

    assert made["milestones"] == ["closed"]
    assert len({post.headers["prek-event"] for post in posts}) == 1
    assert [post.status for post in posts].count(204) == 1
