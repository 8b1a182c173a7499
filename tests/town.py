"""One municipality in a system of its own: its set-up is the test's to change, its post arrives.

What a test leaves behind (an open conversation, a changed set-up, an agent at the desk) is gone
before the next one begins, so that each of them may be run alone, last or twice.
"""

import asyncio
import email
import json
import os
import random
import sys
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.policy import default
from typing import cast
from urllib.parse import urljoin

import httpx
import set_up
from aiosmtpd.smtp import SMTP, Envelope, Session
from chat import PATIENCE_S
from ledger_log import Archive
from native.system import WholeSystem
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis
from replay.desk import Agent
from replay.link import Frame
from set_up import TENANT, SetUp

EMPTY_S = 45.0
"""Within so long every door knows of a console that is closed, on a machine with much to do."""


class Postbox:
    """An SMTP server on this machine, and every letter it was given, in order."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self.letters: list[EmailMessage] = []
        self._came = asyncio.Condition()

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="post.example", loop=loop), "127.0.0.1", 0
        )

    async def stop(self) -> None:
        """Close the door."""
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Return the address for `PREK_SMTP_URL`."""
        host, port = self._server.sockets[0].getsockname()
        return f"smtp://{host}:{port}"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a letter."""
        content = cast("bytes", envelope.content)
        async with self._came:
            self.letters.append(
                cast("EmailMessage", email.message_from_bytes(content, policy=default))
            )
            self._came.notify_all()
        return "250 OK"

    async def letters_to(self, address: str) -> list[EmailMessage]:
        """Wait for a letter to an address; return all there are by then."""

        def found() -> list[EmailMessage]:
            return [each for each in self.letters if each["To"] == address]

        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(found)
            return found()


class Town:
    """The municipality: who works there, and its set-up."""

    def __init__(self, system: WholeSystem, postbox: Postbox) -> None:
        """Take a running system."""
        self.system = system
        self.post = postbox
        self._usual: SetUp | None = None

    def user(self, department: str, which: int = 0) -> Frame:
        """Return somebody who works in a department."""
        return self.system.users(department)[which]

    @property
    def leader(self) -> Frame:
        """Return the leader of Servicetorget."""
        return self.system.users("servicetorget", role="leader")[0]

    async def change(self, change: Callable[[SetUp], None]) -> None:
        """Change the set-up as an administrator would: a new version, which everything follows."""
        await set_up.change(self.system, change)

    async def tell_by_mail(self, targets: Mapping[tuple[str, str], str]) -> None:
        """Say which addresses a department's alerts go to, with the administrator's command.

        Args:
            targets: address by department and stage (`department` or `leader`).
        """
        listed = [
            {
                "tenant": TENANT,
                "department": department,
                "stage": stage,
                "kind": "email",
                "address": address,
            }
            for (department, stage), address in targets.items()
        ]
        layout = self.system.layout
        file = layout.folder / "targets.json"
        file.write_text(json.dumps(listed), encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "agent_service", "targets", "--targets-in", str(file)),
            env={**os.environ, "PREK_SECRETS_DIR": str(layout.secrets / "agent-service")},
        )
        assert await process.wait() == 0

    async def quiet(self) -> None:
        """Return when nobody is at the desk, nothing is open and the set-up is the usual one."""
        self.post.letters.clear()
        await self._sweep()
        await self.change(self._as_usual)
        async with asyncio.timeout(EMPTY_S):
            # The doors tell nobody that a socket is gone.
            while await self._consoles():  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        # What a closed console leaves speaks for its agent for 15 s more: a reload comes right
        # back. Here nobody does.
        async with Redis.from_url(self.system.secret("admin", "redis_url")) as redis:
            await redis.delete(f"lease:agents:{TENANT}")

    async def _consoles(self) -> float:
        """Return how many consoles are open; a replica that does not answer may have one."""
        doors = [
            process["health"]
            for process in self.system.addresses["processes"]
            if process["service"] == "agent-service"
        ]
        try:
            async with httpx.AsyncClient(trust_env=False) as web:
                told = [await web.get(urljoin(door, "/metrics")) for door in doors]
        except httpx.TransportError:
            return 1
        return sum(
            sample.value
            for answer in told
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
            if sample.name == "prek_sockets"
        )

    def _as_usual(self, setup: SetUp) -> None:
        """Restore what was there at first, but open day and night: tests are run at any hour."""
        if self._usual is None:
            set_up.without_hours(setup)
            self._usual = dict(setup)
        usual = self._usual
        setup.clear()
        setup.update(usual)

    async def _sweep(self) -> None:
        """Let who has it, or somebody of its department, close what a test that failed has left."""
        async with Archive(self.system) as archive:
            left = await archive.fetch(
                "SELECT id::text, epoch, owner, department FROM ledger.conversation"
                " WHERE tenant = $1 AND state <> 'closed'",
                TENANT,
            )
        for row in left:
            sweeper = Sweeper(self.system, self._closer(row["owner"], row["department"]))
            sweeper.start()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await sweeper.ready.wait()
                    await sweeper.sweep(row["id"], row["epoch"], owned=row["owner"] is not None)
            finally:
                await sweeper.stop()

    def _closer(self, owner: str | None, department: str) -> Frame:
        """Return who may close: nobody leads everything, and a wall keeps all others out."""
        if owner is None:
            return self.user(department)
        users = cast("list[Frame]", self.system.addresses["users"])
        return next(user for user in users if user["name"] == owner)


class Sweeper(Agent):
    """An agent who is offered nothing and closes what is open."""

    def __init__(self, system: WholeSystem, user: Frame) -> None:
        """Prepare to sign in."""
        base = system.addresses["console"].rstrip("/")
        super().__init__(base, dict(user), {}, {}, random.Random(1), duplicate=False)

    async def on_frame(self, frame: Frame) -> None:
        """Be busy from the start."""
        if frame["type"] == "welcome":
            await self.say({"type": "presence", "presence": "busy", "reason": ""})

    async def sweep(self, conversation: str, epoch: int, *, owned: bool) -> None:
        """Close a conversation, after taking it where it is not one's own."""
        if not owned:
            await self.act("take_over", conversation=conversation, epoch=epoch)
            epoch += 1
        await self.act("close", conversation=conversation, epoch=epoch)
        await self.act("wrapup_done", conversation=conversation)
