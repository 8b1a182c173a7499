"""Access requests: a trial says what the package will be, and the package is that."""

import asyncio
import io
import json
import os
import subprocess
import sys
import zipfile
from uuid import uuid4

import pikepdf
import pytest
from services.contracts import AskWritten, Close, EndWrapUp, PostMessage

pytestmark = pytest.mark.integration

CITIZEN, KARI = "citizen:c1", "agent:kari"
REASON = {"reason": "sak 26/123"}


@pytest.fixture
async def spoken(house):
    """A conversation in which an agent speaks of somebody else, and so does the citizen."""
    c, say = await house.replica.open(1, topic="skatt"), house.replica.say
    await say(CITIZEN, PostMessage(conversation=c, text="Naboen Ola Nordmann, 41234567"))
    await house.file(c, "kart")
    await house.replica.join(c)
    words = "Ola Nordmann har 41234567 og ola@testvik.no, du Kari har 90000000"
    await say(KARI, PostMessage(conversation=c, text=words, epoch=1))
    await say(KARI, Close(conversation=c, epoch=1))
    await say(KARI, EndWrapUp(conversation=c))
    return c


def asked(*conversations, **fields):
    named = [str(conversation) for conversation in conversations]
    listed = {"words": ["Ola Nordmann"], "own": ["90000000"]}
    return {"conversations": named, **listed, **REASON, **fields}


def opened(answer):
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def test_a_trial_says_what_is_masked_and_what_a_person_must_read(house, ask, spoken):
    told = (await ask("POST", "/access/preview", json=asked(spoken))).json()
    (one,) = told["conversations"]

    assert told["not_found"] == []
    assert one["masked"] == {"email": 1, "phone": 1, "number": 0, "word": 1}
    assert one["to_read"] == 1
    assert one["kept"]["why"] == "unclassified"
    assert [(f["name"], f["by"], f["included"]) for f in one["files"]] == [
        ("kart.txt", "citizen", True)
    ]


async def test_the_package_holds_the_conversation_without_others_its_files_and_a_page(
    house, ask, spoken
):
    package = opened(await ask("POST", "/access", json=asked(spoken)))
    names = package.namelist()
    (pdf,) = [name for name in names if name.endswith("samtale.pdf")]
    (exact,) = [name for name in names if name.endswith("samtale.json")]
    (file,) = [name for name in names if "/filer/" in name]

    events = json.loads(package.read(exact))["events"]
    texts = [event["body"]["text"] for event in events if event["body"]["kind"] == "message"]
    assert texts == [
        "Naboen Ola Nordmann, 41234567",
        "[sladdet] har [sladdet: telefon] og [sladdet: e-post], du Kari har 90000000",
    ]
    assert package.read(file) == b"kart"
    with pikepdf.open(io.BytesIO(package.read(pdf))) as document:
        assert "/StructTreeRoot" in document.Root
    page = package.read("innhold.html").decode()
    for words in (
        "sak 26/123",
        "Skatt",
        "Arve",
        "Interne notater er ikke med",
        "[sladdet: telefon]",
    ):
        assert words in page
    assert not any("notater" in name for name in names)


async def test_notes_and_files_are_given_as_they_are_asked_for(house, ask, spoken):
    with_notes = opened(await ask("POST", "/access", json=asked(spoken, notes=True, files="none")))
    names = with_notes.namelist()

    assert any(name.endswith("notater.pdf") for name in names)
    assert not any("/filer/" in name for name in names)


@pytest.mark.parametrize(("language", "words"), [("nn", "Innsyn i samtalar"), ("en", "Access to")])
async def test_the_page_is_in_the_language_that_is_asked_for(house, ask, spoken, language, words):
    package = opened(await ask("POST", "/access", json=asked(spoken, language=language)))
    page = package.read("innhold.html").decode()

    assert words in page
    assert f'lang="{language}"' in page


async def test_words_on_the_page_are_words_and_never_markup(house, ask, spoken):
    said = asked(spoken, reason="<script>x</script>")
    page = opened(await ask("POST", "/access", json=said)).read("innhold.html").decode()

    assert "<script>" not in page


async def test_a_conversation_is_found_by_its_receipt_and_by_the_citizens_own_link(house, ask):
    c = await house.replica.open(1, topic="skatt")
    asking = AskWritten(conversation=c, answer_by="receipt")
    receipt = (await house.replica.say(CITIZEN, asking)).summary.receipt
    await house.replica.join(c)
    await house.replica.say(KARI, Close(conversation=c, epoch=1))
    for named in (
        {"receipts": [receipt]},
        {"receipts": [f" {receipt.lower().replace('-', ' ')}"]},
        {"links": [ask.link(c)]},
        {"links": [ask.link(c)], "receipts": [receipt], "conversations": [str(c)]},
    ):
        told = (await ask("POST", "/access/preview", json={**named, **REASON})).json()
        assert [one["conversation"] for one in told["conversations"]] == [str(c)], named
        assert told["not_found"] == []


async def test_what_is_not_found_or_not_theirs_is_named_and_no_package_is_made(
    house, ask, spoken, admin
):
    walled = await house.closed(2)
    await admin.execute(
        "UPDATE ledger.conversation SET department = 'barn' WHERE tenant = $1 AND id = $2",
        house.tenant,
        walled,
    )
    open_ = await house.replica.open(3)
    nobody = uuid4()
    said = {
        **asked(spoken, walled, open_, nobody),
        "receipts": ["TE-0000-0000"],
        "links": ["https://prek.example/svar#x", ask.link(spoken, "annen"), ask.link(walled)],
    }
    told = (await ask("POST", "/access/preview", json=said)).json()
    assert [one["conversation"] for one in told["conversations"]] == [str(spoken)]
    assert set(told["not_found"]) == {
        *map(str, (walled, open_, nobody)),
        "TE-0000-0000",
        *("link 1", "link 2", "link 3"),
    }
    answer = await ask("POST", "/access", json=said)
    assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"conversations": []},
        {"conversations": [str(uuid4()) for _ in range(21)]},
        {"receipts": ["x\x00"]},
        {"conversations": [str(uuid4())], "files": "some"},
        {"conversations": [str(uuid4())], "reason": " "},
        {"links": ["x" * 2_001]},
    ],
)
async def test_a_request_without_sense_is_refused(ask, fields):
    answer = await ask("POST", "/access", json={**REASON, **fields})
    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})


async def test_it_is_in_the_audit_before_it_is_given(house, ask, spoken, admin):
    await ask("POST", "/access/preview", json=asked(spoken))
    await ask("POST", "/access", json=asked(spoken))
    noted = await admin.fetch(
        "SELECT who, action, conversation, about::text FROM ledger.audit"
        " WHERE tenant = $1 AND action LIKE 'access%' ORDER BY n",
        house.tenant,
    )
    assert [(row["who"], row["action"], row["conversation"]) for row in noted] == [
        ("arve", "access_previewed", spoken),
        ("arve", "access_given", spoken),
    ]
    about = json.loads(noted[0]["about"])
    assert about == {"reason": "sak 26/123", "notes": False, "files": "own", "language": "nb"}


async def test_without_the_audit_nothing_is_given(house, ask, spoken, admin):
    await admin.execute("REVOKE INSERT ON ledger.audit FROM transcript_app")
    await admin.execute(
        "REVOKE INSERT (tenant, id, who, action, conversation, about)"
        " ON ledger.audit FROM transcript_app"
    )
    try:
        for path in ("/access/preview", "/access"):
            assert (await ask("POST", path, json=asked(spoken))).status_code == 503
    finally:
        await admin.execute(
            "GRANT INSERT (tenant, id, who, action, conversation, about)"
            " ON ledger.audit TO transcript_app"
        )


async def test_by_hand_it_is_the_same_package_under_the_same_rights(
    house, ask, spoken, parts, admin, tmp_path
):
    out = tmp_path / "innsyn.zip"
    given = ["--tenant", house.tenant, "--reason", "sak", "--conversation", str(spoken)]

    def innsyn(*more):
        return subprocess.run(
            [sys.executable, "-m", "transcript_service", "innsyn", *given, *more],
            check=False,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                **parts.settings("transcript-service"),
                "PREK_FILES_DIR": str(house.root),
            },
            timeout=90,
        )

    made = await asyncio.to_thread(
        innsyn, "--by", "arve", "--word", "Ola Nordmann", "--out", str(out)
    )
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(out) as package:
        names = package.namelist()
        assert any(name.endswith("/samtale.pdf") for name in names)
        assert any("/filer/" in name for name in names)
    tried = await asyncio.to_thread(innsyn, "--by", "arve")
    assert json.loads(tried.stdout)["conversations"][0]["conversation"] == str(spoken)
    refused = await asyncio.to_thread(innsyn, "--by", "kari")
    assert (refused.returncode, refused.stderr.strip()) == (1, "not_allowed")
