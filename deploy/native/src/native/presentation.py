"""What the person at the terminal sees."""

import json
import time
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from native.layout import Layout

_began = time.monotonic()


def say(text: str) -> None:
    """Print one line of progress, with the seconds since we were started."""
    print(f"{time.monotonic() - _began:6.1f} s  {text}", flush=True)


def _read(layout: Layout) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(layout.addresses.read_text(encoding="utf-8"))
    return found


def show_addresses(layout: Layout) -> None:
    """Print where the system answers, and who may sign in with which password."""
    if not layout.addresses.exists():
        say("it is still starting")
        return
    found = _read(layout)
    console = Console(soft_wrap=True, highlight=False)
    people = Table(title="Sign in at the console as", title_justify="left")
    for heading in ("name", "password", "role", "departments"):
        people.add_column(heading)
    for user in found["users"]:
        departments = ", ".join(user.get("departments", ()))
        people.add_row(user["name"], user["password"], user.get("role", ""), departments)
    console.print(people)
    console.print(f"Municipality's page  {found['page']}")
    console.print(f"Agents' console      {found['console']}")
    console.print(f"API documents        {found['gateway']}/api/docs")
    console.print(f"All of it            {layout.addresses}")


def show_status(layout: Layout, processes: list[dict[str, Any]]) -> None:
    """Print every process and whether it is ready."""
    table = Table()
    for heading in ("service", "replica", "pid", "state", "address"):
        table.add_column(heading)
    with httpx.Client(timeout=2) as client:
        for process in processes:
            state = _state(client, process)
            pid = str(process["pid"] or "-")
            replica = str(process["replica"])
            table.add_row(process["service"], replica, pid, state, process["health"])
    for part in _read(layout)["infrastructure"]:
        state = "runs" if part["pid"] else "restarting"
        table.add_row(part["name"], "", str(part["pid"] or "-"), state, f"port {part['port']}")
    Console(soft_wrap=True, highlight=False).print(table)


def _state(client: httpx.Client, process: dict[str, Any]) -> str:
    if process["pid"] is None:
        return "restarting"
    try:
        answer = client.get(process["health"])
    except httpx.HTTPError:
        return "starting"
    return "ready" if answer.status_code == httpx.codes.OK else "not ready"
