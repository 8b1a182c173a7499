"""Runs long commands and shows that something is happening. Standard library only."""

from __future__ import annotations

import itertools
import shlex
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TICK_S = 0.2

QUIET_S = 15.0
"""Seconds between two signs of life where a line cannot be overwritten (a log, CI)."""

SHOWN_LINES = 15
"""Lines shown from either end of a failed command's output: some tools say it first, some last."""


class CommandFailedError(Exception):
    """A command ended with an error. The message holds the command and its first and last lines."""


def say(text: str) -> None:
    """Print a line of progress at once."""
    print(f"  {text}", flush=True)


def run(
    what: str,
    argv: Sequence[str],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a command with its output in a log, and show what is done and for how long.

    Args:
        what: Said to the person who waits.
        argv: The command.
        log: Where its output is added.
        cwd: The folder to run it in. None: ours.
        env: Its whole environment. None: ours.

    Raises:
        CommandFailedError: It ended with an error, or cannot be run at all.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("a+b") as output:
        output.write(f"$ {shlex.join(argv)}\n".encode())
        output.flush()
        start = output.tell()
        try:
            command = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        except OSError as error:
            raise CommandFailedError(f"{shlex.join(argv)}: {error}") from error
        try:
            _show_until_done(what, command, began)
        except BaseException:
            command.terminate()
            command.wait()
            raise
        if command.returncode:
            output.seek(start)
            lines = output.read().decode(errors="replace").splitlines()
            raise CommandFailedError("\n".join([f"{shlex.join(argv)} failed:", *shortened(lines)]))
    say(f"{what}: done ({time.monotonic() - began:.0f} s)")


def shortened(lines: list[str]) -> list[str]:
    """Return the lines, without the middle when there are many."""
    if len(lines) <= 2 * SHOWN_LINES:
        return lines
    return [*lines[:SHOWN_LINES], "  ...", *lines[-SHOWN_LINES:]]


def _show_until_done(what: str, command: subprocess.Popen[bytes], began: float) -> None:
    terminal = sys.stdout.isatty()
    spinner = itertools.cycle("|/-\\")
    said = began
    if not terminal:
        say(f"{what} ...")
    while True:
        try:
            command.wait(TICK_S)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if terminal:
                print(f"\r  {next(spinner)} {what} ({now - began:.0f} s)", end="", flush=True)
            elif now - said >= QUIET_S:
                said = now
                say(f"{what} ... {now - began:.0f} s")
        else:
            break
    if terminal:
        print("\r\x1b[K", end="", flush=True)
