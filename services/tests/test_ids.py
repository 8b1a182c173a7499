"""Ids of what is new sort by time; ids of what follows are derived."""

from services.contracts import derived_id
from services.ids import NAMESPACE, new_id


def test_new_ids_sort_by_the_time_they_were_made():
    ids = [new_id() for _ in range(1_000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {id_.version for id_ in ids} == {7}


def test_a_derived_id_depends_on_its_cause_and_its_name_alone():
    cause, other = new_id(), new_id()

    assert derived_id(cause, "expired") == derived_id(cause, "expired")
    assert derived_id(cause, "expired") != derived_id(cause, "accepted")
    assert derived_id(cause, "expired") != derived_id(other, "expired")
    assert derived_id(NAMESPACE, "x").version == 5
