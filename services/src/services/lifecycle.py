"""Running a service: start its parts, serve HTTP, and stop in a told order on SIGTERM or SIGINT.

Not ready -> stop taking (consumers, sockets) -> drain what is in hand -> close connections -> end.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI

from services import log as logging_setup
from services.contracts import Source
from services.settings import KitSettings

log = structlog.get_logger()

Step = Callable[[], Awaitable[None]]

_YOUNG = 10_000
"""Objects made before the collector looks for rings among them; Python's own 700 are made by one
or two messages."""


@dataclass(slots=True)
class Service:
    """A built service. Steps run in the order given; a failing stop step does not stop the rest."""

    app: FastAPI
    start: Sequence[Step] = ()
    stop: Sequence[Step] = ()
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the stop begins: readiness must say no from then on."""

    def leaving_probe(self) -> str | None:
        """Say no when the service is on its way out."""
        return "leaving" if self.leaving.is_set() else None


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, which would close sockets before we drain."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `run`."""
        yield


async def serve(service: Service, settings: KitSettings) -> None:
    """Run until a signal comes, then stop in order."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = _Server(
        uvicorn.Config(
            service.app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            ws_max_size=128 * 1024,
            # Compressing secrets beside a stranger's words tells of them, and costs each socket
            # some 300 KiB.
            ws_per_message_deflate=False,
            ws_ping_interval=20,
            ws_ping_timeout=20,
            timeout_graceful_shutdown=3,
            lifespan="off",
        )
    )
    for step in service.start:
        await step()
    serving = loop.create_task(server.serve(), name="http")
    waiting = loop.create_task(stopped.wait(), name="signal")
    log.info("service_started", port=settings.http_port)
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    service.leaving.set()
    log.info("service_stopping")
    for step in service.stop:
        try:
            await asyncio.wait_for(step(), settings.drain_timeout_s + 2)
        except Exception as error:
            log.warning("stop_step_failed", error=type(error).__name__)
    server.should_exit = True
    await asyncio.wait({serving}, timeout=5)
    waiting.cancel()
    log.info("service_stopped")


def _settle_down() -> None:
    """Let the collector leave alone what was made to start: it stays, and is the greater part.

    A collection that walks over it drives everything else out of the processor's caches.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


def run(
    source: Source, settings: KitSettings, build: Callable[[KitSettings], Awaitable[Service]]
) -> None:
    """Configure logging, build the service inside the loop, and serve it."""

    async def main() -> None:
        service = await build(settings)
        _settle_down()
        await serve(service, settings)

    logging_setup.configure(source, settings.instance, settings.log_format)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
