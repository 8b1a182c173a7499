"""The copy as PDF/A: read back as a reader does, the same bytes again, no word lost in print."""

import asyncio
import io
import re
import sys
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import Close, PostMessage
from transcript_service.copies.document import document_of
from transcript_service.copies.glyphs import printable
from transcript_service.copies.press import CannotPrintError, Press
from transcript_service.copies.typeset import known_characters, typeset
from transcript_service.reads import Transcript
from weasyprint.urls import FatalURLFetchingError

CITIZEN, KARI = "citizen:c1", "agent:kari"

NAUGHTY = [
    "<script>alert(1)</script> &amp; </p></bdi>",
    "æøå ÆØÅ áŋŧžšđč ĐŊ – «sitat» 48 m² ½ €",
    "\u202eskilsnav\u202c \u200b\u200d\ufeff|",
    "bjelle \x07 side \x0c rør \x0b slutt \x85 ny\u2028linje\u2029og\rlinje\r\nigjen\tkolonne",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd \U0001f600 \u2764\ufe0f",
    "你好 ሰላም வணக்கம் สวัสดี مرحبا שלום",
    "\ue000\U000f0000 \ufdd0 \U0001ffff \ud7a4 \u0378",
    "z\u0351\u036b\u0343a\u0363\u036cl\u0363\u0358g\u036bo " * 40,
    "ubruttelig" * 400,
    "{who} %s \\ ( ) } <</JS (app.alert(1))>> endstream",
]

KNOWN = known_characters()


def conversation(world, words):
    c = world.open(topic="garasje")
    world.join(c, "kari")
    for text in words:
        world.say(CITIZEN, PostMessage(conversation=c, text=text))
    world.say(KARI, Close(conversation=c, epoch=1))
    return Transcript(world.of(c), tuple(world.told(c)))


@pytest.fixture
def press():
    return Press()


def drawn(pdf):
    """Return the text of a file by what its fonts say of their glyphs, and the glyphs' numbers."""
    text, glyphs = [], set()
    for page in pdf.pages:
        fonts = {name: _unicode_of(font) for name, font in page.Resources.Font.items()}
        current = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                current = fonts[str(operands[0])]
            if str(operator) not in ("Tj", "TJ"):
                continue
            shown = operands[0] if str(operator) == "TJ" else operands
            for part in shown:
                if not isinstance(part, pikepdf.String):
                    continue
                raw = bytes(part)
                codes = [int.from_bytes(raw[n : n + 2]) for n in range(0, len(raw), 2)]
                glyphs.update(codes)
                text += [current.get(code, "") for code in codes]
    return "".join(text), glyphs


def _unicode_of(font):
    cmap = font.ToUnicode.read_bytes().decode("ascii")
    return {
        int(code, 16): bytes.fromhex(text).decode("utf-16-be")
        for code, text in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", cmap)
    }


async def test_it_is_an_archival_and_tagged_file_that_needs_nothing_else(world, press):
    transcript = conversation(world, ["Må jeg søke?", *NAUGHTY])
    data = await press.pdf(document_of(transcript, world.shelf.directory, "nn"))

    with pikepdf.open(io.BytesIO(data)) as pdf:
        root = pdf.Root
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
            assert metadata["dc:title"] == "Samtale med Testvik kommune"
        assert root.MarkInfo.Marked
        assert "/StructTreeRoot" in root
        assert str(root.Lang) == "nn"
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert not pdf.is_encrypted
        for forbidden in ("/OpenAction", "/AA", "/AcroForm", "/Names"):
            assert forbidden not in root
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        embedded = [f.DescendantFonts[0].FontDescriptor for f in fonts]
        assert embedded
        assert all("/FontFile2" in d or "/FontFile3" in d for d in embedded)
        assert {re.sub(r"^/\w+\+", "", str(f.BaseFont)) for f in fonts} <= {
            "DejaVu-Sans", "DejaVu-Sans-Bold",
        }  # fmt: skip


async def test_every_page_says_what_it_is(world, press):
    transcript = conversation(world, ["Lang tekst. " * 100] * 8)
    data = await press.pdf(document_of(transcript, world.shelf.directory, "nb"))

    with pikepdf.open(io.BytesIO(data)) as pdf:
        text, _ = drawn(pdf)
        count = len(pdf.pages)
    assert count > 1
    assert text.count("lagret hos Testvik kommune.") == count
    assert all(f"Side {n} av {count}" in text for n in range(1, count + 1))


async def test_no_naughty_word_is_lost_and_no_glyph_is_missing(world, press):
    transcript = conversation(world, NAUGHTY)
    document = document_of(transcript, world.shelf.directory, "nb")
    data = await press.pdf(document)

    with pikepdf.open(io.BytesIO(data)) as pdf:
        text, glyphs = drawn(pdf)
    assert 0 not in glyphs
    for said in ("<script>alert(1)</script>", "áŋŧžšđč", "<</JS(app.alert(1))>>", "48m²"):
        assert said in text.replace(" ", "")
    for code in ("U+0007", "U+FEFF", "U+1F44D thumbs up sign", "U+4F60]", "U+E000", "U+1FFFF"):
        assert f"[{code}".replace(" ", "") in text.replace(" ", "")
    assert "Tegn som ikke kan skrives ut her" in text


async def test_where_nothing_is_substituted_nothing_is_explained(world, press):
    document = document_of(conversation(world, ["Hei"]), world.shelf.directory, "nb")

    with pikepdf.open(io.BytesIO(await press.pdf(document))) as pdf:
        assert "Unicode" not in drawn(pdf)[0]


async def test_the_same_conversation_is_the_same_bytes_and_a_later_one_is_not(world, press):
    document = document_of(conversation(world, ["Hei"]), world.shelf.directory, "nb")
    later = replace(document, closed_at=document.made_at + timedelta(days=1))
    first, again, other = await asyncio.gather(*map(press.pdf, (document, document, later)))

    assert first == again
    assert first != other
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert f"{document.made_at:%Y%m%d%H%M%S}" in str(pdf.docinfo["/CreationDate"])


@given(st.text(max_size=300))
def test_whatever_is_written_can_be_printed(text):
    shown = printable(text, KNOWN)

    assert all(c in "\n\t" or ord(c) in KNOWN for c in shown)
    assert printable(shown, KNOWN) == shown
    assert not shown or "\r" not in shown


@given(st.text(st.sampled_from("abc æøå <>&'\"\n[]😀"), max_size=100))
def test_what_the_font_knows_is_left_as_it_is(text):
    assert printable(text, KNOWN) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x00\x07", "[U+0000][U+0007]"),
        ("\u4f60", "[U+4F60]"),
        ("\U0001f44d", "[U+1F44D thumbs up sign]"),
        ("\ue000", "[U+E000]"),
        ("\ufeff", "[U+FEFF zero width no-break space]"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
    ],
)
def test_substitutes_say_which_character_it_was(text, shown):
    assert printable(text, KNOWN) == shown


def test_a_page_fetches_nothing():
    with pytest.raises(FatalURLFetchingError):
        typeset("<html lang=nb><title>x</title><p>x<img src='file:///etc/hostname'>")


def program(code):
    return (sys.executable, "-c", f"import os, signal, sys\nsys.stdin.read()\n{code}")


@pytest.fixture
def document(world):
    return document_of(conversation(world, ["Hei"]), world.shelf.directory, "nb")


async def test_a_typesetter_that_fails_or_takes_too_long_is_told_without_a_word(document):
    failing = Press(typesetter=program("sys.exit('Hei')"))
    with pytest.raises(CannotPrintError, match=r"^failed$"):
        await failing.pdf(document)

    hanging = Press(typesetter=program("signal.pause()"), longest_s=0.5)
    with pytest.raises(CannotPrintError, match=r"^too_long$"):
        await hanging.pdf(document)


async def test_a_typesetter_knows_when_and_no_password(document, monkeypatch):
    monkeypatch.setenv("PREK_SIGNING_KEY", "hemmelig")
    press = Press(typesetter=program("print(os.environ)"))
    environment = (await press.pdf(document)).decode()

    assert "hemmelig" not in environment
    assert str(int(document.made_at.timestamp())) in environment


async def test_so_many_typesetters_at_once_and_no_more(document, tmp_path):
    log = tmp_path / "log"
    writing = f"log = open({str(log)!r}, 'a', 1)\nlog.write('b')\nlog.flush()\nlog.write('e')"
    press = Press(typesetter=program(writing), at_once=1)
    await asyncio.gather(*(press.pdf(document) for _ in range(3)))

    assert log.read_text() == "bebebe"


def test_both_fonts_know_norwegian_and_northern_sami():
    assert {*map(ord, "æøåÆØÅáčđŋšŧžÁČĐŊŠŦŽ«»–…€")} <= KNOWN
