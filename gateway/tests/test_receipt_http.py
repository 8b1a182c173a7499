"""The way back to a written answer over plain HTTP."""

from uuid import uuid4

import httpx
import pytest
from services.clock import utc_now
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def http(house):
    async with httpx.AsyncClient(base_url=house.address, trust_env=False) as client:
        yield client


async def _written(house) -> dict[str, str]:
    client = await house.client()
    await client.hello()
    await client.open()
    await client.say("ask_written", id=str(uuid4()), answer_by="receipt")
    status = await client.until("status", state="written")
    return {
        "tenant": "sarpsborg",
        "receipt": status["receipt"],
        "secret": status["receipt_secret"],
    }


async def test_number_and_secret_open_the_answer_and_nothing_else(house, http):
    pair = await _written(house)
    answer = await http.post("/api/receipt", json=pair)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    opened = answer.json()
    client = await house.client()
    welcome = await client.hello(secret=None, **opened)
    assert welcome["status"]["state"] == "written"
    assert welcome["events"][0]["mine"]
    await client.send("Jeg glemte noe")

    action = str(uuid4())
    await client.say("open", id=action, conversation=str(uuid4()))
    await client.until("refused", id=action, code="not_allowed")
    for token in (opened["token"], welcome["token"]):
        other = await house.client()
        await other.say("hello", tenant="sarpsborg", token=token, conversation=str(uuid4()))
        await other.until("refused", code="token_invalid")
        assert await other.close_code() == 4001


async def test_what_people_type_is_read_as_meant(house, http):
    pair = await _written(house)
    typed = {
        "receipt": pair["receipt"].lower().replace("-", " ").replace("0", "o"),
        "secret": pair["secret"].lower().replace("-", "").replace("1", "l"),
    }
    assert (await http.post("/api/receipt", json=pair | typed)).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "0000-0000-0000-0000"},
        {"secret": ""},
        {"secret": "ærøå"},
        {"receipt": "SA-0123-4568"},
        {"receipt": ""},
        {"tenant": "halden"},
    ],
)
async def test_every_wrong_pair_is_refused_alike(house, http, wrong):
    pair = await _written(house)
    asked = len(house.ledger.queries)
    answer = await http.post("/api/receipt", json=pair | wrong)
    assert answer.status_code == 404
    assert answer.json() == {"code": "not_found"}
    assert len(house.ledger.queries) == asked  # a wrong secret asks nobody


async def test_a_right_pair_of_no_conversation_is_refused_like_a_wrong_one(house, http):
    pair = await _written(house)
    house.ledger.conversations.clear()
    answer = await http.post("/api/receipt", json=pair)
    assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"tenant": "sarpsborg"}', b'{"secret": "' + b"x" * 9_000 + b'"}']
)
async def test_a_bad_body_is_refused_and_not_quoted(house, http, body):
    answer = await http.post("/api/receipt", content=body)
    assert (answer.status_code, answer.json()) == (400, {"code": "frame_invalid"})


async def test_a_ledger_that_is_away_asks_to_try_again(house, http):
    pair = await _written(house)
    house.broker.stop()
    answer = await http.post("/api/receipt", json=pair)
    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})
    assert answer.headers["retry-after"] == "2"


class TestLimits:
    @pytest.fixture
    def changes(self):
        return {"receipt_burst": 2}

    async def test_an_address_cannot_guess_on(self, house, http):
        wrong = {"tenant": "sarpsborg", "receipt": "SA-0000-0000", "secret": "0"}
        guesser = {"X-Forwarded-For": "198.51.100.7"}
        for status in (404, 404, 429):
            answer = await http.post("/api/receipt", json=wrong, headers=guesser)
            assert answer.status_code == status
        assert answer.json() == {"code": "rate_limited"}
        assert 1 <= int(answer.headers["retry-after"]) <= 5
        neighbour = {"X-Forwarded-For": "198.51.100.8"}
        assert (await http.post("/api/receipt", json=wrong, headers=neighbour)).status_code == 404


async def test_the_token_names_the_citizen_who_asked(house, http):
    pair = await _written(house)
    opened = (await http.post("/api/receipt", json=pair)).json()
    claims = Signer(KEY, utc_now).verify("citizen", opened["token"])
    assert claims["citizen"] == house.ledger.only.citizen
    assert claims["conversation"] == opened["conversation"] == str(house.ledger.only.id)
