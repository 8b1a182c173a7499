"""The nudge, the rating, the mailed copy and the wish to be forgotten on a real database."""

import pytest
from services.bus import Send
from services.contracts import (
    AnswerNudge,
    AskForget,
    Close,
    CopyReady,
    EndWrapUp,
    MailCopy,
    Nudge,
    OpenConversation,
    PostMessage,
    Rate,
    Requeue,
)

pytestmark = pytest.mark.integration

CITIZEN, KARI = "citizen:c1", "agent:kari"


@pytest.fixture
async def owned(replica):
    c = await replica.open()
    await replica.join(c)
    return c


@pytest.fixture
async def over(replica, owned):
    await replica.say(KARI, Close(conversation=owned, epoch=1))
    return owned


async def stored(replica, conversation):
    body = OpenConversation(conversation=conversation)
    return await replica.state(replica.make.envelope(CITIZEN, body))


async def test_a_nudge_is_stored_and_the_citizens_words_take_it_back_at_another_replica(
    replicas, owned, faults
):
    """The other remembers the conversation from before it was asked: its words still answer."""
    one, two = replicas
    await two.say(CITIZEN, PostMessage(conversation=owned, text="Vent litt"))
    asked = await one.say(KARI, Nudge(conversation=owned, epoch=1))
    nudged = await stored(one, owned)
    answered = await two.say(CITIZEN, PostMessage(conversation=owned, text="Her!"))

    assert (asked.code, answered.code) == (None, None)
    assert nudged == asked.summary
    assert nudged.nudged_at == asked.events[0].time
    assert (await stored(one, owned)).nudged_at is None
    assert answered.summary.nudged_at is None
    assert await faults() == []


async def test_words_and_a_yes_in_one_batch_answer_once(replica, owned):
    make = replica.make
    await replica.say(KARI, Nudge(conversation=owned, epoch=1))
    words = make.envelope(CITIZEN, PostMessage(conversation=owned, text="Ja"))
    yes = make.envelope(CITIZEN, AnswerNudge(conversation=owned))
    said, answered = await replica.carry_out(words, yes)

    assert [e.body.kind for e in said.events] == ["message"]
    assert (answered.code, answered.events, answered.done) == (None, [], True)


async def test_a_nudge_ends_with_the_ownership(replica, owned):
    await replica.say(KARI, Nudge(conversation=owned, epoch=1))
    back = Requeue(conversation=owned, epoch=1, reason="returned_by_agent")
    assert (await replica.say(KARI, back)).code is None

    assert (await stored(replica, owned)).nudged_at is None


async def test_a_rating_and_a_wish_are_stored_and_the_last_rating_counts(replicas, over, faults):
    one, two = replicas
    await one.say(CITIZEN, Rate(conversation=over, rating="no"))
    rated = await two.say(CITIZEN, Rate(conversation=over, rating="yes", comment="Takk"))
    await one.say(KARI, EndWrapUp(conversation=over))
    asked = await one.say(CITIZEN, AskForget(conversation=over))
    again = await two.say(CITIZEN, AskForget(conversation=over))
    summary = await stored(two, over)

    assert [t.code for t in (rated, asked, again)] == [None] * 3
    assert (summary.state, summary.rating, summary.wrapup) == ("closed", "yes", None)
    assert summary.forget_asked_at == asked.events[0].time
    assert again.events == []
    assert await faults() == []


async def test_a_copy_is_mailed_again_under_the_same_id_and_its_address_is_in_no_table(
    replicas, over, admin
):
    one, two = replicas
    mail = MailCopy(conversation=over, contact="nils@testvik.no")
    command = one.make.envelope(CITIZEN, mail, reply_to="test")
    letters = []
    for replica in (one, two):
        (result,) = await replica.commands([command])
        letters += [
            m.envelope
            for m in result
            if isinstance(m, Send) and isinstance(m.envelope.body, CopyReady)
        ]
    tables = await admin.fetch(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'ledger' AND table_type = 'BASE TABLE'"
    )
    held = [
        name
        for (name,) in tables
        if await admin.fetchval(
            f'SELECT EXISTS (SELECT FROM ledger."{name}" AS t'  # noqa: S608 - the names are ours
            " WHERE to_jsonb(t)::text LIKE '%nils@testvik.no%'"
            " AND to_jsonb(t)::text LIKE '%' || $1 || '%'"
            " AND coalesce(to_jsonb(t)->>'tenant', $2) = $2)",
            str(over),
            one.make.tenant,
        )
    ]

    assert [letter.body.contact for letter in letters] == ["nils@testvik.no"] * 2
    assert letters[0].id == letters[1].id
    assert held == []


async def test_what_comes_too_early_leaves_no_trace(replica, owned):
    before = await stored(replica, owned)
    told = [
        await replica.say(CITIZEN, Rate(conversation=owned, rating="yes")),
        await replica.say(CITIZEN, MailCopy(conversation=owned, contact="nils@testvik.no")),
        await replica.say(CITIZEN, AskForget(conversation=owned)),
    ]

    assert [t.code for t in told] == ["not_closed"] * 3
    assert await stored(replica, owned) == before
