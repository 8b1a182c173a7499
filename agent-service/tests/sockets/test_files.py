"""Files at the desk: the owner sends them, whoever may read the dialogue saves them."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from agent_service.files import note_id
from services.clock import utc_now
from services.contracts import StoredFile
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
PDF = b"%PDF-1.7 " + b"x" * 5_000
SOME_ID = "02013299997"
"""Valid under the rules from 2032, and nobody's."""


def stored(file):
    return StoredFile(
        file=str(file),
        name="skjema.pdf",
        media_type="application/pdf",
        size=len(PDF),
        sha256="0" * 64,
        scan="clean",
    ).model_dump(mode="json")


@pytest.fixture
async def web(house):
    async with house.web() as web:
        yield web


@pytest.fixture
def put(house, web):
    async def send(conversation, *, name="skjema.pdf", agent="kari", **headers):
        cookie = await house.sign_in(web, agent)
        return await web.put(
            f"/api/files/{conversation}/{uuid4()}",
            content=PDF,
            headers={**cookie, "Prek-File-Name": quote(name), **headers},
        )

    return send


@pytest.fixture
def mine(ledger):
    return ledger.conversation(state="active", owner="kari")


async def test_the_owner_sends_a_file_under_a_masked_name(house, put, mine):
    house.copy = httpx.Response(200, json=stored(uuid4()))
    answer = await put(mine.id, name=f"vedtak {SOME_ID}.pdf")
    (asked,) = house.copies
    inner = Signer(KEY, utc_now).verify("transcript", asked.headers["authorization"][7:])

    assert (answer.status_code, answer.json()["name"]) == (200, "skjema.pdf")
    assert asked.content == PDF
    assert asked.headers["prek-file-name"] == quote("vedtak ***********.pdf")
    assert (inner["sender"], inner["scope"]) == ("agent:kari", "file.put")
    assert inner["conversation"] == str(mine.id)


async def test_who_does_not_have_it_sends_nothing(house, ledger, put):
    others = ledger.conversation(state="active", owner="ola", readers={"ola", "kari"})
    walled = ledger.conversation(state="active", owner="ola", readers={"ola"})
    waiting = ledger.conversation()
    answers = [await put(known.id) for known in (others, walled, waiting)]
    unknown = await put(uuid4())

    assert [a.status_code for a in answers] == [403, 404, 403]
    assert [a.json()["code"] for a in answers] == ["not_allowed", "not_found", "not_allowed"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert house.copies == []


async def test_another_sites_page_cannot_make_a_browser_send_one(house, put, mine):
    answer = await put(mine.id, Origin="https://evil.example")

    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
    assert house.copies == []


async def test_nobody_who_is_not_signed_in_gets_one(house, web, mine):
    path = f"/api/files/{mine.id}/{uuid4()}"

    assert (await web.put(path, content=PDF)).status_code == 401
    assert (await web.get(path)).status_code == 401
    assert house.copies == []


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (422, "file_infected", (422, "file_infected")),
        (409, "files_too_many", (409, "files_too_many")),
        (401, "token_invalid", (503, "busy")),
        (500, None, (503, "busy")),
    ],
)
async def test_what_the_store_says_is_said_again(house, put, mine, status, code, told):
    house.copy = httpx.Response(status, json={"code": code} if code else None)
    answer = await put(mine.id)

    assert (answer.status_code, answer.json()["code"]) == told
    assert ("retry-after" in answer.headers) == (told[0] == 503)


async def test_a_file_is_given_to_be_saved_to_who_may_read(house, ledger, web):
    read = ledger.conversation(state="active", owner="kari", readers={"ola", "kari"})
    walled = ledger.conversation(state="active", owner="ola", readers={"ola"})
    house.copy = httpx.Response(
        200,
        stream=httpx.ByteStream(PDF),
        headers={
            "content-type": "application/pdf",
            "content-disposition": "attachment; filename*=UTF-8''skjema.pdf",
        },
    )
    cookie = await house.sign_in(web)
    answer = await web.get(f"/api/files/{read.id}/{uuid4()}", headers=cookie)
    hidden = await web.get(f"/api/files/{walled.id}/{uuid4()}", headers=cookie)

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
    assert len(house.copies) == 1


# Who opened one


def given():
    return httpx.Response(200, stream=httpx.ByteStream(PDF))


@pytest.fixture
def audit(house):
    """Return what the audit was told."""
    house.noted = httpx.Response(200, json={"at": "2026-11-27T09:00:00+00:00", "again": False})

    def told():
        return [json.loads(asked.content) for asked in house.copies if asked.method == "POST"]

    return told


async def test_a_file_opened_by_whom_it_does_not_concern_is_in_the_audit_as_a_reading_is(
    house, ledger, web, audit
):
    known = ledger.conversation(state="active", owner="ola", readers={"ola", "kari"})
    file, other = uuid4(), uuid4()
    cookie = await house.sign_in(web)
    for each in (file, file, other):
        house.copy = given()
        assert (await web.get(f"/api/files/{known.id}/{each}", headers=cookie)).content == PDF
    first, again, another = audit()

    assert first == {
        "id": first["id"],
        "action": "file_fetched",
        "conversation": str(known.id),
        "about": {"file": str(file)},
    }
    # Within the hour, unless it just turned: the id is of the hour, and the ledger keeps one row.
    assert again["about"] == first["about"]
    assert another["id"] != first["id"]
    assert another["about"] == {"file": str(other)}


def test_one_file_is_one_line_an_hour_for_each_who_opens_it():
    at = datetime(2026, 11, 27, 9, 59, tzinfo=UTC)
    file = uuid4()
    same = note_id(("sarpsborg", "kari"), file, at)

    assert note_id(("sarpsborg", "kari"), file, at + timedelta(seconds=59)) == same
    others = [
        note_id(("sarpsborg", "kari"), file, at + timedelta(minutes=1)),
        note_id(("sarpsborg", "ola"), file, at),
        note_id(("moss", "kari"), file, at),
        note_id(("sarpsborg", "kari"), uuid4(), at),
    ]
    assert len({same, *others}) == 5


@pytest.mark.parametrize(
    "mine",
    [
        {"state": "active", "owner": "kari"},
        {"state": "active", "owner": "ola", "consulted": ("kari",)},
    ],
    ids=["has", "asked"],
)
async def test_whom_it_concerns_opens_its_files_as_a_matter_of_course(
    house, ledger, web, audit, mine
):
    known = ledger.conversation(readers={"ola", "kari"}, **mine)
    house.copy = given()
    cookie = await house.sign_in(web)
    answer = await web.get(f"/api/files/{known.id}/{uuid4()}", headers=cookie)

    assert answer.content == PDF
    assert audit() == []


async def test_what_cannot_be_noted_is_not_given(house, ledger, web, audit):
    known = ledger.conversation(state="active", owner="ola", readers={"ola", "kari"})
    house.noted, house.copy = httpx.Response(503, json={"code": "busy"}), given()
    cookie = await house.sign_in(web)
    answer = await web.get(f"/api/files/{known.id}/{uuid4()}", headers=cookie)

    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})
    assert len(audit()) == 1


async def test_what_is_not_there_is_opened_by_nobody(house, ledger, web, audit):
    known = ledger.conversation(state="active", owner="ola", readers={"ola", "kari"})
    house.copy = httpx.Response(404, json={"code": "not_found"})
    cookie = await house.sign_in(web)
    answer = await web.get(f"/api/files/{known.id}/{uuid4()}", headers=cookie)

    assert answer.status_code == 404
    assert audit() == []
