"""Signing in at the municipality's own provider, in a browser, and being signed out there."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from native.system import WholeSystem
from playwright.async_api import Browser, Page, expect
from provider import Provider
from screens import SOON_MS, Console
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CLOSED_WITHIN_S = 5.0


@pytest.fixture(scope="module")
def provider():
    """The provider that the town's administrator has named."""
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def vouched(tmp_path_factory, provider):
    """A system whose agents may sign in there."""
    env = {"PREK_OIDC": json.dumps([provider.settings()])}
    with WholeSystem(tmp_path_factory.mktemp("vouched") / "run", env=env) as running:
        yield running


@pytest.fixture
def agent(vouched: WholeSystem) -> str:
    """Somebody who works there."""
    return str(vouched.users("servicetorget")[1]["name"])


@asynccontextmanager
async def at(browser: Browser, address: str) -> AsyncIterator[Console]:
    """Give a browser of its own that stands at the desk's door."""
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 800})
    console = Console(await context.new_page())
    await console.page.goto(address)
    yield console
    await context.close()

    assert console.faults == []


async def go_in(page: Page, who: str) -> None:
    """Go to the provider and say who one is."""
    await page.get_by_role("link", name="Logg inn med kommunekonto").click()
    await page.get_by_placeholder("sub").fill(who)
    await page.get_by_role("button", name="Authorize", exact=True).click()


async def is_in(page: Page) -> None:
    await expect(page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)


async def test_an_agent_signs_in_with_a_challenge_and_out_again(
    browser: Browser, vouched: WholeSystem, provider: Provider, agent: str, screenshots: Path
) -> None:
    async with at(browser, vouched.addresses["console"]) as console:
        page = console.page
        door = page.get_by_role("link", name="Logg inn med kommunekonto")
        await expect(door).to_be_visible()
        axe = await console.seen(screenshots / "sign-in-provider.png")
        await page.keyboard.press("Tab")
        await expect(door).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Brukernavn")).to_be_visible()
        axe += await console.seen(screenshots / "sign-in-both.png")
        await go_in(page, agent)
        await is_in(page)
        cookies = {c["name"]: c for c in await page.context.cookies()}
        address = page.url
        asked = provider.asked[-1]
        await page.locator(".menu > button").click()
        await page.get_by_role("button", name="Logg ut").click()
        await expect(page).to_have_url(re.compile("^" + re.escape(provider.issuer)))

    assert axe == []
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert {"state", "nonce"} < set(asked)
    session = cookies["__Host-prek"]
    assert (session["httpOnly"], session["secure"], session["sameSite"]) == (True, True, "Lax")
    assert "__Host-prek-sign-in" not in cookies
    assert "code" not in address
    assert "state" not in address


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"exp": 1},
        {"nonce": "of another sign-in"},
    ],
    ids=str,
)
async def test_a_token_that_is_not_to_be_believed_leads_back_to_the_door(
    browser: Browser, vouched: WholeSystem, provider: Provider, agent: str, wrong: dict[str, object]
) -> None:
    async with at(browser, vouched.addresses["console"]) as console:
        with provider.saying(**wrong):
            await go_in(console.page, agent)
            said = console.page.get_by_text("Innloggingen kunne ikke godkjennes.")
            await expect(said).to_be_visible()
        names = {cookie["name"] for cookie in await console.page.context.cookies()}
        await console.page.reload()
        await expect(console.page.get_by_role("heading", name="Logg inn")).to_be_visible()
        await expect(said).to_have_count(0)

    assert "__Host-prek" not in names


async def test_an_answer_that_was_used_opens_nothing_a_second_time(
    browser: Browser, vouched: WholeSystem, agent: str
) -> None:
    async with at(browser, vouched.addresses["console"]) as console:
        page = console.page
        came: list[str] = []
        page.on("request", lambda request: came.append(request.url))
        await go_in(page, agent)
        await is_in(page)
        answer = next(url for url in came if "/callback?" in url)
        await page.context.clear_cookies()
        await page.goto(answer)
        await expect(page.get_by_text("Innloggingen tok for lang tid")).to_be_visible()


async def test_a_stranger_is_told_whom_to_ask(
    browser: Browser, vouched: WholeSystem, screenshots: Path
) -> None:
    async with at(browser, vouched.addresses["console"]) as console:
        await go_in(console.page, "fremmed")
        await expect(console.page.get_by_text("Vi kjenner deg ikke i skranken.")).to_be_visible()
        axe = await console.seen(screenshots / "sign-in-unknown.png")

    assert axe == []


async def socket_at(replica: str, origin: str, cookie: str) -> ClientConnection:
    """Return a console's socket at one replica, welcomed."""
    headers = {"X-Prek": "1", "Origin": origin, "Cookie": f"__Host-prek={cookie}"}
    async with httpx.AsyncClient(trust_env=False, headers=headers) as http:
        ticket = (await http.post(f"{replica}/api/ticket")).json()["ticket"]
    url = replica.replace("http", "ws", 1) + "/ws/agent"
    socket = await connect(url, subprotocols=[Subprotocol("prek.v1")], origin=Origin(origin))
    await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
    while json.loads(await socket.recv())["type"] != "welcome":
        pass
    return socket


async def closed(socket: ClientConnection) -> tuple[int | None, float]:
    """Return by which code a socket was closed, and when."""
    with contextlib.suppress(ConnectionClosed):  # 4001 is no ordinary end
        async for _ in socket:
            pass
    return socket.close_code, time.monotonic()


async def test_a_logout_at_the_provider_closes_the_sockets_on_both_replicas(
    browser: Browser, vouched: WholeSystem, provider: Provider, agent: str
) -> None:
    replicas = [vouched.process("agent-service", n)["health"].rsplit("/", 1)[0] for n in (1, 2)]
    address = vouched.addresses["console"]
    async with at(browser, address) as console:
        page = console.page
        await go_in(page, agent)
        await is_in(page)
        cookies = {c["name"]: c["value"] for c in await page.context.cookies()}
        origin = await page.evaluate("location.origin")
        sockets = [await socket_at(each, origin, cookies["__Host-prek"]) for each in replicas]
        said = provider.said[agent]
        token = {"logout_token": provider.logout_token(sub=agent, sid=said["sid"])}
        async with httpx.AsyncClient(trust_env=False) as http:
            began = time.monotonic()
            told = await http.post(f"{replicas[0]}/api/backchannel-logout", data=token)
            ends = await asyncio.gather(*(closed(socket) for socket in sockets))
            again = await http.post(f"{replicas[1]}/api/backchannel-logout", data=token)
        await expect(page.get_by_text("Du er logget ut.")).to_be_visible()

    assert (told.status_code, again.status_code) == (200, 400)
    assert [code for code, _ in ends] == [4001, 4001]
    assert max(when for _, when in ends) - began < CLOSED_WITHIN_S
