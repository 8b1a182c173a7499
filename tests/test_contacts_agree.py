"""What the citizens' door takes for a contact, the ledger takes too."""

from contextlib import suppress

import pytest
from gateway.core.contact import ContactError, contact_of
from hypothesis import example, given
from hypothesis import strategies as st
from transcript_service.core.contacts import contact_for

EMAILS = st.emails() | st.from_regex(r"[^\s]{1,12}@[^\s]{1,20}", fullmatch=True)
PHONES = st.from_regex(r"(\+|00)?[0-9 ().-]{5,20}", fullmatch=True)


@given(st.tuples(st.just("email"), EMAILS) | st.tuples(st.just("phone"), PHONES))
@example(("email", ".nils@testvik.no"))
@example(("email", "ola..nordmann@testvik.no"))
@example(("email", f"{'ø' * 40}@testvik.no"))
@example(("phone", "00" + "4" * 15))
@example(("email", "\ud800@testvik.no"))
def test_what_passes_the_door_is_not_refused_by_the_ledger(contact):
    way, written = contact
    with suppress(ContactError):
        plain = contact_of(way, written)
        assert contact_for(way, plain) == plain


@pytest.mark.parametrize(
    ("way", "written"),
    [("email", "nils@testvik.no"), ("phone", "69 11 69 11"), ("phone", "+47 69 11 69 11")],
)
def test_the_usual_ones_pass_both(way, written):
    assert contact_for(way, contact_of(way, written))
