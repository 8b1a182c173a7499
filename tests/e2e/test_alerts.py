"""A department is not at the desk all day: a letter without content calls it, then its leader."""

import asyncio
import random
import re
from contextlib import AsyncExitStack
from email.message import EmailMessage

import pytest
from chat import PATIENCE_S
from playwright.async_api import Browser, expect
from replay.citizen import Citizen
from screens import SOON_MS, at_desk
from set_up import TENANT, SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WORDS = "Bilen min ble tauet fra Torggata i natt. Hvor er den?"
DEPARTMENT, LEADER = "parkering@sarpsborg.example", "parkeringsleder@sarpsborg.example"


def impatient(setup: SetUp) -> None:
    """Call the department after a second, and its leader two seconds later."""
    setup["timing"] |= {"alert_s": 1, "alert_leader_s": 2}


def with_a_mailbox(setup: SetUp) -> None:
    """Name the department's mailbox, as an administrator does."""
    parking = next(each for each in setup["departments"] if each["id"] == "parkering-trafikk")
    parking["alerts"] = {"department": [DEPARTMENT], "leader": []}


def about(letter: EmailMessage) -> str:
    """Return all that a letter says."""
    return f"{letter['Subject']}\n{letter.get_content()}"


async def test_a_department_that_is_not_there_is_called_by_one_letter_and_then_its_leader(
    browser: Browser, town: Town
) -> None:
    await town.change(impatient)
    await town.change(with_a_mailbox)
    # Named twice it is told once; the leader is only on the operator's list.
    await town.tell_by_mail(
        {
            ("parkering-trafikk", "department"): DEPARTMENT,
            ("parkering-trafikk", "leader"): LEADER,
        }
    )
    socket = town.system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
    citizen = Citizen(socket, TENANT, random.Random(1), duplicate=False)
    async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE_S * 3):
        citizen.start()
        stack.push_async_callback(citizen.stop)
        await citizen.open("parkering")
        await citizen.send(WORDS)
        told = [about((await town.post.letters_to(to))[0]) for to in (DEPARTMENT, LEADER)]
        link = re.search(r"\S+#conversation=\S+", told[0])
        assert link is not None
        agent = town.user("parkering-trafikk")
        async with at_desk(browser, town.system, agent, address=link.group()) as console:
            await console.accept()
            await expect(console.log).to_contain_text(WORDS, timeout=SOON_MS)
            await console.say("Den står hos Viken i Industriveien.")
            await console.finish()
        await citizen.wait_closed()

    assert citizen.conversation in link.group()
    assert "Til leder, Parkering og trafikk" in told[1]
    for word in ("Bilen", "tauet", "Torggata"):
        assert word not in " ".join(told)
    assert sorted(letter["To"] for letter in town.post.letters) == sorted([DEPARTMENT, LEADER])
