"""A contact is an e-mail address or a telephone number, and never a national identity number."""

import pytest
from gateway.core.contact import ContactError, contact_of
from hypothesis import given
from hypothesis import strategies as st
from services.masking import mask


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ola@example.no", "ola@example.no"),
        ("  Ola.Nordmann+kommune@post.example.no\n", "Ola.Nordmann+kommune@post.example.no"),
        ("åse@blåbær.no", "åse@blåbær.no"),
        ("o'hara@example.org", "o'hara@example.org"),
    ],
)
def test_an_address_is_taken_as_it_is(written, plain):
    assert contact_of("email", written) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("90000000", "90000000"),
        ("900 00 000", "900 00 000".replace(" ", "")),
        ("+47 900 00 000", "+4790000000"),
        ("0047 90000000", "004790000000"),
        ("(+46) 70-123 45 67", "+46701234567"),
        ("９００００００００"[:8], "90000000"),
    ],
)
def test_a_number_is_taken_without_what_is_between_its_digits(written, plain):
    assert contact_of("phone", written) == plain


@pytest.mark.parametrize(
    ("answer_by", "written"),
    [
        ("email", None),
        ("email", ""),
        ("email", "ola"),
        ("email", "ola@example"),
        ("email", "ola@example.no, kari@example.no"),
        ("email", "Ola <ola@example.no>"),
        ("email", "ola@example.no\r\nBcc: alle@example.no"),
        ("email", "ola@@example.no"),
        ("email", "ola@-example.no"),
        ("email", f"{'a' * 65}@example.no"),
        ("email", f"ola@{'a.' * 130}no"),
        ("email", "90000000"),
        ("email", "13097248022@example.no"),
        ("phone", None),
        ("phone", "113"),
        ("phone", "ola@example.no"),
        ("phone", "9000000"),
        ("phone", "10000000"),
        ("phone", "+47 1309724802212345"),
        ("phone", "13097248022"),
        ("phone", "130972 48022"),
        ("phone", "+13097248022"),
    ],
)
def test_what_reaches_nobody_is_refused(answer_by, written):
    with pytest.raises(ContactError, match=r"^contact_invalid$"):
        contact_of(answer_by, written)


@given(st.one_of(st.none(), st.text()))
def test_who_comes_for_the_answer_leaves_no_contact(written):
    assert contact_of("receipt", written) is None


@given(
    st.sampled_from(["email", "phone"]), st.one_of(st.text(), st.emails(), st.from_regex(r"\d+"))
)
def test_what_is_taken_is_one_line_and_no_national_id(answer_by, written):
    try:
        plain = contact_of(answer_by, written)
    except ContactError:
        return
    assert plain is not None
    assert len(plain.splitlines()) == 1
    assert mask(plain).text == plain
    assert contact_of(answer_by, plain) == plain


def test_naughty_strings_reach_nobody(naughty):
    for answer_by in ("email", "phone"):
        with pytest.raises(ContactError):
            contact_of(answer_by, naughty)
