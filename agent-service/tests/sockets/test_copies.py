"""Copies of dialogues, and the console's own files."""

import httpx
import pytest
from agent_service.api import ConsoleFiles


async def test_a_copy_is_given_to_who_may_read_the_dialogue(house, ledger):
    known = ledger.conversation()
    async with house.web() as web:
        cookie = await house.sign_in(web)
        answer = await web.get(
            f"/api/conversations/{known.id}/transcript?format=txt&language=nn", headers=cookie
        )
    (asked,) = house.copies

    assert answer.content == b"Hei\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="samtale.txt"'
    assert answer.headers["cache-control"] == "no-store"
    assert asked.url.params["language"] == "nn"
    assert asked.headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(("theirs", "ours"), [(404, 404), (401, 503), (500, 503)])
async def test_what_the_transcript_service_says_of_itself_stays_inside(house, ledger, theirs, ours):
    known = ledger.conversation()
    house.copy.status_code = theirs
    async with house.web() as web:
        cookie = await house.sign_in(web)
        answer = await web.get(f"/api/conversations/{known.id}/transcript", headers=cookie)

    assert answer.status_code == ours
    assert b"Hei" not in answer.content


async def test_the_consoles_files_come_under_a_strict_policy(tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html>")
    transport = httpx.ASGITransport(ConsoleFiles(directory=tmp_path, html=True))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as web:
        answer = await web.get("/")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    # A picture of the dialogue is shown from this browser's memory, and from nowhere else.
    assert "img-src 'self' data: blob:;" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
