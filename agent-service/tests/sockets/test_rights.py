"""Who may read a stream, and for how long: until the ledger says otherwise."""

import pytest
from services.contracts import Messaged, Noted, Typing
from services.topology import stream_topic


@pytest.fixture
def known(ledger):
    return ledger.conversation(state="active", owner="kari", epoch=1)


async def test_what_may_not_be_read_is_as_if_it_were_not_there(house, ledger, eventually):
    secret = ledger.conversation(readers={"per"})
    client = await house.console("kari")
    await client.say("follow", conversation=secret.id, stream="dialogue")
    refused = await client.until("refused", code="not_found")
    await ledger.commit(secret, Messaged(text="hemmelig"))
    await client.echo()

    assert refused["conversation"] == str(secret.id)
    assert client.texts == []
    topic = stream_topic(secret.id, "dialogue")
    await eventually(lambda: topic not in house.replicas[0].bus._bound)


async def test_no_hint_is_shown_before_the_right_to_read_is_proven(house, ledger):
    secret = ledger.conversation(readers={"per"})
    client = await house.console("kari")
    typing = Typing(conversation=secret.id, author="Per S.")
    hint = ledger._wrap(typing, sender="citizen:c1", cause=None).evolve(source="gateway")

    def whisper(asked):
        if asked.body.type == "range.read.v1":
            topic = stream_topic(secret.id, "dialogue")
            house.replicas[0].bus.offer("agent", topic, hint.model_dump_json().encode(), "gateway")

    ledger.before_answer = whisper
    await client.say("follow", conversation=secret.id, stream="dialogue")
    await client.until("refused", code="not_found")
    await client.echo()

    assert "typing" not in [f["type"] for f in client.frames]


async def test_after_a_hand_over_behind_a_wall_the_former_owner_reads_no_further(
    house, ledger, known
):
    """The pushes went on to whoever had once followed, until a read in their name was refused.

    With the new owner on the same replica that read was made in one name for all, and could be
    the new owner's for ever.
    """
    former, heir = await house.console("kari"), await house.console("per")
    for client in (former, heir):
        await client.follow(known.id)
        await client.follow(known.id, stream="desk")
    known.readers = {"per"}
    known.summary = known.summary.evolve(owner="per", epoch=2, department="barnevern")
    # Even when the words overtake the news of the hand-over.
    await ledger.commit(known, Messaged(text="bare for barnevernet"))
    await ledger.commit(known, Noted(text="internt"), sender="agent:per")
    ends = [await former.until("refused", code="not_found") for _ in range(2)]
    await heir.shown(2)
    await former.echo()

    assert {end["conversation"] for end in ends} == {str(known.id)}
    assert former.texts == []
    assert sorted(heir.texts) == ["bare for barnevernet", "internt"]


async def test_a_hand_over_without_a_wall_goes_on_for_both(house, ledger, known):
    former, heir = await house.console("kari"), await house.console("per")
    for client in (former, heir):
        await client.follow(known.id)
    known.summary = known.summary.evolve(owner="per", epoch=2)
    for text in ("en", "to"):
        await ledger.commit(known, Messaged(text=text))
    for client in (former, heir):
        await client.shown(2)

    assert former.texts == heir.texts == ["en", "to"]


async def test_a_right_that_ends_without_a_new_owner_ends_when_the_state_says_so(
    house, ledger, known
):
    """A department that was asked to go on and was not needed after all."""
    client = await house.console("per")
    await client.follow(known.id)
    known.readers = {"kari"}
    await ledger.change(known, by="agent:kari", department="servicetorget", epoch=1, owner="kari")
    await client.until("refused", code="not_found")
    await ledger.commit(known, Messaged(text="Hei"))
    await client.echo()

    assert client.texts == []
