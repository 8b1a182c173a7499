"""The transcript over HTTP: one stream of one conversation, for who has a token that names it."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from services.errors import Transient
from services.tokens import Signer
from transcript_service.api import add_routes
from transcript_service.copies.press import CannotPrintError
from transcript_service.reads import Transcript

CITIZEN = "citizen:c1"
KEY = "0123456789abcdef0123456789abcdef"


class ShelfReads:
    """What the route asks, answered from the world in memory."""

    def __init__(self, world):
        self.world = world
        self.away = False

    async def transcript(self, tenant, conversation, stream):
        if self.away:
            raise Transient("database")
        found = self.world.shelf.conversations.get((tenant, conversation))
        return found and Transcript(found, tuple(self.world.told(conversation, stream)))

    async def directory(self, tenant):
        return self.world.shelf.directory if tenant == self.world.make.tenant else None


class InstantPress:
    """Prints nothing but the title, unless it is broken."""

    broken = False

    async def pdf(self, document):
        if self.broken:
            raise CannotPrintError
        return f"%PDF {document.title}".encode()


class NotedAudit:
    """Remembers what is noted."""

    def __init__(self):
        self.notes = []

    async def note(self, note):
        self.notes.append(note)
        return True


class Door:
    """A client of the route, and tokens for it."""

    def __init__(self, world, make):
        self.now = make.now
        self.make = make
        self.reads = ShelfReads(world)
        self.signer = Signer(KEY, lambda: self.now)
        app = FastAPI()
        self.press, self.audit = InstantPress(), NotedAudit()
        add_routes(app, self.reads, self.signer, self.press, self.audit, lambda: self.now)
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://ledger")

    def token(self, conversation, *, audience="transcript", ttl_s=30, **claims):
        named = {"tenant": self.make.tenant, "conversation": str(conversation)}
        return self.signer.sign(audience, {**named, **claims}, ttl_s=ttl_s)

    async def get(self, conversation, token, **params):
        url = f"/internal/v1/conversations/{conversation}/transcript"
        return await self.client.get(
            url, params=params, headers={"Authorization": f"Bearer {token}"}
        )


@pytest.fixture
async def door(world, make):
    door = Door(world, make)
    yield door
    await door.client.aclose()


async def test_a_token_opens_the_conversation_it_names_in_every_format(world, door):
    c = world.open()
    kinds = {}
    for form in ("txt", "json", "html", "pdf"):
        answer = await door.get(c, door.token(c), format=form)
        kinds[form] = (answer.status_code, answer.headers["content-type"])

    assert kinds == {
        "txt": (200, "text/plain; charset=utf-8"),
        "json": (200, "application/json"),
        "html": (200, "text/html; charset=utf-8"),
        "pdf": (200, "application/pdf"),
    }


async def test_a_token_opens_no_other_conversation(world, door):
    mine, other = world.open(1), world.open(2)
    answer = await door.get(other, door.token(mine))

    assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


async def test_a_token_opens_nothing_of_another_municipality(world, door):
    c = world.open()
    answer = await door.get(c, door.token(c, tenant="annenvik"))

    assert answer.status_code == 404


@pytest.mark.parametrize("audience", ["copy", "citizen", ""])
async def test_a_token_for_another_use_is_no_token(world, door, audience):
    c = world.open()
    answer = await door.get(c, door.token(c, audience=audience))

    assert (answer.status_code, answer.json()) == (401, {"code": "token_invalid"})


async def test_a_token_is_no_token_after_its_half_minute(world, door):
    c = world.open()
    token = door.token(c)
    door.now += timedelta(seconds=30)

    assert (await door.get(c, token)).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
async def test_no_token_or_a_forged_one_opens_nothing(world, door, token):
    c = world.open()
    forged = Signer(KEY[::-1]).sign("transcript", {"conversation": str(c)}, ttl_s=30)

    assert (await door.get(c, token)).status_code == 401
    assert (await door.get(c, forged)).status_code == 401


async def test_a_token_without_a_municipality_opens_nothing(world, door):
    c = world.open()
    token = door.signer.sign("transcript", {"conversation": str(c)}, ttl_s=30)

    assert (await door.get(c, token)).status_code == 404


async def test_while_the_database_is_away_the_caller_is_told_to_come_again(world, door):
    c = world.open()
    door.reads.away = True
    answer = await door.get(c, door.token(c))

    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})


async def test_the_desk_is_given_only_to_a_token_that_says_so(world, door):
    c = world.open()
    world.offer(c, "kari")
    dialogue = await door.get(c, door.token(c), format="json")
    desk = await door.get(c, door.token(c, scope="desk"), format="json")

    assert [e["body"]["kind"] for e in dialogue.json()["events"]] == ["opened"]
    assert [e["body"]["kind"] for e in desk.json()["events"]] == ["offered"]


async def test_an_unknown_format_or_language_is_refused_before_anything_is_read(world, door):
    c = world.open()

    assert (await door.get(c, door.token(c), format="docx")).status_code == 422
    assert (await door.get(c, door.token(c), language="xx")).status_code == 422


async def test_a_copy_that_cannot_be_printed_now_is_asked_for_again(world, door):
    c = world.open()
    door.press.broken = True
    answer = await door.get(c, door.token(c), format="pdf")

    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})


async def test_a_token_for_a_file_opens_no_transcript(world, door):
    c = world.open()
    for scope in ("file.get", "file.put", ""):
        answer = await door.get(c, door.token(c, scope=scope))

        assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


async def test_a_copy_for_an_agent_is_in_the_audit_and_a_citizens_own_is_not(world, door, make):
    c = world.open()
    world.offer(c, "kari")
    await door.get(c, door.token(c))
    answer = await door.get(c, door.token(c, agent="kari"), format="pdf", language="nn")

    assert answer.status_code == 200
    (note,) = door.audit.notes
    assert (note.tenant, note.who, note.action, note.conversation) == (
        make.tenant,
        "kari",
        "exported",
        c,
    )
    assert note.about == {"stream": "dialogue", "format": "pdf", "language": "nn"}


@pytest.mark.parametrize("agent", ["nora", "nobody", ""])
async def test_an_agent_who_may_not_read_it_gets_no_copy_whatever_the_token_says(
    world, door, agent
):
    c = world.open()
    answer = await door.get(c, door.token(c, agent=agent))

    assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})
    assert door.audit.notes == []
