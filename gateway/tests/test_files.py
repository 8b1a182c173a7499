"""Files: passed on to the store and from it, with the rights and limits of the door."""

import asyncio
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from services.clock import utc_now
from services.contracts import FileRules, StoredFile
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
SOME_ID = "02013299997"
"""Valid under the rules from 2032, and nobody's."""


def stored(file, **changes):
    values = {
        "file": str(file),
        "name": "tegning.png",
        "media_type": "image/png",
        "size": len(PICTURE),
        "sha256": "0" * 64,
        "scan": "clean",
        "width": 4,
        "height": 3,
    }
    return StoredFile(**(values | changes)).model_dump(mode="json")


@pytest.fixture
async def http(house):
    async with httpx.AsyncClient(base_url=house.address, trust_env=False) as client:
        yield client


@pytest.fixture
async def citizen(house):
    """A citizen who has opened a conversation: the conversation and the tab's token."""
    client = await house.client()
    welcome = await client.hello()
    return await client.open(), welcome["token"]


@pytest.fixture
def put(http):
    async def send(conversation, token, *, file=None, name="tegning.png", content=PICTURE, **more):
        return await http.put(
            f"/api/files/{conversation}/{file or uuid4()}",
            content=content,
            headers={
                "Authorization": f"Bearer {token}",
                "Prek-File-Name": quote(name),
                **more,
            },
        )

    return send


async def test_a_file_is_passed_on_with_who_sends_it_and_a_masked_name(house, citizen, put):
    conversation, token = citizen
    file = uuid4()
    house.archive = lambda _: httpx.Response(200, json=stored(file))
    answer = await put(conversation, token, file=file, name=f"søknad {SOME_ID}.png")
    (asked,) = house.transcript

    assert (answer.status_code, answer.json()["media_type"]) == (200, "image/png")
    assert answer.headers["cache-control"] == "no-store"
    assert asked.url.path == f"/internal/v1/conversations/{conversation}/files/{file}"
    assert asked.content == PICTURE
    assert asked.headers["prek-file-name"] == quote("søknad ***********.png")
    assert asked.headers["prek-file-masked"] == "1"
    inner = Signer(KEY, utc_now).verify("transcript", asked.headers["authorization"][7:])
    assert inner["scope"] == "file.put"
    assert inner["tenant"] == "sarpsborg"
    assert inner["conversation"] == str(conversation)
    assert inner["sender"] == house.ledger.only.citizen


@pytest.mark.parametrize("name", ["a\r\nX-Evil: 1.png", "../../etc/passwd", "", "\x00\x1b[2J"])
async def test_a_name_cannot_become_a_header(house, citizen, put, name):
    house.archive = lambda _: httpx.Response(200, json=stored(uuid4()))
    await put(*citizen, name=name)
    (asked,) = house.transcript

    assert "x-evil" not in asked.headers
    assert asked.headers["prek-file-name"] == quote(name.strip() or "fil")


async def test_who_has_no_token_of_a_citizen_stores_nothing(house, citizen, put):
    conversation, token = citizen
    signer = Signer(KEY, utc_now)
    copy = signer.sign("copy", {"tenant": "sarpsborg", "conversation": str(conversation)}, ttl_s=60)
    other = {"tenant": "sarpsborg", "citizen": "citizen:x", "conversation": str(uuid4())}
    answers = [await put(conversation, forged) for forged in ("x", "forged", f"{token}x", copy)] + [
        await put(conversation, signer.sign("citizen", other, ttl_s=60))
    ]

    assert [a.json()["code"] for a in answers] == ["token_invalid"] * 4 + ["not_found"]
    assert house.transcript == []


async def test_what_the_municipality_does_not_take_is_refused_before_it_comes(house, citizen, put):
    await house.ledger.change_directory(files=FileRules(max_bytes=100))
    client = await house.client()
    await client.hello(secret="t" * 43)
    too_large = await put(*citizen)
    await house.ledger.change_directory(files=FileRules(allowed=False))
    await client.say("heartbeat")
    await client.until("heartbeat")
    off = await put(*citizen)

    assert (too_large.status_code, too_large.json()["code"]) == (413, "file_too_large")
    assert (off.status_code, off.json()["code"]) == (403, "files_off")
    assert house.transcript == []


async def test_more_than_was_declared_is_cut_off(house, citizen, put):
    await house.ledger.change_directory(files=FileRules(max_bytes=1_000))

    async def undeclared():
        for _ in range(3):
            yield b"x" * 500

    answer = await put(*citizen, content=undeclared())

    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (409, "files_too_many", (409, "files_too_many")),
        (415, "file_type_not_allowed", (415, "file_type_not_allowed")),
        (422, "file_infected", (422, "file_infected")),
        (404, "not_found", (404, "not_found")),
        (401, "token_invalid", (503, "busy")),
        (503, "busy", (503, "busy")),
        (500, None, (503, "busy")),
    ],
)
async def test_what_the_store_says_is_said_again(house, citizen, put, status, code, told):
    content = {"code": code} if code else None
    house.archive = lambda _: httpx.Response(status, json=content)
    answer = await put(*citizen)

    assert (answer.status_code, answer.json()["code"]) == told
    assert ("retry-after" in answer.headers) == (told[0] == 503)


async def test_a_store_that_is_away_is_a_matter_of_time(house, citizen, put, http):
    def away(request):
        raise httpx.ConnectError("away", request=request)

    house.archive = away
    conversation, token = citizen
    sent = await put(conversation, token)
    got = await http.get(
        f"/api/files/{conversation}/{uuid4()}", headers={"Authorization": f"Bearer {token}"}
    )

    assert [(a.status_code, a.headers["retry-after"]) for a in (sent, got)] == [(503, "3")] * 2


class TestLimits:
    @pytest.fixture
    def changes(self):
        return {"upload_burst": 2, "upload_per_s": 0.001}

    async def test_a_citizen_sends_so_many_files_and_no_more_for_a_while(self, house, citizen, put):
        house.archive = lambda _: httpx.Response(200, json=stored(uuid4()))
        answers = [await put(*citizen) for _ in range(3)]

        assert [a.status_code for a in answers] == [200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) > 1
        assert len(house.transcript) == 2


async def test_a_file_is_given_to_be_saved_and_never_to_run(house, citizen, http):
    conversation, token = citizen
    file = uuid4()
    house.archive = lambda _: httpx.Response(
        200,
        content=PICTURE,
        headers={
            "content-type": "image/png",
            "content-disposition": "attachment; filename*=UTF-8''tegning.png",
            "set-cookie": "x=1",
        },
    )
    answer = await http.get(
        f"/api/files/{conversation}/{file}", headers={"Authorization": f"Bearer {token}"}
    )
    (asked,) = house.transcript
    inner = Signer(KEY, utc_now).verify("transcript", asked.headers["authorization"][7:])

    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert (inner["scope"], inner["conversation"]) == ("file.get", str(conversation))


async def test_a_file_is_given_to_whom_the_dialogue_is_shown_alone(house, citizen, http):
    conversation, _ = citizen
    signer = Signer(KEY, utc_now)
    house.archive = lambda _: httpx.Response(200, stream=httpx.ByteStream(PICTURE))

    async def status(audience, **claims):
        token = signer.sign(audience, {"tenant": "sarpsborg", **claims}, ttl_s=60)
        answer = await http.get(
            f"/api/files/{conversation}/{uuid4()}", headers={"Authorization": f"Bearer {token}"}
        )
        return answer.status_code

    mine, other = house.ledger.only.citizen, "citizen:" + "0" * 40
    assert await status("copy", conversation=str(conversation)) == 200
    assert await status("citizen", citizen=mine, conversation=str(conversation)) == 200
    assert await status("copy", conversation=str(uuid4())) == 404
    assert await status("citizen", citizen=other) == 404
    assert await status("citizen", citizen=mine, conversation=str(uuid4())) == 404
    assert await status("transcript", conversation=str(conversation)) == 401
    assert len(house.transcript) == 2


async def test_an_upload_that_breaks_off_leaves_the_door_as_it_was(house, citizen, put):
    conversation, token = citizen
    reader, writer = await asyncio.open_connection(*house.address[7:].split(":"))
    writer.write(
        f"PUT /api/files/{conversation}/{uuid4()} HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: 9000\r\n\r\nhalf".encode()
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    del reader
    house.archive = lambda _: httpx.Response(200, json=stored(uuid4()))

    assert (await put(conversation, token)).status_code == 200
