"""A wish to be forgotten that nobody has classified yet: the words are for who has to decide."""

import pytest
from services.contracts import Summary
from transcript_service.core import Conversation
from transcript_service.core.rights import agent_may_read, takes_part

READERS = {"kari": True, "ola": True, "lise": True, "gro": True, "arve": True, "per": False}
"""Of what is closed at `torget`, and was had by `ola` and then by `kari`."""
LOCKED = {**READERS, "ola": False}


def conversation(make, department="torget", agents=("ola", "kari"), **fields):
    about = {"topic": None, "language": "nb", "opened_at": make.now, "entered_at": make.now}
    closed = {"state": "closed", "closed_at": make.now, "last_seq": {}}
    summary = Summary(
        conversation=make.id(1), version=1, department=department, **about, **closed, **fields
    )
    return Conversation(make.tenant, "citizen:c1", summary, agents=agents)


def readers(make, one):
    directory = make.directory()
    return {
        name: agent_may_read(one, directory.agent(name), directory, make.now) for name in READERS
    }


def test_it_is_read_by_who_had_it_last_who_leads_it_and_archivists(make):
    assert readers(make, conversation(make)) == READERS
    assert readers(make, conversation(make, forget_asked_at=make.now)) == LOCKED


@pytest.mark.parametrize("archive", ["none", "archive", "journal"])
def test_once_it_is_classified_the_usual_rights_are_back(make, archive):
    one = conversation(make, forget_asked_at=make.now, archive=archive)
    assert readers(make, one) == READERS


def test_behind_a_wall_the_one_who_had_it_before_still_reads_nothing(make):
    one = conversation(make, "barn", ("nora", "kari"), forget_asked_at=make.now)
    assert not any(readers(make, one).values())


def test_whoever_reads_it_may_classify_it_and_nobody_else(make):
    one, directory = conversation(make, forget_asked_at=make.now), make.directory()
    parts = {name for name in READERS if takes_part(one, directory.agent(name), directory)}

    assert parts == {"kari", "lise", "gro"}
