"""Search on a real database: what was said is found, by words, numbers and filters, in pages."""

import json
import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from services.contracts import (
    AskWritten,
    Classify,
    Close,
    Leave,
    PostMessage,
    PostNote,
)
from transcript_service.audit.table import Audit
from transcript_service.callers import Caller
from transcript_service.seals.masking import Maskings, Wanted
from transcript_service.search import finding as finding_module
from transcript_service.search.words import tokens

pytestmark = pytest.mark.integration

CITIZEN = "citizen:c1"
NAUGHTY = [
    "'; DROP TABLE ledger.search; --", "\\' & !", "a:*", "Ω≈ç√∫˜µ", "田中さんにあげて", "�", "T̗o̵",
    "﷽", "%s%n", "<script>", "\u202ehei", "٠١٢", "‑", "½", "x" * 3000, "'" * 4, "\\" * 2, "(((|&!",
]  # fmt: skip


async def said(replica, n, *texts, note=None, **fields):
    c = await replica.open(n, **fields)
    for text in texts:
        assert (await replica.say(CITIZEN, PostMessage(conversation=c, text=text))).code is None
    if note:
        await replica.join(c, "kari")
        await replica.say("agent:kari", PostNote(conversation=c, text=note))
    return str(c)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Jeg vil søke om barnehageplass", "søker barnehageplassen"),
        ("Eg vil søkje om barnehageplass", "søke barnehageplasser"),
        ("Vatnet er borte i barneskulen", "vann barneskoler"),
        ("Vannet er borte i barneskolen", "vatn barneskular"),
        ("Jeg heter Kari Hansen", '"Kari Hansen"'),
        ("Ring 998 87 766", "99 88 77 66"),
        ("Ring 99887766", "+47 998 87 766"),
        ("Saken er 2026/1234-5", "2026/1234"),
        ("Skriv til kari@testvik.no", "kari@testvik.no"),
        ("Amélie bor i Åsgata 3b", "amelie åsgata 3b"),
        ("Barnehageplassen vår", "barneh*"),
        ("Skulevegen vår", "skol*"),
    ],
)
async def test_it_is_found_as_one_would_ask(replica, duty, door, text, question):
    c = await said(replica, 1, text)
    await said(replica, 2, "Noe helt annet")
    await duty.once()

    assert await door.found(question) == [c]


async def test_words_between_quotes_are_those_words_in_that_order(replica, duty, door):
    await said(replica, 1, "Hansen Kari", "Kari og Hans")
    await duty.once()

    assert await door.found('"Kari Hansen"') == []
    assert await door.found('"Hansens"') == []
    assert len(await door.found("Hansens Kari")) == 1


async def test_a_phrase_does_not_go_on_in_the_next_message(replica, duty, door):
    await said(replica, 1, "Jeg heter Kari", "Hansen er etternavnet")
    await duty.once()

    assert await door.found('"Kari Hansen"') == []


async def test_what_is_not_wanted_is_left_out(replica, duty, door):
    await said(replica, 1, "Plass i skolen")
    kept = await said(replica, 2, "Plass i barnehagen")
    await duty.once()

    assert await door.found("plass -skole") == [kept]


async def test_notes_receipts_and_later_words_are_found_too(replica, duty, door):
    c = await said(replica, 1, "Hei", note="Husk brøyting")
    written = await replica.open(2)
    told = await replica.say(CITIZEN, AskWritten(conversation=written, answer_by="receipt"))
    receipt = told.summary.receipt
    await duty.once()
    await replica.say(
        CITIZEN, PostMessage(conversation=await replica.open(1), text="Takk for grus")
    )
    await duty.once()

    assert await door.found("brøytingen") == [c]
    assert await door.found("grus") == [c]
    assert await door.found(receipt) == [str(written)]
    assert await door.found(receipt.replace("-", "")) == [str(written)]


async def test_a_dialogue_under_way_is_read_again_when_it_has_grown(replica, patient, door):
    c = await said(replica, 1, *(["Hei igjen"] * 20))
    await patient.once()
    await said(replica, 1, "Takk for grus")
    await patient.once()
    after_one = await door.found("grus")
    await said(replica, 1, *(["Hei igjen"] * 5))
    await patient.once()

    assert after_one == []
    assert await door.found("grus") == [c]


async def test_one_that_has_ended_is_read_again_at_once(replica, patient, door):
    c = await said(replica, 1, *(["Hei igjen"] * 20))
    await patient.once()
    await said(replica, 1, "Takk for grus")
    assert (await replica.say(CITIZEN, Leave(conversation=UUID(c)))).code is None
    await patient.once()

    assert await door.found("grus") == [c]


async def test_words_masked_in_a_dialogue_under_way_leave_the_index_at_once(
    replica, patient, door, tenant
):
    c = UUID(await said(replica, 1, *(["Hei igjen"] * 20), "Naboen Per Aas er syk"))
    await replica.join(c, "kari")
    await patient.once()
    before = await door.found("aas")
    directory = await replica.reads.directory(tenant.tenant)
    kari = Caller(tenant.tenant, "kari", directory, directory.agent("kari"), None)
    seq = before and (await door.answer("aas"))["results"][0]["excerpts"][0]["seq"]
    wanted = Wanted(uuid4(), c, "dialogue", seq, "third_party", "Aas", None)
    await Maskings(replica.database, Audit(replica.database)).mask(kari, wanted)
    await patient.once()

    assert before == [str(c)]
    assert await door.found("aas") == []


async def test_an_excerpt_says_where_it_stands(replica, duty, door):
    c = await said(replica, 1, "Hei", "Når åpner skolen?", note="Skole!")
    await duty.once()

    (result,) = (await door.answer("skoler"))["results"]

    assert result["conversation"] == c
    assert [(each["stream"], each["seq"]) for each in result["excerpts"]] == [
        ("desk", 2),
        ("dialogue", 3),
    ]
    assert result["excerpts"][1]["parts"] == [
        {"text": "Når åpner ", "hit": False},
        {"text": "skolen", "hit": True},
        {"text": "?", "hit": False},
    ]


async def test_words_that_say_nothing_are_told(replica, duty, door):
    await said(replica, 1, "Noe om alt")
    await duty.once()

    answer = await door.answer("om og")

    assert answer["results"] == []
    assert answer["ignored"] == ["om", "og"]
    assert len(await door.found("")) == 1


async def test_filters_narrow_it(replica, duty, door):
    first = await said(replica, 1, "Plass", note="x", topic="garasje")
    second = await said(replica, 2, "Plass", note="x")
    third = await said(replica, 3, "Plass")
    await replica.say("agent:kari", Close(conversation=second, epoch=1))
    await replica.say(
        "agent:kari", Classify(conversation=second, outcome="answered", archive="journal")
    )
    await replica.say(CITIZEN, Leave(conversation=third, reason="citizen_left"))
    await duty.once()

    async def by(**filters):
        return sorted(await door.found("plass", **filters))

    assert await by(department="bygg") == [first]
    assert await by(topic="garasje") == [first]
    assert await by(agent="kari") == sorted([first, second])
    assert await by(state="closed") == sorted([second, third])
    assert await by(outcome="answered") == [second]
    assert await by(archive="journal") == [second]
    assert await by(archive="unclassified") == sorted([first, third])
    assert await by(to="2001-01-01") == []
    assert await by(from_="2001-01-01") == sorted([first, second, third])


@pytest.mark.parametrize("order", ["newest", "best"])
async def test_pages_have_each_of_them_once(replica, duty, door, order):
    wanted = {await said(replica, n, "Plass " * (n % 3 + 1)) for n in range(1, 8)}
    await duty.once()

    pages, after = [], None
    while True:
        answer = await door.answer("plass", order=order, after=after, limit=3)
        pages.append([result["conversation"] for result in answer["results"]])
        if (after := answer["next"]) is None:
            break

    assert [len(page) for page in pages] == [3, 3, 1]
    assert {one for page in pages for one in page} == wanted
    if order == "newest":
        assert [one for page in pages for one in page] == sorted(wanted, reverse=True)


async def test_the_best_fit_goes_first(replica, duty, door):
    best = await said(replica, 1, "Hansen Hansen Hansen")
    await said(replica, 2, "Hansens")
    await duty.once()

    assert (await door.found("Hansen", order="best"))[0] == best
    assert (await door.found("Hansen", order="newest"))[0] != best


@pytest.mark.parametrize(
    "body",
    [
        {"q": "x" * 501}, {"limit": 51}, {"order": "oldest"}, {"after": "tull"}, {"after": "W10="},
        {"department": "A B"}, {"more": 1}, {"archive": "all"},
    ],
)  # fmt: skip
async def test_what_is_no_question_is_refused_without_a_word_of_it(door, body):
    answer = await door.ask(**body)

    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})


@pytest.mark.parametrize("body", [{"from_": "i går"}, {"from_": "2026-02-02", "to": "2026-02-01"}])
async def test_days_are_days(door, body):
    assert (await door.ask(**body)).json() == {"code": "period_invalid"}


async def test_a_place_of_the_other_order_is_refused(replica, duty, door):
    await said(replica, 1, "Plass")
    await said(replica, 2, "Plass")
    await duty.once()
    after = (await door.answer("plass", limit=1))["next"]

    assert (await door.ask("plass", order="best", after=after)).status_code == 422


@pytest.mark.parametrize("text", NAUGHTY)
async def test_every_text_can_be_looked_for_and_looked_through(replica, duty, door, text):
    c = await said(replica, 1, text)
    await duty.once()

    await looked_for(door, text, c)


async def looked_for(door, text, conversation):
    text = text[:500]
    assert (await door.ask(text)).status_code == 200
    assert (await door.ask(f'"{text[:490]}"', order="best")).status_code == 200
    # Some of its words, the last among them: all of them would take minutes.
    for word in {text[token.start : token.end][:100] for token in tokens(text)[-2:]}:
        assert await found_at_all(door, f'"{word}"', conversation), word


async def found_at_all(door, question, conversation):
    """Whether a conversation is on any page, or the question says nothing."""
    after = None
    while True:
        answer = await door.answer(question, limit=50, after=after)
        after = answer["next"]
        if answer["ignored"] or conversation in [one["conversation"] for one in answer["results"]]:
            return True
        if after is None:
            return False


@pytest.mark.shared_data
@pytest.mark.timeout(600)
async def test_naughty_strings_can_be_looked_for_and_looked_through(replica, duty, door):
    folder = Path(os.environ["SHARED_DATA"])
    texts = json.loads((folder / "naughty-strings" / "blns.json").read_text("utf-8"))
    texts = [text for text in texts if text.strip() and "\0" not in text and len(text) < 8_000]
    conversations = [await said(replica, n, text) for n, text in enumerate(texts, 1)]
    await duty.once()

    for text, conversation in zip(texts, conversations, strict=True):
        await looked_for(door, text, conversation)
    assert len(texts) > 400


async def test_a_search_that_takes_too_long_is_busy(replica, duty, door, monkeypatch):
    await said(replica, 1, "Plass")
    await duty.once()
    slow = finding_module._NOW.replace("SELECT", "SELECT pg_sleep(9),", 1)
    monkeypatch.setattr(finding_module, "_NOW", slow)

    answer = await door.ask("plass")

    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})
