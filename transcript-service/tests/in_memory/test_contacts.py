"""Contacts and receipts: what may be an address, and numbers that no two conversations share."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.core.contacts import contact_for
from transcript_service.core.receipts import candidates, receipt

EMAILS = [
    "nils@testvik.no",
    "nils.o'hara+chat@post.testvik.kommune.no",
    "bjørn@blåbær.no",
    "a@b.co",
    "x@xn--blbr-roah.xn--p1ai",
    f"{'a' * 64}@testvik.no",
]
NO_EMAILS = [
    "", "nils", "@testvik.no", "nils@", "nils@testvik", "nils@@testvik.no", "nils@.no",
    "nils@testvik..no", "nils@-a.no", "nils@a-.no", "nils @testvik.no", "nils@test vik.no",
    ".nils@testvik.no", "nils.@testvik.no", "ni..ls@testvik.no", "nils@testvik.n",
    "nils@127.0.0.1", "nils@[127.0.0.1]", "Nils <nils@testvik.no>", "nils@testvik.no,per@a.no",
    "nils@testvik.no\r\nBcc: alle@testvik.no", "nils\x00@testvik.no", '"n s"@testvik.no',
    f"{'a' * 65}@testvik.no", f"a@{'b.' * 126}no", "nils@test_vik.123",
]  # fmt: skip
PHONES = ["69116911", "69 11 69 11", "+47 69 11 69 11", "02800", "+442071838750", "1" * 15]
NO_PHONES = [
    "", "1234", "1" * 16, "69-11-69-11", "69116911x", "++4769116911", "69+116911", "٦٩١١٦٩١١",
    "69116911\n112", "***********", "+", "     ",
]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "text"), [("email", t) for t in EMAILS] + [("phone", t) for t in PHONES]
)
def test_what_may_be_one_is_kept_without_space_around_it(way, text):
    assert contact_for(way, f" {text}\n") == text


@pytest.mark.parametrize(
    ("way", "text"), [("email", t) for t in NO_EMAILS] + [("phone", t) for t in NO_PHONES]
)
def test_what_cannot_be_one_is_refused_and_not_quoted(way, text):
    with pytest.raises(ValueError) as refused:
        contact_for(way, text)

    assert str(refused.value) == way


@pytest.mark.parametrize("way", ["email", "phone"])
def test_a_way_that_needs_a_contact_does_not_go_without(way):
    with pytest.raises(ValueError):
        contact_for(way, None)


@pytest.mark.parametrize("given_", [None, "nils@testvik.no", "hva som helst"])
def test_with_a_receipt_no_contact_is_kept(given_):
    assert contact_for("receipt", given_) is None


@given(st.text(max_size=300), st.sampled_from(["email", "phone"]))
def test_no_text_breaks_out_of_a_line(text, way):
    try:
        kept = contact_for(way, text)
    except ValueError:
        return

    assert len(kept.splitlines()) == 1
    assert "\x00" not in kept


TENANTS = st.from_regex(r"[a-z0-9][a-z0-9_.\-]{0,63}", fullmatch=True)


@given(TENANTS, st.uuids())
def test_a_number_can_be_read_out_and_is_always_the_same(tenant, conversation):
    numbers = candidates(tenant, conversation)

    assert numbers == candidates(tenant, conversation)
    for groups, number in zip((2, 3, 4), numbers, strict=True):
        assert re.fullmatch(rf"[A-Z]{{2}}(-[0-9A-HJKMNP-TV-Z]{{4}}){{{groups}}}", number)
        assert numbers[-1].startswith(number)


def test_it_begins_with_the_municipality():
    assert candidates("sarpsborg", UUID(int=1))[0].startswith("SA-")
    assert candidates("3-x", UUID(int=1))[0].startswith("XX-")


@given(st.lists(st.uuids(), unique=True, max_size=4), st.integers(0, 2))
def test_a_number_that_another_has_is_lengthened(others, taken):
    mine = UUID(int=7)
    numbers = candidates("testvik", mine)
    given_ = {number: UUID(int=8) for number in numbers[:taken]}
    given_ |= {candidates("testvik", other)[0]: other for other in others if other != mine}

    assert receipt("testvik", mine, given_) == numbers[taken]
    assert receipt("testvik", mine, {numbers[0]: mine}) == numbers[0]
