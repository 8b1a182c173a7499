"""The search at the desk's door: who may ask the ledger, and what it is asked, in a body alone."""

import json

import httpx
import pytest
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
ANSWER = {"results": [], "next": None, "ignored": [], "indexed_at": None}


@pytest.fixture
async def web(house):
    house.copy = httpx.Response(200, json=ANSWER)
    async with house.web() as web:
        yield web


@pytest.fixture
def ask(house, web):
    async def ask(name, body, **headers):
        signed = await house.sign_in(web, name)
        return await web.post("/api/search", headers={**signed, **headers}, json=body)

    return ask


def claims(request):
    token = request.headers["authorization"].removeprefix("Bearer ")
    said = Signer(KEY).verify("transcript", token)
    return {name: value for name, value in said.items() if name not in ("aud", "exp")}


@pytest.mark.parametrize("name", ["kari", "mona", "siv", "arne"])
async def test_who_may_read_anything_may_search(house, ask, name):
    answer = await ask(name, {"q": "Kari Hansen", "from": "2026-01-01", "archive": "journal"})
    (asked,) = house.copies

    assert (answer.status_code, answer.json()) == (200, ANSWER)
    assert str(asked.url).endswith("/internal/v1/search")
    assert json.loads(asked.content) == {
        "q": "Kari Hansen", "from": "2026-01-01", "archive": "journal", "order": "newest",
        "limit": 20,
    }  # fmt: skip
    assert claims(asked) == {"tenant": "sarpsborg", "agent": name, "scope": "search"}


async def test_who_only_keeps_the_set_up_searches_nothing(house, ask):
    answer = await ask("alma", {"q": "Kari"})

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert house.copies == []


async def test_no_national_identity_number_goes_on_to_the_ledger(house, ask):
    await ask("kari", {"q": "Kari 01010750160"})
    (asked,) = house.copies

    assert json.loads(asked.content)["q"] == "Kari ***********"


@pytest.mark.parametrize(
    "body", [{"q": "x" * 501}, {"limit": 0}, {"order": "oldest"}, {"more": 1}, {"topic": "A B"}]
)
async def test_what_is_no_question_is_refused_without_a_word_of_it(house, ask, body):
    answer = await ask("kari", body)

    assert answer.status_code == 422
    assert "xxx" not in answer.text
    assert house.copies == []


async def test_another_sites_page_cannot_search(house, ask):
    assert (await ask("kari", {"q": "x"}, Origin="https://elsewhere.no")).status_code == 403
    assert house.copies == []


@pytest.mark.parametrize(
    ("status", "code"), [(422, "period_invalid"), (422, "frame_invalid"), (503, "busy")]
)
async def test_what_the_ledger_says_is_told(house, ask, status, code):
    house.copy = httpx.Response(status, json={"code": code})

    answer = await ask("kari", {"q": "x"})

    assert (answer.status_code, answer.json()) == (status, {"code": code})
