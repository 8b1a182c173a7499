"""The archive at the desk's door: who is let through, and what is passed on."""

from uuid import UUID

import httpx
import pytest
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"
ONE = UUID(int=1)
EXPORTS = "/api/archive/exports"
BODY = {"case_number": "2026/1", "record_number": "2026/1-1"}
ROUTES = [
    ("GET", "?state=failed&limit=50&department=byggesak", None),
    ("GET", f"/{ONE}", None),
    ("POST", f"/{ONE}/retry", None),
    ("POST", f"/{ONE}/receipt", BODY),
    ("GET", f"/{ONE}/package", None),
]


@pytest.fixture
async def web(house):
    house.copy = httpx.Response(200, json={"told": True})
    async with house.web() as web:
        yield web


@pytest.fixture
def ask(house, web):
    async def ask(method, path, name="arne", **request):
        headers = {**await house.sign_in(web, name), **request.pop("headers", {"X-Prek": "1"})}
        return await web.request(method, f"{EXPORTS}{path}", headers=headers, **request)

    return ask


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_an_archivists_question_is_passed_on_in_their_name(house, ask, method, path, body):
    answer = await ask(method, path, json=body)
    (asked,) = house.copies
    token = asked.headers["authorization"].removeprefix("Bearer ")
    said = Signer(KEY).verify("transcript", token)

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    bare, _, query = path.partition("?")
    assert (asked.method, asked.url.path) == (method, f"/internal/v1/archive/exports{bare}")
    assert dict(asked.url.params) == dict(httpx.QueryParams(query))
    assert (said["agent"], said["scope"]) == ("arne", "archive")


@pytest.mark.parametrize("name", ["kari", "mona", "siv", "alma"])
@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_else_gets_that_far(house, ask, name, method, path, body):
    answer = await ask(method, path, name, json=body)

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert house.copies == []


@pytest.mark.parametrize("path", [f"/{ONE}/retry", f"/{ONE}/receipt"])
async def test_what_another_page_made_a_browser_send_is_turned_away(house, ask, path):
    answer = await ask("POST", path, json=BODY, headers={"Origin": "https://annen.example"})

    assert answer.status_code == 403
    assert house.copies == []


async def test_a_package_is_a_file_to_be_saved(house, ask):
    house.copy = httpx.Response(200, content=b"PK")
    answer = await ask("GET", f"/{ONE}/package")

    assert answer.content == b"PK"
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="arkiv-{ONE}.zip"'


@pytest.mark.parametrize("code", ["not_failed", "not_waiting"])
async def test_the_ledgers_code_is_passed_on(house, ask, code):
    house.copy = httpx.Response(409, json={"code": code})
    answer = await ask("POST", f"/{ONE}/retry")

    assert (answer.status_code, answer.json()) == (409, {"code": code})


async def test_a_national_identity_number_does_not_become_a_record_number(house, ask):
    await ask("POST", f"/{ONE}/receipt", json={"record_number": "01019012480"})
    (asked,) = house.copies

    assert b"01019012480" not in asked.content


async def test_a_state_is_one_of_the_five(ask):
    assert (await ask("GET", "?state=lost")).status_code == 422
