"""One conversation between a citizen and an agent over the public sockets, kept up by a test."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any, Self

from replay.citizen import Citizen
from replay.desk import Agent, Case

PATIENCE_S = 60.0
"""How long one step may take before the test gives up; never the measure of anything."""


class Chat:
    """A citizen and some agents who keep their connections up, and take what is offered."""

    def __init__(self, addresses: Mapping[str, Any], users: Sequence[Mapping[str, Any]]) -> None:
        """Prepare a conversation in the running system of `addresses`."""
        self._agents: dict[str, Agent] = {}
        cases: dict[str, Case] = {}
        self.desk = [
            Agent(
                addresses["console"].rstrip("/"),
                dict(user),
                cases,
                self._agents,
                random.Random(user["name"]),
                duplicate=False,
            )
            for user in users
        ]
        socket = addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
        self.citizen = Citizen(socket, "sarpsborg", random.Random(1), duplicate=False)
        self.case = cases[self.citizen.conversation] = Case(self.citizen.conversation)

    async def __aenter__(self) -> Self:
        """Connect everybody and wait until one of the agents has the conversation."""
        for link in (*self.desk, self.citizen):
            link.start()
        async with asyncio.timeout(PATIENCE_S):
            for link in (*self.desk, self.citizen):
                await link.ready.wait()
            await self.citizen.open("")
            await self.case.owned()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        await asyncio.gather(*(link.stop() for link in (*self.desk, self.citizen)))

    async def exchange(self, question: str, answer: str) -> None:
        """Let the citizen ask and the agent answer; return when each has seen the other's words."""
        async with asyncio.timeout(PATIENCE_S):
            event, *_ = await self.citizen.send(question)
            await self.case.wait_seen(event["id"])
            event, *_ = await self.case.send(answer)
            await self.citizen.wait_seen(event["id"])

    @property
    def shown(self) -> list[str]:
        """Return the texts of the dialogue as the citizen's screen shows them."""
        bodies = [event["body"] for event in self.citizen.rendered]
        return [body["text"] for body in bodies if body["kind"] == "message"]
