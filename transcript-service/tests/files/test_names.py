"""Names: what is shown and saved is harmless, whatever was sent."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts.files import MAX_NAME, MEDIA_TYPES
from transcript_service.files.names import clean_name, disposition, from_header

TYPES = st.sampled_from(sorted(MEDIA_TYPES))
NAMES = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(["..", "/", "\\", ".", "CON", ".jpg", ".exe", "\u202e", "\x00", " ", "æ"]),
        max_size=40,
    ).map("".join),
)


@given(NAMES, TYPES)
def test_a_clean_name_has_no_path_nothing_invisible_and_an_ending_that_fits(given_name, media_type):
    name = clean_name(given_name, media_type)

    assert 1 <= len(name) <= MAX_NAME
    assert PurePosixPath(name).name == name
    assert PureWindowsPath(name).name == name
    assert not name.startswith((".", " "))
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name)
    assert name.rpartition(".")[2] in MEDIA_TYPES[media_type]


@given(NAMES, TYPES)
def test_a_clean_name_stays_as_it_is(given_name, media_type):
    name = clean_name(given_name, media_type)

    assert clean_name(name, media_type) == name


@pytest.mark.parametrize(
    ("given_name", "media_type", "name"),
    [
        ("Søknad om båtplass.pdf", "application/pdf", "Søknad om båtplass.pdf"),
        ("IMG_1234.JPEG", "image/jpeg", "IMG_1234.jpeg"),
        ("bilde.png", "image/jpeg", "bilde.jpg"),
        ("install.bat", "text/plain", "install.bat.txt"),
        ("rapport.2024", "application/pdf", "rapport.2024.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\kari\\skatt.pdf", "application/pdf", "skatt.pdf"),
        ("faktura\u202efdp.exe", "application/pdf", "fakturafdp.exe.pdf"),
        ("CON.txt", "text/plain", "_CON.txt"),
        ("", "image/png", "bilde.png"),
        ("...", "application/pdf", "fil.pdf"),
        ("a\r\nSet-Cookie: x.txt", "text/plain", "a Set-Cookie_ x.txt"),
        ("سؤال.pdf", "application/pdf", "سؤال.pdf"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 196 + ".pdf"),
    ],
)
def test_examples(given_name, media_type, name):
    assert clean_name(given_name, media_type) == name


@given(NAMES, TYPES)
def test_a_name_survives_the_header_it_is_given_out_in(given_name, media_type):
    name = clean_name(given_name, media_type)
    header = disposition(name)

    assert header.isascii()
    assert not set('\r\n"\\;') & set(header.removeprefix("attachment; "))
    assert from_header(header.partition("''")[2]) == name


def test_what_is_not_utf_8_in_the_header_becomes_a_visible_mark():
    assert from_header("s%C3%B8k") == "søk"
    assert from_header("s%F8k") == "s�k"
