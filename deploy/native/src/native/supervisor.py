"""Keeps the parts and services of one folder running, and lets itself be asked about them."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass, field

import httpx

from native import addresses, control, journal, proxy
from native.addresses import Running, Standing
from native.errors import StartError
from native.furniture import Furniture, Options
from native.infrastructure import NAMES, Infrastructure, Name
from native.infrastructure import READY_S as INFRASTRUCTURE_READY_S
from native.part import Part
from native.ports import KEEPER, KEPT, MAX_REPLICAS
from native.restarts import Restarts

READY_S = 60.0
"""Seconds a service may take from start to ready, on a busy machine."""

LOOK_S = 0.15
"""Seconds between two looks at a service that is not ready yet."""


@dataclass(eq=False, slots=True)
class Kept:
    """A part and the task that starts it again when it dies."""

    part: Part
    start: Callable[[], object]
    restarts: Restarts = field(default_factory=Restarts)
    wanted: bool = True


class Supervisor:
    """One running system. Use `running` to have one."""

    def __init__(
        self,
        infrastructure: Infrastructure,
        furniture: Furniture,
        options: Options,
        say: Callable[[str], None],
    ) -> None:
        """Prepare the supervisor of parts that already run; start no service yet."""
        self._infrastructure = infrastructure
        self._furniture = furniture
        self._options = options
        self._say = say
        self._layout = infrastructure.layout
        self._replicas: dict[str, dict[int, Kept]] = {name: {} for name in KEPT}
        self._proxy = Part(proxy.recipe(self._layout, infrastructure.ports))
        self._door = Kept(self._proxy, self._proxy.start)
        self._tasks: set[asyncio.Task[None]] = set()
        self._scaling = asyncio.Lock()
        self._ready = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start services and proxy; inside the block they run; then stop them in order."""
        server = await control.serve(self._layout.folder, self._handle)
        try:
            for part in self._infrastructure.parts():
                self._keep_infrastructure(part)
            for service in KEPT:
                # Nobody waits for the keeper: one is enough, and a second has nothing to do.
                wanted = 1 if service == KEEPER else self._options.replicas
                for replica in range(1, wanted + 1):
                    self._add(service, replica)
            # The door last: it takes a replica it has not looked at yet for one that answers.
            await self._wait_all_ready()
            self._keep(self._door)
            await self._wait_door()
            self._ready = True
            self.publish()
            yield
        finally:
            server.close()
            (self._layout.folder / control.NAME).unlink(missing_ok=True)
            await self._stop()

    def _keep_infrastructure(self, part: Part) -> None:
        name = next((name for name in NAMES if self._infrastructure.part(name) is part), None)
        start = part.start if name is None else lambda: self._infrastructure.spawn(name)
        self._keep(Kept(part, start))

    def _add(self, service: str, replica: int) -> None:
        part = Part(self._furniture.replica(service, replica))
        kept = Kept(part, part.start)
        self._replicas[service][replica] = kept
        self._keep(kept)

    def _keep(self, kept: Kept) -> None:
        task = asyncio.create_task(self._watch(kept), name=kept.part.name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._say(f"{task.get_name()} is no longer watched: {error!r}")

    async def _watch(self, kept: Kept) -> None:
        """Start a part whenever it does not run, as long as it is wanted."""
        while kept.wanted:
            if not kept.part.alive:
                kept.start()
                self.publish()
            started = time.monotonic()
            await ended(kept.part)
            if not kept.wanted:
                return
            code = kept.part.exit_code
            kept.restarts = kept.restarts.ended(code, time.monotonic() - started)
            delay_s = kept.restarts.delay_s
            self._say(f"{kept.part.name} ended ({code}), starts again in {delay_s:.1f} s")
            if kept.restarts.failing:
                self._say(f"{kept.part.name} keeps dying: see {kept.part.recipe.log}")
            self.publish()
            await asyncio.sleep(delay_s)

    async def _handle(self, request: control.Request) -> control.Answer:
        match request["do"]:
            case "scale":
                await self.scale(str(request["service"]), int(request["replicas"]))
                return {"ok": True, "processes": [asdict(state) for state in self._states()]}
            case "status":
                return {"ok": True, "processes": [asdict(state) for state in self._states()]}
            case unknown:
                raise StartError(f"the supervisor cannot {unknown!r}")

    async def scale(self, service: str, replicas: int) -> None:
        """Change how many replicas of a service run, and return when they are ready.

        Raises:
            StartError: There is no such service, or the number is out of range.
        """
        if service not in KEPT:
            raise StartError(f"no service {service!r}: choose one of {', '.join(KEPT)}")
        if not 0 <= replicas <= MAX_REPLICAS:
            raise StartError(f"N must be from 0 to {MAX_REPLICAS}, not {replicas}")
        async with self._scaling:
            mine = self._replicas[service]
            for replica in range(1, replicas + 1):
                if replica not in mine:
                    self._add(service, replica)
            surplus = [mine.pop(replica) for replica in sorted(mine) if replica > replicas]
            for kept in surplus:
                kept.wanted = False
            self.publish()
            await asyncio.gather(*(stopped(kept.part) for kept in surplus))
            await self._wait_ready(service)
            await self._wait_door()
            self.publish()

    async def _wait_all_ready(self) -> None:
        await asyncio.gather(*(self._wait_ready(service) for service in KEPT))

    async def _wait_ready(self, service: str) -> None:
        """Return when every replica of a service says it is ready.

        Raises:
            StartError: One is not ready in time, or keeps dying.
        """
        for replica, kept in sorted(self._replicas[service].items()):
            await self._wait_answer(kept, self._health(service, replica))
        self._say(f"{service} is ready ({len(self._replicas[service])} replicas)")

    async def _wait_door(self) -> None:
        """Return when visitors of every service that has replicas come through the door.

        Raises:
            StartError: They do not in time.
        """
        for service, replicas in self._replicas.items():
            for address in proxy.readiness(self._infrastructure.ports, service) if replicas else ():
                await self._wait_answer(self._door, address)

    async def _wait_answer(self, kept: Kept, address: str) -> None:
        until = time.monotonic() + READY_S
        async with httpx.AsyncClient(timeout=2) as client:
            while not await answers(client, address):
                if kept.restarts.failing or time.monotonic() > until:
                    words = kept.part.last_words()
                    raise StartError(f"{kept.part.name} is not ready:\n{words}")
                await asyncio.sleep(LOOK_S)

    def _health(self, service: str, replica: int) -> str:
        return f"http://127.0.0.1:{self._furniture.port(service, replica)}/readyz"

    def _states(self) -> list[Running]:
        return [
            Running(service, replica, kept.part.pid, self._health(service, replica))
            for service, replicas in self._replicas.items()
            for replica, kept in sorted(replicas.items())
        ]

    def _standing(self) -> list[Standing]:
        ports = self._infrastructure.ports
        found = [Standing(name, self._infrastructure.part(name).pid, ports[name]) for name in NAMES]
        return [*found, Standing("proxy", self._proxy.pid, ports["chat"])]

    def publish(self) -> None:
        """Write journal and, once everything is ready, addresses. Called on every change."""
        if self._ready:
            addresses.write(
                self._layout.addresses,
                self._furniture.origins,
                addresses.load_users(self._furniture.users),
                self._states(),
                self._standing(),
            )
        services = [state.pid for state in self._states()]
        others = [part.pid for part in (*self._infrastructure.parts(), self._proxy)]
        pids = [pid for pid in (*services, *others) if pid is not None]
        journal.write(self._layout.journal, pids)

    async def _stop(self) -> None:
        """Stop in the told order: the door, then the services, then what they stand on.

        The door first, so that nobody new comes in while the services finish their work.
        The infrastructure is stopped by whoever started it.
        """
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ready = False
        self._layout.addresses.unlink(missing_ok=True)
        await stopped(self._proxy)
        parts = [kept.part for mine in self._replicas.values() for kept in mine.values()]
        await asyncio.gather(*map(stopped, parts))


async def ended(part: Part) -> None:
    """Return when a part's process has ended."""
    if (pid := part.pid) is None:
        return
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, done.set)
    try:
        await done.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def stopped(part: Part) -> None:
    """Ask a part to end, wait for it, and kill it when it takes too long."""
    part.ask_to_stop()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ended(part), part.recipe.stop_s)
    part.kill()


async def answers(client: httpx.AsyncClient, address: str) -> bool:
    """Tell whether an address answers with 200."""
    try:
        response = await client.get(address)
    except httpx.HTTPError:
        return False
    return response.status_code == httpx.codes.OK


async def run_once(parts: Sequence[Part]) -> None:
    """Run one-shot commands one after the other.

    Raises:
        StartError: One failed. The message ends with its last words.
    """
    for part in parts:
        part.start()
        try:
            await ended(part)
        finally:
            part.kill()
        if part.exit_code:
            raise StartError(f"{part.name} failed:\n{part.last_words(30)}")


async def ready(infrastructure: Infrastructure, name: Name) -> None:
    """Return when a part that was started answers.

    Raises:
        StartError: It died, or did not answer in time.
    """
    until = time.monotonic() + INFRASTRUCTURE_READY_S
    while not infrastructure.is_ready(name):
        part = infrastructure.part(name)
        if not part.alive or time.monotonic() > until:
            raise StartError(f"{name} did not start:\n{part.last_words()}")
        await asyncio.sleep(LOOK_S)
