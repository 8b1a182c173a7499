"""What a file's request says of it. The way to the store is tested at the doors."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts.files import MAX_NAME
from services.file_store import declared, name_of


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_comes_as_it_was_and_never_too_long(name):
    read = name_of(quote(name))
    assert 1 <= len(read) <= MAX_NAME
    if 0 < len(name.strip()) <= MAX_NAME:
        assert read == name.strip()


@given(st.binary())
def test_whatever_the_header_holds_there_is_a_name(octets):
    assert 1 <= len(name_of(octets.decode("latin-1"))) <= MAX_NAME


@given(st.text("abc.", min_size=250), st.sampled_from(["pdf", "docx", "jpeg"]))
def test_a_long_name_keeps_its_ending(stem, ending):
    assert name_of(f"{stem}.{ending}").endswith(f".{ending}")


@pytest.mark.parametrize(
    ("header", "length"), [(None, 0), ("12", 12), ("-1", 0), ("x", 0), ("٣", 0), ("", 0)]
)
def test_a_length_is_read_or_not_there(header, length):
    assert declared(header) == length


@given(st.text("0123456789", min_size=30, max_size=9_000))
def test_a_length_without_end_is_only_very_large(header):
    assert declared("9" + header) > 2**40
