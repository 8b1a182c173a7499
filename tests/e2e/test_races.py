"""What must have one outcome has one, whoever races for it; read from the ledger itself."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from chat import PATIENCE_S
from ledger_log import Archive, broken_epochs, most_at_once, steps
from native.layout import REPOSITORY
from native.system import WholeSystem
from replay.citizen import Citizen
from replay.desk import Agent
from replay.link import Refused

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


class Watching(Agent):
    """A desk that takes nothing by itself and remembers what it was shown."""

    def __init__(self, system: WholeSystem, user: dict[str, Any]) -> None:
        super().__init__(
            system.addresses["console"].rstrip("/"), user, {}, {}, random.Random(1), duplicate=False
        )
        self.shown: dict[str, dict[str, Any]] = {}
        self.news = asyncio.Condition()

    async def _summary(self, summary: dict[str, Any]) -> None:
        async with self.news:
            known = self.shown.get(summary["conversation"])
            if known is None or known["version"] < summary["version"]:
                self.shown[summary["conversation"]] = summary
            self.news.notify_all()

    async def _snapshot(self, frame: dict[str, Any]) -> None:
        for summary in (*frame["conversations"], *frame["line"]):
            await self._summary(summary)

    async def see(self, conversation: str, state: str) -> dict[str, Any]:
        """Wait until a conversation is shown in a state."""
        async with asyncio.timeout(PATIENCE_S), self.news:
            await self.news.wait_for(lambda: self.shown.get(conversation, {}).get("state") == state)
            return self.shown[conversation]


@asynccontextmanager
async def watching(system: WholeSystem, names: slice) -> AsyncIterator[list[Watching]]:
    desk = [Watching(system, user) for user in system.users("servicetorget")[names]]
    for agent in desk:
        agent.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            for agent in desk:
                await agent.ready.wait()
        yield desk
    finally:
        await asyncio.gather(*(agent.stop() for agent in desk))


@asynccontextmanager
async def asking(system: WholeSystem) -> AsyncIterator[Citizen]:
    socket = system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
    citizen = Citizen(socket, "sarpsborg", random.Random(1), duplicate=False)
    citizen.start()
    try:
        yield citizen
    finally:
        await citizen.stop()


async def outcome(agent: Agent, kind: str, **fields: Any) -> str:
    """Do an action; return `done`, or the code it was refused with."""
    try:
        await agent.act(kind, **fields)
    except Refused as refused:
        return str(refused)
    return "done"


async def test_two_agents_accept_one_offer_and_one_has_it(system: WholeSystem) -> None:
    async with watching(system, slice(2)) as desk, asking(system) as citizen:
        await citizen.open("")
        seen = await asyncio.gather(*(a.see(citizen.conversation, "offered") for a in desk))
        offer = seen[0]["offer"]
        accept = {"conversation": citizen.conversation, "offer": offer["id"]}
        told = dict(
            zip(
                [agent.agent for agent in desk],
                await asyncio.gather(*(outcome(a, "accept", **accept) for a in desk)),
                strict=True,
            )
        )
        async with Archive(system) as archive:
            row = await archive.fetchrow(
                "SELECT owner, epoch FROM ledger.conversation WHERE id = $1::uuid",
                citizen.conversation,
            )

    assert told.pop(offer["agent"]) == "done"
    assert list(told.values()) == ["offer_gone"]
    assert (row["owner"], row["epoch"]) == (offer["agent"], 1)


async def test_many_take_one_conversation_from_the_line_and_one_has_it(
    system: WholeSystem,
) -> None:
    async with watching(system, slice(6)) as desk, asking(system) as citizen:
        for agent in desk:  # nobody is offered it, so that it stays in the line
            await agent.say({"type": "presence", "presence": "busy", "reason": ""})
        await citizen.open("")
        seen = await asyncio.gather(*(a.see(citizen.conversation, "waiting") for a in desk))
        take = {"conversation": citizen.conversation, "epoch": seen[0]["epoch"]}
        told = await asyncio.gather(*(outcome(a, "take_over", **take) for a in desk))

    assert told.count("done") == 1
    assert set(told) <= {"done", "stale_epoch", "not_allowed"}


async def test_a_burst_on_two_routers_takes_nobody_over_capacity(
    system: WholeSystem, tmp_path: Path
) -> None:
    dialogues = tmp_path / "burst.jsonl"
    turns = [{"from": "citizen", "text": "Hei?"}, {"from": "agent", "text": "Hei!"}]
    dialogues.write_text(
        "".join(json.dumps({"id": str(n), "turns": turns}) + "\n" for n in range(150))
    )
    async with Archive(system) as archive:
        former = {step.conversation for step in await steps(archive)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "replay", str(dialogues), "--concurrency", "150"),
        *("--addresses", str(system.layout.addresses)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    printed, _ = await process.communicate()
    result = json.loads(printed.splitlines()[-1])
    async with Archive(system) as archive:
        log = await steps(archive)
        agents = await archive.fetch("SELECT id, load, capacity FROM ledger.agent")
        mismatches = await archive.fetch(
            "SELECT a.id FROM ledger.agent AS a WHERE a.load <> ("
            " SELECT count(*) FROM ledger.conversation AS c"
            " WHERE c.tenant = a.tenant AND a.id IN (c.owner, c.wrapup_agent)) + ("
            " SELECT count(*) FROM ledger.offer AS o"
            " WHERE o.tenant = a.tenant AND o.agent = a.id AND o.state = 'pending')"
        )
    capacity = {row["id"]: row["capacity"] for row in agents}
    # What was there before had other capacities: stories change them.
    most = most_at_once(step for step in log if step.conversation not in former)

    assert result["messages"] == 300
    assert len(most) > 10, "the burst went to many agents"
    assert max(most.values()) == 3, "it filled some of them"
    assert {agent: n for agent, n in most.items() if n > capacity[agent]} == {}
    assert broken_epochs(log) == []
    assert [row for row in agents if row["load"] > row["capacity"]] == []
    assert mismatches == []
