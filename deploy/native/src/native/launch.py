"""Starting and stopping one whole system: in the foreground, or left behind."""

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from native import journal, lock, ports, presentation
from native.errors import StartError
from native.furniture import MIGRATED, Furniture, Options
from native.infrastructure import Infrastructure
from native.layout import REPOSITORY, Layout
from native.part import Part
from native.prepared import Prepared
from native.supervisor import Supervisor, ready, run_once

LAYOUT = Layout(Path(os.environ.get("PREK_RUN_DIR") or REPOSITORY / ".run"))
"""Where the one system of this clone lies; tests name another folder and so do not meet it."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

DOWN_S = 60.0
"""Seconds an orderly stop may take before `down` ends what is left by force."""

READY = "-- ready --"
"""Last line of a supervisor that was left behind; then nobody reads its output any more."""

Say = Callable[[str], None]


def supervise(options: Options, say: Say, when_ready: Callable[[], None]) -> None:
    """Run the system until a signal asks to stop, then stop it in order.

    Args:
        options: What the person who starts it chose.
        say: Told what happens, one line at a time.
        when_ready: Called once, when everything answers.

    Raises:
        StartError: It cannot be started. Nothing is left running.
        AlreadyRunningError: It runs already.
    """
    LAYOUT.create()
    with lock.held(LAYOUT.folder):
        if left := journal.sweep(LAYOUT.journal):
            say(f"ended {left} processes of a former life that had no end")
        LAYOUT.put_logs_aside()
        raise_file_limit()
        with _signals_raise():
            infrastructure = Infrastructure(LAYOUT.folder)
            if infrastructure.ports_moved:
                say("other programs use the former ports: new ones are in .run/ports.json")
            with infrastructure.stopped_on_error():
                say("starting RabbitMQ, PostgreSQL and Redis")
                infrastructure.spawn_all(say)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(_serve(infrastructure, options, say, when_ready))
        finally:
            say("stopping RabbitMQ, PostgreSQL and Redis")
            infrastructure.stop()
            LAYOUT.journal.unlink(missing_ok=True)


async def _serve(
    infrastructure: Infrastructure, options: Options, say: Say, when_ready: Callable[[], None]
) -> None:
    _cancel_on_signal(say)
    furniture = Furniture(infrastructure, options)
    prepared = Prepared(LAYOUT, infrastructure.postgresql.identity)
    if not prepared or not furniture.users.exists():
        say("bringing the tables up to date")
        await run_once([Part(furniture.migration(service)) for service in MIGRATED])
        say("seeding the demonstration municipality")
        await run_once([Part(furniture.seeding())])
        prepared.remember()
    await ready(infrastructure, "broker")
    say(f"RabbitMQ answers; starting the services, {options.replicas} replicas of each")
    supervisor = Supervisor(infrastructure, furniture, options, say)
    async with supervisor.running():
        when_ready()
        await asyncio.Event().wait()


def _cancel_on_signal(say: Say) -> None:
    """Let the first signal end the system in order. More signals change nothing."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked = False

    def stop() -> None:
        nonlocal asked
        if not asked and task is not None:
            asked = True
            say("stopping: proxy, services, infrastructure")
            task.cancel()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)


@contextlib.contextmanager
def _signals_raise() -> Iterator[None]:
    """Let every stop signal interrupt the block as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    former = {number: signal.signal(number, interrupt) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def raise_file_limit() -> None:
    """Allow as many open files as we may: each socket is one, in proxy and services."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def is_running() -> bool:
    """Tell whether the system runs and has become ready."""
    return lock.holder(LAYOUT.folder) is not None and LAYOUT.addresses.exists()


def run(options: Options) -> int:
    """Run the system in the foreground until Ctrl-C."""
    try:
        supervise(options, presentation.say, lambda: presentation.show_addresses(LAYOUT))
    except lock.AlreadyRunningError:
        presentation.say("it runs already (`make down` stops it)")
        presentation.show_addresses(LAYOUT)
    return 0


def run_detached(options: Options) -> int:
    """Start the system, return when it is ready, and leave it running."""
    if lock.holder(LAYOUT.folder) is not None:
        return run(options)
    LAYOUT.create()
    argv = [sys.executable, "-m", "native", "supervise", f"--replicas={options.replicas}"]
    if options.profile is not None:
        argv.append(f"--profile={options.profile}")
    with subprocess.Popen(
        argv, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True, text=True,
    ) as supervisor:  # fmt: skip
        try:
            is_ready = _relay(supervisor)
        except KeyboardInterrupt:
            supervisor.terminate()
            raise
        if is_ready:
            presentation.show_addresses(LAYOUT)
            # Leaving the block would wait for its end; it is meant to go on.
            os._exit(0)
    return supervisor.returncode or 1


def _relay(supervisor: subprocess.Popen[str]) -> bool:
    """Print what the supervisor says until it is ready. Tell whether it became so."""
    for line in supervisor.stdout or ():
        if line.strip() == READY:
            return True
        print(line, end="", flush=True)
    return False


def supervise_detached(options: Options) -> int:
    """Be the supervisor that was left behind: talk to whoever waits, then to a log."""

    def detach() -> None:
        print(READY, flush=True)
        log = os.open(LAYOUT.logs / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)

    supervise(options, presentation.say, detach)
    return 0


def down() -> int:
    """Stop the system, and what a crash of its supervisor may have left."""
    pid = lock.holder(LAYOUT.folder)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        if not lock.wait_released(LAYOUT.folder, DOWN_S):
            presentation.say(f"it did not stop within {DOWN_S:.0f} s: ended by force")
            os.kill(pid, signal.SIGKILL)
            lock.wait_released(LAYOUT.folder, DOWN_S)
    left = journal.sweep(LAYOUT.journal)
    running = pid is not None or left > 0
    presentation.say("stopped" if running else "nothing runs here")
    return 0


def remove() -> int:
    """Stop the system and delete all its data, passwords included."""
    down()
    if ports.remembered(LAYOUT.ports) is None:
        presentation.say("there is nothing to delete")
        return 0
    try:
        Infrastructure(LAYOUT.folder).remove()
    except StartError as error:
        presentation.say(str(error))
        return 1
    presentation.say(f"deleted {LAYOUT.folder}")
    return 0
