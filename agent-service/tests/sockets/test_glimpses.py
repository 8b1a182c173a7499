"""Who broke the glass reads for a while, and not a word after it."""

from datetime import timedelta

import pytest
from services.clock import utc_now
from services.contracts import Glimpse, Messaged


@pytest.fixture
def known(ledger):
    return ledger.conversation(state="active", owner="per", epoch=1, department="barnevern")


def glimpse(known, *, left_s):
    until = utc_now() + timedelta(seconds=left_s)
    known.summary = known.summary.evolve(glimpses=(Glimpse(agent="siv", until=until),))
    return until


async def test_the_glass_is_broken_with_a_reason_whose_numbers_are_masked(house, ledger, known):
    siv = await house.console("siv")
    action = await siv.act("break_glass", conversation=known.id, reason="Gjelder 13097248022")
    accepted = await siv.until("accepted", id=action)
    said = await ledger.next_command("glass.break.v1")

    assert (accepted["masked"], accepted["kinds"]) == (1, ["national_id"])
    assert (said.sender, said.body.reason, said.body.masked) == (
        "agent:siv",
        "Gjelder ***********",
        1,
    )


async def test_while_it_lasts_events_come_as_they_are_said(house, ledger, known):
    glimpse(known, left_s=3_600)
    siv = await house.console("siv")
    await siv.follow(known.id)
    for text in ("en", "to"):
        await ledger.commit(known, Messaged(text=text))
    before = ledger.asked("range.read.v1", "siv")

    assert await siv.shown(2) == ["en", "to"]
    assert ledger.asked("range.read.v1", "siv") == before


async def test_what_is_said_after_its_end_is_not_shown_even_before_anybody_looks(
    house, ledger, known
):
    """By the ledger's own times, so that no clock of ours can be wrong about it."""
    until = glimpse(known, left_s=3_600)
    siv = await house.console("siv")
    await siv.follow(known.id)
    event = await ledger.commit(known, Messaged(text="bare for barnevernet"), push=False)
    known.readers = {"per"}
    await ledger.push_event(event.evolve(time=until))
    refused = await siv.until("refused", code="not_found")
    await siv.echo()

    assert refused["conversation"] == str(known.id)
    assert siv.texts == []


async def test_its_end_is_told_though_nobody_says_a_word(house, ledger, known, monkeypatch):
    monkeypatch.setattr("agent_service.streams._AFTER_GLIMPSE_S", 0.0)
    siv = await house.console("siv")
    glimpse(known, left_s=0.3)
    await siv.follow(known.id)
    known.readers = {"per"}
    refused = await siv.until("refused", code="not_found")

    assert refused["conversation"] == str(known.id)


async def test_who_may_read_anyway_reads_on(house, ledger, known):
    """Who came to be of the department meanwhile: each is read once more, and shown once."""
    until = glimpse(known, left_s=3_600)
    siv = await house.console("siv")
    await siv.follow(known.id)
    for text in ("en", "to"):
        event = await ledger.commit(known, Messaged(text=text), push=False)
        late = event.evolve(time=until + timedelta(seconds=1))
        known.streams["dialogue"][-1] = late
        await ledger.push_event(late)
    await siv.shown(2)
    await siv.echo()
    before = ledger.asked("range.read.v1", "siv")
    await ledger.push_event(event)  # said again, before the end: nothing is missing, nothing asked
    await siv.echo()

    assert siv.texts == ["en", "to"]
    assert ledger.asked("range.read.v1", "siv") == before


async def test_a_new_glimpse_makes_the_ledger_be_asked_again(house, ledger, known):
    siv = await house.console("siv")
    await siv.follow(known.id)
    asked = ledger.asked("range.read.v1", "siv")
    until = utc_now() + timedelta(hours=1)
    await ledger.change(known, by="agent:arne", epoch=1, missed=("x",))
    await ledger.change(
        known, by="agent:siv", glimpses=(Glimpse(agent="siv", until=until).model_dump(),)
    )

    await ledger.until(lambda: ledger.asked("range.read.v1", "siv") > asked)
