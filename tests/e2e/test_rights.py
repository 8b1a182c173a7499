"""Every frame and every route, for everybody: what is not allowed is refused, changes nothing, and
looks as if there were nothing (tests/rights_table.py is what it is held against)."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, get_args
from uuid import uuid4

import httpx
import pytest
import rights_table
from native.system import WholeSystem
from province import NOBODY, STAFF, TALKS, Province, Talk, Who, province
from seat import Frame, Seat
from services.contracts.wire_agent import AgentFrame

pytestmark = pytest.mark.e2e

HIDDEN = frozenset({"not_found"})
RIGHTS = HIDDEN | {"not_allowed"}
EPOCHS = {"waiting": 0, "active": 1, "closed": 1}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    """A system of its own: where there are several municipalities, one has to say which."""
    with WholeSystem(tmp_path_factory.mktemp("province") / "run") as running:
        yield running


@pytest.fixture(scope="module")
async def people(system: WholeSystem) -> AsyncIterator[Province]:
    """Two municipalities, and somebody in every role at a desk."""
    async with province(system) as found:
        yield found


def frame_of(name: str, talk: Talk, conversation: str, *, epoch: int) -> Frame:
    """Return a frame that is right in everything but, perhaps, who sends it."""
    more: dict[str, Any] = {
        "send": {"text": "Hei"},
        "send_file": {"file": str(uuid4())},
        "handover": {"department": "bygg"},
        "cancel_handover": {"handover": str(uuid4())},
        "consult": {"agent": "ulf" if talk.tenant == "provby" else "sol"},
        "end_consult": {"agent": "eva"},
        "note": {"text": "Til oss"},
        "whisper": {"text": "Til deg", "whisper": True},
        "classify": {"outcome": "answered", "archive": "none"},
        "set_topic": {"topic": "omsorg" if talk.walled else "parkering"},
        "alarm": {"alarm": "threat"},
        "block": {"reason": "Trusler", "hours": 0.001},
        "move": {"department": "bygg"},
        "break_glass": {"reason": "Klage"},
        "accept": {"offer": str(uuid4())},
        "decline": {"offer": str(uuid4())},
    }.get(name, {})
    kind = "note" if name == "whisper" else name
    return {"type": kind, "conversation": conversation, "epoch": epoch, **more}


async def answer(seat: Seat, name: str, talk: Talk, conversation: str, *, epoch: int) -> Frame:
    """Send it; return what came, without what says only which try it was."""
    if name.startswith("follow"):
        stream = "desk" if name.endswith("desk") else "dialogue"
        came = await seat.follow(conversation, stream)
        await seat.unfollow(conversation)
    else:
        came = await seat.do(frame_of(name, talk, conversation, epoch=epoch))
    return {key: value for key, value in came.items() if key not in ("id", "conversation")}


def test_every_frame_has_a_row():
    kinds = {m.model_fields["type"].default for m in get_args(get_args(AgentFrame)[0])}
    rows = {row.partition(" ")[0] for row in rights_table.FRAMES} - {"whisper"}

    assert rows | rights_table.NOT_ABOUT_ONE == kinds


@pytest.mark.parametrize("name", rights_table.FRAMES)
async def test_a_frame_that_is_not_allowed_is_refused_and_changes_nothing(people, name):
    wrong, before = [], await people.books()
    for who in STAFF:
        seat = people.seats[who]
        for talk in TALKS:
            wanted = rights_table.expected(name, who, talk)
            if wanted == "may":
                continue
            epoch = EPOCHS[talk.state]
            nothing = await answer(seat, name, talk, NOBODY, epoch=epoch)
            came = await answer(seat, name, talk, talk.id, epoch=epoch)
            if wanted == "hidden" and came != nothing:
                wrong.append((who.key, talk.name, came, nothing))
            # Done is what had nothing to do: the books tell.
            if wanted == "known" and came["type"] not in ("refused", "done"):
                wrong.append((who.key, talk.name, came, "refused"))

    assert wrong == []
    assert await people.books() == before


@pytest.mark.parametrize("name", rights_table.FRAMES)
async def test_what_is_allowed_is_not_refused_for_who_asks(people, name):
    """Under an epoch that never was where there is one, so that all of it lies as it did."""
    wrong = []
    for who, talk in allowed(name):
        seat = people.seats[who]
        # What an action says is told to those who follow.
        for stream in ("dialogue", "desk"):
            await seat.follow(talk.id, stream)
        came = await answer(seat, name, talk, talk.id, epoch=99)
        await seat.unfollow(talk.id)
        if came.get("code") in RIGHTS:
            wrong.append((who.key, talk.name, came))

    assert wrong == []


MUTES = frozenset({"block", "break_glass", "clear_alarm", "wrapup_done", "end_consult"})
"""Without an epoch, and not to be done to what the other tests look at, or without a word of it."""


def allowed(name: str) -> list[tuple[Who, Talk]]:
    """Return who may, of what can be tried without harm."""
    if name in MUTES:
        return []
    return [
        (who, talk)
        for who in STAFF
        for talk in TALKS
        if rights_table.expected(name, who, talk) == "may"
    ]


# Routes


def path_of(path: str, conversation: str) -> str:
    """Fill a route's path in, with a part that is there only by chance."""
    made_up = {"{conversation}": conversation, "{file}": NOBODY}
    for hole, value in made_up.items():
        path = path.replace(hole, value)
    return path


BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("PUT", "/api/files/{conversation}/{file}"): {
        "content": b"Hei",
        "headers": {"Prek-File-Name": "hei.txt"},
    },
    ("POST", "/api/conversations/{conversation}/masks"): {
        "json": {"id": NOBODY, "stream": "dialogue", "seq": 999_999, "reason": "mistake"}
    },
    ("PUT", "/api/set-up"): {"content": b"{}"},
    ("POST", "/api/set-up/undo"): {"json": {"version": 999, "now": 999}},
    ("POST", "/api/set-up/simulate"): {"content": b"{}"},
    ("POST", "/api/emergency"): {"json": {"topic": "finnes-ikke"}},
    ("POST", "/api/search"): {"json": {"q": "finnes-ikke"}},
    ("POST", "/api/numbers/channels"): {"json": {"csv": "Måned;Telefon\nfinnes-ikke;1"}},
}
"""What goes with a request: right in form, and without harm where it is let in."""


async def test_every_route_has_a_row(system):
    async with httpx.AsyncClient(base_url=system.addresses["console"], trust_env=False) as web:
        paths = (await web.get("/openapi.json")).json()["paths"]
    routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    rows = {
        *rights_table.ABOUT_ONE,
        *rights_table.AREAS,
        *rights_table.ANYBODY,
        *rights_table.NOBODY_YET,
    }

    assert routes == rows


@pytest.mark.parametrize("route", rights_table.ABOUT_ONE, ids=" ".join)
async def test_a_route_about_a_conversation_shows_nothing_to_whom_it_is_not(people, route):
    method, path = route
    wrong, before = [], await people.books()
    for who in STAFF:
        web = people.seats[who].web
        nothing = await web.request(method, path_of(path, NOBODY), **BODIES.get(route, {}))
        assert nothing.status_code == 404
        for talk in TALKS:
            if rights_table.ABOUT_ONE[route](who, talk):
                continue
            came = await web.request(method, path_of(path, talk.id), **BODIES.get(route, {}))
            same = (came.status_code, came.content) == (nothing.status_code, nothing.content)
            known = came.status_code == 403 and rights_table.reads(who, talk)
            if not same and not known:
                wrong.append((who.key, talk.name, came.status_code, came.text[:100]))

    assert wrong == []
    assert await people.books() == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/conversations/{conversation}/transcript",
        "/api/conversations/{conversation}/earlier",
        "/api/archive/retention/conversations/{conversation}",
    ],
)
async def test_a_route_about_a_conversation_answers_whom_it_is_for(people, path):
    wrong = []
    for who in STAFF:
        for talk in (t for t in TALKS if rights_table.reads(who, t)):
            came = await people.seats[who].web.get(path_of(path, talk.id))
            if came.status_code != 200:
                wrong.append((who.key, talk.name, came.status_code, came.text[:100]))

    assert wrong == []


@pytest.mark.parametrize("route", rights_table.AREAS, ids=" ".join)
async def test_an_area_is_open_to_its_roles_alone(people, route):
    method, path = route
    wrong, before = [], await people.books()
    for who in STAFF:
        came = await people.seats[who].web.request(method, path, **BODIES.get(route, {}))
        refused = (came.status_code, came.json().get("code")) == (403, "not_allowed")
        if refused == rights_table.AREAS[route](who):
            wrong.append((who.key, came.status_code, came.text[:100]))

    assert wrong == []
    assert await people.books() == before


@pytest.mark.parametrize(
    "route",
    [*rights_table.ABOUT_ONE, *rights_table.AREAS, *rights_table.ANYBODY],
    ids=" ".join,
)
async def test_nothing_is_answered_to_who_is_not_signed_in_or_comes_from_another_page(
    system, people, route
):
    method, path = route
    console = system.addresses["console"].rstrip("/")
    request = {"method": method, "url": path_of(path, TALKS[1].id), **BODIES.get(route, {})}
    more = request.pop("headers", {})
    ours = {"X-Prek": "1", "Origin": console, **more}
    async with httpx.AsyncClient(base_url=console, trust_env=False) as web:
        stranger = await web.request(**request, headers=ours)
        made_up = await web.request(**request, headers={**ours, "Cookie": "__Host-prek=x"})
        cookie = people.seats[STAFF[0]].web.headers["Cookie"]
        theirs = {**more, "Cookie": cookie, "Origin": "https://annen.example"}
        elsewhere = await web.request(**request, headers=theirs)

    assert {stranger.status_code, made_up.status_code} == {401}
    if method != "GET":
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "origin_not_allowed")


async def test_a_colleagues_presence_is_changed_by_who_leads_them_and_by_nobody_else(people):
    wrong = []
    for who in STAFF:
        for other in ("eva", "bar", "finnes-ikke"):
            frame = {"type": "set_presence", "agent": other, "presence": "away", "reason": "Møte"}
            came = await people.seats[who].do(frame)
            found = next((w for w in STAFF if (w.tenant, w.id) == (who.tenant, other)), None)
            may = found is not None and (
                who.role == "supervisor"
                or (who.role == "leader" and bool(set(who.departments) & set(found.departments)))
            )
            if (came["type"] == "done") != may or (not may and came.get("code") != "unknown_agent"):
                wrong.append((who.key, other, came))

    assert wrong == []


# The citizens' door


async def test_a_copy_opens_with_its_own_token_alone(system, people):
    gateway = system.addresses["gateway"].rstrip("/")
    tokens = {talk: people.citizens[talk].copy_token for talk in TALKS}
    assert [talk.name for talk, token in tokens.items() if token] == ["closed", "walled closed"]
    wrong = []
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as web:
        for of, token in tokens.items():
            bearer = {"Authorization": f"Bearer {token or 'x'}"}
            nothing = await web.get(f"/copy/{NOBODY}", headers=bearer)
            for talk in TALKS:
                came = await web.get(f"/copy/{talk.id}", headers=bearer)
                same = (came.status_code, came.content) == (nothing.status_code, nothing.content)
                opened = came.status_code == 200
                if opened != (of == talk and bool(token)) or not (opened or same):
                    wrong.append((of.name, talk.name, came.status_code))

    assert wrong == []
