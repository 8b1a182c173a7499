"""Files both ways through the whole system: stored beside the bus, shown when they are archived."""

import hashlib
import io
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from desk_web import signed_in
from PIL import Image
from playwright.async_api import Browser, expect
from screens import SOON_MS, Console, Window, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SOME_ID = "02013299997"
"""Valid under the rules from 2032, and nobody's."""
GPS_MARK = b"Nordbyveien 7"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def photo() -> bytes:
    """Make a photo as a telephone does: on its side, and with the place in it."""
    picture = Image.new("RGB", (640, 400), (40, 110, 60))
    for x in range(0, 640, 40):
        picture.paste((200, 180, 60), (x, 100, x + 20, 300))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = GPS_MARK.decode()
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, quality=85)
    assert GPS_MARK in out.getvalue()
    return out.getvalue()


def stored(town: Town) -> list[bytes]:
    """Return every file that lies in the store."""
    folder = town.system.layout.folder / "files"
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def read(path: Path) -> bytes:
    """Return what was saved."""
    return path.read_bytes()


async def choose(window: Window, *files: dict[str, Any]) -> None:
    """Choose files and send them."""
    await window.frame.locator("input[type=file]").set_input_files(list(files))
    await window.press("Send")


async def begin(window: Window, console: Console) -> None:
    """Ask, and be answered."""
    await window.say("Kan jeg bygge garasje her?")
    await console.accept()
    await console.say("Send gjerne en tegning.")
    await expect(window.log).to_contain_text("Send gjerne en tegning.", timeout=SOON_MS)


async def test_a_photo_loses_where_it_was_taken_and_an_agent_sees_it(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    raw = photo()
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 1)) as console,
        visiting(browser, town.system) as (_, window),
    ):
        await begin(window, console)
        await choose(
            window,
            {"name": f"tomta {SOME_ID}.jpg", "mimeType": "image/jpeg", "buffer": raw},
            {"name": "skjema.pdf", "mimeType": "application/pdf", "buffer": PDF},
        )
        await expect(window.log.get_by_text("Levert og lagret")).to_have_count(3, timeout=SOON_MS)
        shown = window.log.get_by_role("button", name="tomta ***********.jpg")
        await expect(shown).to_be_visible()
        axe = {"citizen": await window.seen(screenshots / "files-1-citizen.png")}
        theirs = console.log.get_by_role(
            "button", name="Vis tomta ***********.jpg i stor størrelse"
        )
        await expect(theirs).to_be_visible(timeout=SOON_MS)
        axe["agent"] = await console.seen(screenshots / "files-2-agent.png")
        await console.finish()
        kept = stored(town)

    assert axe == {view: [] for view in axe}
    assert PDF in kept
    assert all(GPS_MARK not in each for each in kept)
    pictures = [Image.open(io.BytesIO(each)) for each in kept if each[:3] == b"\xff\xd8\xff"]
    assert (400, 640) in {picture.size for picture in pictures}


async def test_an_agent_sends_a_file_and_the_citizen_saves_exactly_that(
    browser: Browser, town: Town
) -> None:
    user = town.user("servicetorget", 2)
    async with (
        at_desk(browser, town.system, user) as console,
        visiting(browser, town.system) as (_, window),
    ):
        await begin(window, console)
        await console.page.locator("input[type=file]").set_input_files(
            [{"name": "vedtak.pdf", "mimeType": "application/pdf", "buffer": PDF}]
        )
        await console.press("Send")
        button = window.log.get_by_role("button", name="Last ned vedtak.pdf")
        await expect(button).to_be_visible(timeout=SOON_MS)
        async with window.page.expect_download() as saved:
            await button.click()
        file = await saved.value
        content = read(await file.path())
        await console.finish()

    assert (file.suggested_filename, content) == ("vedtak.pdf", PDF)


async def test_what_is_no_file_of_ours_is_refused_in_words(browser: Browser, town: Town) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 3)) as console,
        visiting(browser, town.system) as (_, window),
    ):
        await begin(window, console)
        await choose(window, {"name": "ferie.jpg", "mimeType": "image/jpeg", "buffer": page})
        await expect(window.log).to_contain_text("Ikke sendt", timeout=SOON_MS)
        await expect(window.log).to_contain_text("Vi kan ikke ta imot denne typen fil.")
        await window.say("Da skriver jeg i stedet.")
        await expect(console.log).to_contain_text("Da skriver jeg i stedet.", timeout=SOON_MS)
        await console.finish()
        kept = stored(town)

    assert page not in kept


async def test_a_file_is_nobody_elses(browser: Browser, town: Town) -> None:
    """Another citizen's token and another department's agent get what does not exist."""
    digest = hashlib.sha256(PDF).hexdigest()
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 4)) as console,
        visiting(browser, town.system) as (_, window),
        visiting(browser, town.system) as (_, other),
    ):
        await begin(window, console)
        await choose(window, {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF})
        await expect(window.log.get_by_text("Levert og lagret")).to_have_count(2, timeout=SOON_MS)
        event = next(frame for frame in reversed(window.told) if '"attached"' in frame)
        file = event.split('"file":"')[1][:36]
        conversation = await window.document().evaluate(
            "JSON.parse(localStorage.getItem('prek.sarpsborg.conversation')).id"
        )
        path = f"/api/files/{conversation}/{file}"
        token = next(f for f in other.told if '"welcome"' in f).split('"token":"')[1].split('"')[0]
        gateway = town.system.addresses["gateway"].rstrip("/")
        stranger = await other.page.request.get(
            gateway + path, headers={"Authorization": f"Bearer {token}"}
        )
        async with signed_in(town.system, town.user("barn-familie")) as web:
            specialist = await web.get(path)
            sent = await web.put(
                f"/api/files/{conversation}/{uuid4()}",
                content=PDF,
                headers={"Prek-File-Name": quote("b.pdf")},
            )
        await console.finish()

    assert f'"sha256":"{digest}"' in event
    assert stranger.status == 404
    assert (specialist.status_code, sent.status_code) == (404, 404)
