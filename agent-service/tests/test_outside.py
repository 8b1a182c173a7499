"""Where webhooks may go, and how often a key may ask."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from agent_service.outside.addresses import may_hook
from agent_service.outside.keys import Key
from agent_service.outside.rest import rest_app
from services.errors import Transient

RIGHT = "right"
PUBLIC, HOME = "https://konsoll.sarpsborg.example", "http://localhost:8081"


@pytest.mark.parametrize(
    "url",
    ["https://x.example", "https://sak.kommune.no/prek?n=1", "https://x.example:8443/a"],
)
def test_milestones_go_to_hosts_with_a_name_over_https(url):
    assert may_hook(url, PUBLIC)
    assert may_hook(url, HOME)


@pytest.mark.parametrize(
    "url",
    [
        "http://x.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://intern/",
        "https://user:pw@x.example/",
        "https://x.example:99999/",
        "ftp://x.example/",
        "https:///x",
        "",
        "x",
        "https://[",
    ],
)
def test_milestones_go_nowhere_that_only_our_own_network_can_see(url):
    assert not may_hook(url, PUBLIC)


def test_on_this_machine_alone_they_may_stay_on_this_machine():
    assert may_hook("http://127.0.0.1:8000/", HOME)
    assert not may_hook("http://127.0.0.1:8000/", PUBLIC)
    assert not may_hook("http://10.0.0.1/", HOME)


class OneKey:
    """Knows one key."""

    key = Key(
        uuid4(), "sarpsborg", "Sak", ("webhooks.write",), "ada",
        datetime(2026, 11, 27, tzinfo=UTC), datetime(2027, 11, 27, tzinfo=UTC),
    )  # fmt: skip
    away = False

    async def key_of(self, secret):
        if self.away:
            raise Transient("database")
        return self.key if secret == RIGHT else None

    async def hooks(self, _tenant):
        return []


@pytest.fixture
def keys():
    return OneKey()


@pytest.fixture
async def ask(keys):
    settings = SimpleNamespace(rate_profile="normal", public_origin=PUBLIC)
    app = rest_app(keys, SimpleNamespace(), settings)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as web:

        async def ask(path="/webhooks", secret=RIGHT, **more):
            return await web.request(
                more.pop("method", "GET"),
                path,
                headers={"Authorization": f"Bearer {secret}"},
                **more,
            )

        yield ask


async def test_a_key_that_asks_too_much_is_told_when_to_come_back(ask):
    answers = [await ask() for _ in range(70)]
    refused = [each for each in answers if each.status_code == 429]

    assert [each.status_code for each in answers[:60]] == [200] * 60
    assert refused
    assert refused[0].json() == {"code": "rate_limited"}
    assert int(refused[0].headers["Retry-After"]) >= 1


async def test_who_has_no_key_is_told_nothing_else(ask):
    for path in ("/webhooks", "/conversations?limit=0", "/statistics"):
        answer = await ask(path, secret="wrong")
        assert (answer.status_code, answer.json()) == (401, {"code": "token_invalid"})


async def test_what_is_asked_while_the_database_is_away_is_asked_again(ask, keys):
    keys.away = True
    answer = await ask()

    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})
    assert "Retry-After" in answer.headers


async def test_an_error_quotes_nothing_of_what_was_sent(ask):
    body = {"url": "https://hemmelig.example/", "milestones": ["hemmelig"]}
    answer = await ask(method="POST", json=body)

    assert answer.status_code == 422
    assert "hemmelig" not in answer.text


async def test_an_address_that_is_refused_is_said_to_be(ask):
    body = {"url": "https://a.lan:99/", "milestones": ["closed"]}
    # By its form it is none of the internet's.
    assert (await ask(method="POST", json=body)).status_code == 422
    nowhere = await ask("/finnes-ikke")
    assert (nowhere.status_code, nowhere.json()) == (404, {"code": "not_found"})
    wrong = await ask(method="PUT")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, POST")
