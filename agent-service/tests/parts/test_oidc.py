"""Signing in at a real provider over HTTP, with the desk's own tables behind it."""

import asyncio
import base64
import hmac
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from agent_service.app import assemble
from agent_service.guards import COOKIE
from agent_service.oidc.api import BEGUN_COOKIE
from agent_service.oidc.rows import Identity, OidcRows
from agent_service.oidc.settings import Provider as ProviderSettings
from agent_service.oidc.signing import SignIns
from agent_service.postgres import PostgresStore
from agent_service.seed import demonstration
from agent_service.settings import Settings
from provider import LOGOUT, Provider, new_key
from services.testing import MemoryBus

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ORIGIN = "https://console.example"
KEY = "0123456789abcdef0123456789abcdef"
AGENT = next(a for a in demonstration().agents if a.roles == ("agent",))
LEADER = next(a for a in demonstration().agents if "leader" in a.roles)


@pytest.fixture(scope="module")
def provider():
    with Provider() as provider:
        yield provider


@pytest.fixture(autouse=True)
def as_usual(provider):
    """Every test finds a provider that can be believed."""
    yield
    provider.key = provider.published[0]
    provider.published = [provider.key]
    provider.changes, provider.header, provider.response = {}, {}, {}
    provider.metadata, provider.away = {}, False


@pytest.fixture
def changes():
    """What a test wants of the provider's entry otherwise."""
    return {}


@dataclass
class Door:
    """One replica's HTTP, and a browser in front of it."""

    browser: httpx.AsyncClient
    outside: httpx.AsyncClient
    sign_ins: SignIns
    rows: OidcRows

    async def begin(self) -> httpx.Response:
        """Go to the provider."""
        return await self.browser.get("/api/sign-in/sarpsborg/prove")

    async def at_provider(self, url: str, sub: str, **more: str) -> str:
        """Say who one is there; return where it sends the browser back to."""
        answer = await self.outside.post(url, data={"sub": sub, **more})
        assert answer.status_code == 302
        return answer.headers["location"]

    async def sign_in(self, sub: str) -> str:
        """Go there and back; return where one lands."""
        back = await self.at_provider((await self.begin()).headers["location"], sub)
        return (await self.browser.get(back)).headers["location"]

    async def who(self) -> int:
        """Return how the door answers who is there."""
        return (await self.browser.get("/api/session")).status_code

    async def told(self, token: str) -> int:
        """Return how it takes a logout token."""
        answer = await self.outside_post(token)
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code

    async def outside_post(self, token: str) -> httpx.Response:
        return await self.browser.post("/api/backchannel-logout", data={"logout_token": token})


def _base64(part: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.fixture
async def door(desk, provider, changes, broker, ledger, leases, alerts, monkeypatch):
    made = []
    init = SignIns.__init__
    monkeypatch.setattr(
        SignIns, "__init__", lambda self, *a, **k: made.append(self) or init(self, *a, **k)
    )
    settings = Settings(
        amqp_url="amqp://unused",
        database_url=desk.url,
        signing_key=KEY,
        public_origin=ORIGIN,
        oidc=(ProviderSettings(**provider.settings(**changes)),),
    )
    outside = httpx.AsyncClient(trust_env=False)
    rows = OidcRows(desk.url, KEY)
    service = assemble(
        settings,
        bus=MemoryBus(broker, source="agent", instance="agent-1"),
        leases=leases,
        store=PostgresStore(desk.url),
        alerts=alerts,
        http=httpx.AsyncClient(trust_env=False),
        files=httpx.AsyncClient(trust_env=False),
        rows=rows,
        providers=outside,
    )
    async with AsyncExitStack() as stack:
        for step in service.start:
            await step()
        for step in service.stop:
            stack.push_async_callback(step)
        stack.push_async_callback(outside.aclose)
        await ledger.until(lambda: "sarpsborg" in ledger.published)
        browser = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url=ORIGIN)
        )
        yield Door(browser, outside, made[0], rows)


async def test_a_person_signs_in_with_a_challenge_and_is_who_the_provider_says(door, provider):
    answer = await door.begin()
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    cookie = answer.headers["set-cookie"]
    back = await door.at_provider(answer.headers["location"], AGENT.id)
    landed = await door.browser.get(back)
    session = await door.browser.get("/api/session")

    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge", "ui_locales"} < set(asked)
    assert "code_verifier" not in asked
    assert cookie.startswith(f"{BEGUN_COOKIE}=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert landed.headers["location"] == "/"
    assert BEGUN_COOKIE not in door.browser.cookies
    assert session.json()["agent"] == AGENT.id
    assert len(provider.redeemed[-1]["code_verifier"]) >= 43


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": ["prek", "another client"]},
        {"azp": "another client"},
        {"exp": 1},
        {"iat": 1},
        {"nonce": "another nonce"},
        {"nonce": None},
        {"at_hash": "wrong"},
        {"sub": None},
    ],
    ids=str,
)
async def test_a_token_that_says_something_wrong_opens_nothing(door, provider, wrong):
    with provider.saying(**wrong):
        landed = await door.sign_in(AGENT.id)

    assert landed == "/?sign_in=failed"
    assert COOKIE not in door.browser.cookies


async def test_a_signature_by_another_key_under_the_same_name_opens_nothing(door, provider):
    provider.key = new_key()
    provider.header = {"kid": provider.published[0].kid}
    landed = await door.sign_in(AGENT.id)

    assert landed == "/?sign_in=failed"


async def test_a_key_nobody_knows_yet_is_fetched_once(door, provider):
    first = await door.sign_in(AGENT.id)
    provider.key = new_key()
    provider.published = [*provider.published, provider.key]
    # Keys are read again at most every 30 s.
    for remote in door.sign_ins._remotes.values():
        read_at, keys = remote._keys
        remote._keys = (read_at - 31, keys)
    second = await door.sign_in(AGENT.id)

    assert (first, second) == ("/", "/")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_an_algorithm_that_was_not_agreed_on_is_refused(door, provider, algorithm):
    await door.sign_in(AGENT.id)
    claims = provider.said[AGENT.id] | {"events": {LOGOUT: {}}, "jti": algorithm, "nonce": None}
    _, payload, _ = provider.signed(claims).split(".")
    header = _base64({"alg": algorithm, "kid": provider.key.kid})
    # The public key as the secret of an HMAC: libraries make none, so it is made by hand.
    public = provider.key.as_pem(private=False)
    made = hmac.digest(public, f"{header}.{payload}".encode(), "sha256")
    signature = "" if algorithm == "none" else base64.urlsafe_b64encode(made).decode().rstrip("=")
    token = f"{header}.{payload}.{signature}"

    assert await door.told(token) == 400
    assert await door.who() == 200


async def test_a_state_that_was_not_given_or_was_used_opens_nothing(door, provider):
    url = (await door.begin()).headers["location"]
    back = await door.at_provider(url, AGENT.id)
    forged = back.replace("state=", "state=x")
    wrong = (await door.browser.get(forged)).headers["location"]
    # The wrong one has spent what was begun: the right one comes too late.
    late = (await door.browser.get(back)).headers["location"]

    assert (wrong, late) == ("/?sign_in=expired", "/?sign_in=expired")


async def test_an_answer_is_used_once_and_by_the_browser_that_asked(door, provider):
    begun = await door.begin()
    secret = door.browser.cookies[BEGUN_COOKIE]
    back = await door.at_provider(begun.headers["location"], AGENT.id)
    door.browser.cookies.clear()
    stolen = (await door.browser.get(back)).headers["location"]
    cookie = {"Cookie": f"{BEGUN_COOKIE}={secret}"}
    right = (await door.browser.get(back, headers=cookie)).headers["location"]
    again = (await door.browser.get(back, headers=cookie)).headers["location"]

    assert (stolen, right, again) == ("/?sign_in=expired", "/", "/?sign_in=expired")


async def test_a_code_is_worth_nothing_in_another_sign_in(door, provider):
    first = await door.at_provider((await door.begin()).headers["location"], AGENT.id)
    code = parse_qs(urlsplit(first).query)["code"][0]
    url = (await door.begin()).headers["location"]
    state = parse_qs(urlsplit(url).query)["state"][0]
    path = urlsplit(first).path
    landed = await door.browser.get(path, params={"code": code, "state": state})

    assert landed.headers["location"] == "/?sign_in=failed"


async def test_another_provider_may_not_answer(door, provider):
    provider.response = {"iss": "https://other.example"}
    other = await door.sign_in(AGENT.id)
    provider.response = {"iss": provider.issuer}
    named = await door.sign_in(AGENT.id)

    assert (other, named) == ("/?sign_in=failed", "/")


async def test_a_promised_name_must_come(door, provider):
    provider.metadata = {"authorization_response_iss_parameter_supported": True}

    assert await door.sign_in(AGENT.id) == "/?sign_in=failed"


async def test_a_document_of_another_issuer_is_not_believed(door, provider):
    provider.metadata = {"issuer": "https://other.example"}
    answer = await door.begin()

    assert answer.headers["location"] == "/?sign_in=failed"


async def test_a_provider_that_is_away_is_told_as_such(door, provider):
    provider.away = True
    answer = await door.begin()

    assert answer.headers["location"] == "/?sign_in=busy"


async def test_who_says_no_there_is_told_so(door):
    url = (await door.begin()).headers["location"]
    back = await door.at_provider(url, AGENT.id, action="deny")
    landed = (await door.browser.get(back)).headers["location"]

    assert landed == "/?sign_in=denied"


async def test_somebody_the_set_up_does_not_know_is_told_so(door):
    assert await door.sign_in("fremmed") == "/?sign_in=unknown_person"
    assert await door.sign_in("Kari@Sarpsborg.example") == "/?sign_in=unknown_person"


async def test_an_unknown_provider_is_not_found(door):
    answer = await door.browser.get("/api/sign-in/sarpsborg/annen")

    assert answer.status_code == 404


async def test_the_console_is_told_which_ways_there_are(door):
    told = (await door.browser.get("/api/sign-in")).json()

    assert told["local"] is True
    assert told["providers"] == [
        {
            "name": "kommunekonto",
            "municipality": demonstration().name,
            "url": "/api/sign-in/sarpsborg/prove",
        }
    ]


class TestPeopleByAnotherName:
    @pytest.fixture
    def changes(self):
        return {"person_claim": "oid"}

    async def test_a_list_says_who_is_who(self, door, provider):
        person = "11111111-2222-3333-4444-555555555555"
        provider.knows("somebody", oid=person)
        before = await door.sign_in("somebody")
        await door.rows.replace_identities(
            [Identity(tenant="sarpsborg", provider="prove", person=person, agent=AGENT.id)]
        )
        after = await door.sign_in("somebody")
        session = (await door.browser.get("/api/session")).json()
        await door.rows.replace_identities(
            [Identity(tenant="sarpsborg", provider="prove", person="x", agent=AGENT.id)]
        )

        assert (before, after) == ("/?sign_in=unknown_person", "/")
        assert session["agent"] == AGENT.id


class TestGroups:
    @pytest.fixture
    def changes(self):
        agents = {"roles": ["agent"]}
        leaders = {"roles": ["agent", "leader"]}
        elsewhere = {"roles": ["agent"], "departments": ["ingen"]}
        return {"groups": {"skranken": agents, "ledere": leaders, "andre": elsewhere}}

    @pytest.mark.parametrize(
        ("who", "groups", "landed"),
        [
            (AGENT, ["skranken", "helt andre"], "/"),
            (AGENT, "skranken", "/"),
            (AGENT, [], "/?sign_in=no_access"),
            (AGENT, ["andre"], "/?sign_in=no_access"),
            (AGENT, ["helt andre"], "/?sign_in=no_access"),
            (LEADER, ["skranken"], "/?sign_in=no_access"),
            (LEADER, ["skranken", "ledere"], "/"),
        ],
    )
    async def test_nobody_has_more_than_the_groups_allow(self, door, provider, who, groups, landed):
        provider.knows(who.id, groups=groups)

        assert await door.sign_in(who.id) == landed

    async def test_whose_groups_become_others_is_out_at_the_next_check(self, door, provider, desk):
        provider.knows(AGENT.id, groups=["skranken"])
        await door.sign_in(AGENT.id)
        await _be_due(desk)
        await door.sign_ins.check()
        still = await door.who()
        await _be_due(desk)
        with provider.saying(groups=["andre"]):
            await door.sign_ins.check()

        assert (still, await door.who()) == (200, 401)


class TestAssurance:
    @pytest.fixture
    def changes(self):
        return {"acr": ["high", "substantial"]}

    async def test_a_level_that_is_asked_for_must_be_given(self, door, provider):
        asked = parse_qs(urlsplit((await door.begin()).headers["location"]).query)
        none = await door.sign_in(AGENT.id)
        with provider.saying(acr="low"):
            low = await door.sign_in(AGENT.id)
        with provider.saying(acr="substantial"):
            enough = await door.sign_in(AGENT.id)

        assert asked["acr_values"] == ["high substantial"]
        assert (none, low, enough) == ("/?sign_in=failed", "/?sign_in=failed", "/")


class TestClientsWithAKey:
    @pytest.fixture
    def changes(self):
        pem = new_key().as_pem(private=True).decode()
        return {"client_secret": "", "private_key": pem, "key_id": "vår"}

    async def test_the_client_proves_itself_by_a_signature(self, door, provider):
        await door.sign_in(AGENT.id)
        sent = provider.redeemed[-1]

        assert sent["client_assertion_type"].endswith("jwt-bearer")
        assert sent["client_assertion"].count(".") == 2
        assert "client_secret" not in sent


# Asking again


async def _be_due(desk) -> None:
    await desk.rows("UPDATE desk.session SET check_at = now() WHERE refresh IS NOT NULL")


async def test_a_refresh_token_lies_sealed_in_the_table(door, desk):
    await desk.rows("DELETE FROM desk.session")
    await door.sign_in(AGENT.id)
    (row,) = await desk.rows("SELECT refresh, subject FROM desk.session")
    due = None
    await _be_due(desk)
    (due,) = await door.rows.due(5)

    assert due.vouched.refresh_token
    assert due.vouched.refresh_token not in row["refresh"]
    assert row["subject"] == AGENT.id


async def test_who_is_shut_out_there_is_out_here_at_the_next_check(door, provider, desk):
    await door.sign_in(AGENT.id)
    await _be_due(desk)
    await door.sign_ins.check()
    still = await door.who()
    provider.shuts_out(AGENT.id)
    not_yet = await door.who()
    await _be_due(desk)
    await door.sign_ins.check()

    assert (still, not_yet, await door.who()) == (200, 200, 401)


async def test_a_provider_that_is_away_throws_nobody_out_for_an_hour(door, provider, desk):
    await door.sign_in(AGENT.id)
    provider.away = True
    await _be_due(desk)
    await door.sign_ins.check()
    at_first = await door.who()
    await _be_due(desk)
    await desk.rows("UPDATE desk.session SET checked_at = now() - interval '61 minutes'")
    await door.sign_ins.check()

    assert (at_first, await door.who()) == (200, 401)


async def test_two_replicas_ask_of_a_session_once(door, provider, desk):
    await door.sign_in(AGENT.id)
    await _be_due(desk)
    before = len(provider.redeemed)
    await asyncio.gather(door.sign_ins.check(), door.sign_ins.check())

    assert len(provider.redeemed) == before + 1


# Lasting longer

HERE = {"X-Prek": "1", "Origin": ORIGIN}


async def _be_nearly_over(desk) -> None:
    await desk.rows("UPDATE desk.session SET expires_at = now() + interval '5 minutes'")


async def test_a_session_the_provider_is_asked_about_is_extended_and_goes_on_being_asked_about(
    door, provider, desk
):
    await door.sign_in(AGENT.id)
    await _be_nearly_over(desk)
    extended = await door.browser.post("/api/session/extend", headers=HERE)
    provider.shuts_out(AGENT.id)
    await _be_due(desk)
    await door.sign_ins.check()
    too_late = await door.browser.post("/api/session/extend", headers=HERE)

    assert extended.status_code == 200
    assert extended.json()["left_s"] == pytest.approx(12 * 3600, abs=60)
    assert extended.json()["again"] is None
    assert too_late.status_code == 401


class TestAProviderThatCannotBeAskedAgain:
    @pytest.fixture
    def changes(self):
        return {"scopes": ["openid"]}

    async def test_one_signs_in_there_again_before_the_end(self, door, desk):
        await door.sign_in(AGENT.id)
        await desk.rows("UPDATE desk.session SET refresh = NULL")
        await _be_nearly_over(desk)
        told = (await door.browser.get("/api/session")).json()
        refused = await door.browser.post("/api/session/extend", headers=HERE)
        unchanged = (await door.browser.get("/api/session")).json()
        begun = await door.browser.get(told["again"])
        back = await door.at_provider(begun.headers["location"], AGENT.id)
        await door.browser.get(back)
        anew = (await door.browser.get("/api/session")).json()

        assert told["extendable"] is False
        assert (refused.status_code, refused.json()) == (409, {"code": "not_extendable"})
        assert unchanged["left_s"] <= told["left_s"] <= 300
        assert anew["left_s"] == pytest.approx(12 * 3600, abs=60)


# Being signed out there


@pytest.mark.parametrize("by", ["sid", "sub", "both"])
async def test_a_logout_there_ends_the_session_here(door, provider, by):
    await door.sign_in(AGENT.id)
    said = provider.said[AGENT.id]
    who = {"sub": {"sub": AGENT.id}, "sid": {"sid": said["sid"]}}
    who["both"] = who["sub"] | who["sid"]

    assert await door.told(provider.logout_token(**who[by])) == 200
    assert await door.who() == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"exp": 1},
        {"iat": 1},
        {"nonce": "a nonce"},
        {"events": None},
        {"events": {"another": {}}},
        {"events": [LOGOUT]},
        {"jti": None},
        {"sub": None},
    ],
    ids=str,
)
async def test_a_logout_token_that_is_not_to_be_believed_ends_nothing(door, provider, wrong):
    await door.sign_in(AGENT.id)

    assert await door.told(provider.logout_token(**({"sub": AGENT.id} | wrong))) == 400
    assert await door.who() == 200


async def test_a_logout_token_is_used_once(door, provider):
    token = provider.logout_token(sub=AGENT.id)
    first = await door.told(token)
    await door.sign_in(AGENT.id)
    again = await door.told(token)

    assert (first, again) == (200, 400)
    assert await door.who() == 200


async def test_an_id_token_is_no_logout_token(door, provider):
    await door.sign_in(AGENT.id)
    token = provider.signed(provider.said[AGENT.id], typ="JWT")

    assert await door.told(token) == 400
    assert await door.who() == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "🦑"])
async def test_what_is_no_token_at_all_is_refused(door, token):
    assert (await door.outside_post(token)).status_code in (400, 422)


async def test_a_session_that_ended_there_before_it_began_here_does_not_begin(door, provider):
    url = (await door.begin()).headers["location"]
    back = await door.at_provider(url, AGENT.id)
    with provider.saying(sid="over"):
        await door.told(provider.logout_token(sid="over"))
        landed = await door.browser.get(back)

    assert landed.headers["location"] == "/?sign_in=failed"


async def test_signing_out_here_leads_to_signing_out_there(door, provider):
    await door.sign_in(AGENT.id)
    answer = await door.browser.delete("/api/session", headers={"X-Prek": "1", "Origin": ORIGIN})
    onward = urlsplit(answer.json()["onward"])

    assert f"{onward.scheme}://{onward.netloc}" == provider.issuer
    assert parse_qs(onward.query) == {
        "client_id": ["prek"],
        "post_logout_redirect_uri": [f"{ORIGIN}/"],
    }
    assert await door.who() == 401


async def test_nothing_of_a_sign_in_is_told_to_the_log(door, provider, capfd):
    await door.sign_in("fremmed-person")
    await door.sign_in(AGENT.id)
    await door.told(provider.logout_token(sub=AGENT.id))
    said = "".join(capfd.readouterr())
    secrets = [provider.redeemed[-1][name] for name in ("code", "code_verifier")]

    assert "unknown_person" in said
    assert not [secret for secret in (*secrets, "fremmed-person") if secret in said]
