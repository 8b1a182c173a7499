"""What two states, one after the other, say of people."""

from datetime import timedelta
from uuid import UUID

import pytest
from agent_service.core.signs import Missed, Worked, signs
from services.contracts import PendingOffer


@pytest.fixture
def offer(now):
    return PendingOffer(id=UUID(int=1), agent="kari", deadline=now)


def seen(before, after, sender="", now=None):
    return list(signs(before, after, sender=sender, now=now or before.opened_at))


def test_an_offer_the_router_ended_is_missed_whatever_the_clock_says(summary, offer, now):
    before = summary(state="offered", offer=offer)
    after = summary(missed=("kari",))

    told = seen(before, after, "router:0", now - timedelta(seconds=2))

    assert told == [Missed("kari", now)]


def test_an_offer_the_agent_declined_is_not_missed_even_at_the_last_moment(summary, offer, now):
    before = summary(state="offered", offer=offer)
    after = summary(missed=("kari",))

    assert seen(before, after, "agent:kari", now + timedelta(seconds=1)) == []


def test_an_offer_that_was_read_to_be_gone_is_missed_only_after_its_deadline(summary, offer, now):
    before = summary(state="offered", offer=offer)
    after = summary(missed=("kari",))

    assert seen(before, after, "", now - timedelta(seconds=1)) == []
    assert seen(before, after, "", now) == [Missed("kari", now)]


def test_an_offer_followed_by_one_to_a_colleague_was_missed_or_declined_before_its_deadline(
    summary, offer, now
):
    other = offer.evolve(id=UUID(int=2), agent="ola")
    before = summary(state="offered", offer=offer)
    after = summary(state="offered", offer=other, missed=("kari",))

    assert seen(before, after, "router:0", now + timedelta(seconds=1)) == [Missed("kari", now)]
    assert seen(before, after, "router:0", now - timedelta(seconds=9)) == []


def test_the_same_enquiry_missed_again_counts_again(summary, offer, now):
    """The ledger notes each agent once: only the offer's end tells of the second miss."""
    before = summary(state="offered", offer=offer, missed=("kari",))
    after = summary(missed=("kari",))

    assert seen(before, after, "router:0", now) == [Missed("kari", now)]


def test_an_offer_that_still_stands_or_was_taken_back_is_not_missed(summary, offer, now):
    before = summary(state="offered", offer=offer)
    late = now + timedelta(seconds=5)

    assert seen(before, before.evolve(version=2, priority=1), "router:0", late) == []
    assert seen(before, summary(state="closed"), "citizen:c1", late) == []


def test_taking_and_ending_a_conversation_is_work(summary, offer):
    offered = summary(state="offered", offer=offer)
    active = summary(state="active", owner="kari", epoch=1)
    handed_over = summary(state="active", owner="per", epoch=2)

    assert seen(offered, active, "agent:kari") == [Worked("kari")]
    assert seen(active, summary(state="closed", epoch=1), "agent:kari") == [Worked("kari")]
    assert seen(active, handed_over, "agent:per") == [Worked("per"), Worked("kari")]
    assert seen(active, active.evolve(version=9), "agent:kari") == []


def test_a_written_question_that_was_not_taken_is_no_miss(summary, offer, now):
    """It has days; who answers live ones meanwhile must not be forced away for it."""
    before = summary(state="offered", offer=offer, due_at=now + timedelta(days=1))
    after = summary(state="written", missed=("kari",), due_at=before.due_at)

    assert seen(before, after, "router:0", now + timedelta(minutes=1)) == []


def test_a_question_that_became_a_written_one_while_it_was_offered_is_no_miss(summary, offer, now):
    before = summary(state="offered", offer=offer)
    after = summary(state="written", due_at=now + timedelta(days=1))

    assert seen(before, after, "citizen:c1", now) == []
