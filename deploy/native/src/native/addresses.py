"""`.run/addresses.json`: where the running system answers, for people, tests and scripts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from native.furniture import Origins
from native.layout import write_atomically

PRIVATE = 0o600
"""The file holds the demonstration users' passwords."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process of a service."""

    service: str
    replica: int
    pid: int | None
    """None while it is being restarted."""
    health: str
    """Answers 200 when the process can serve, 503 when a part it needs is away."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One process of what the services stand on."""

    name: str
    pid: int | None
    port: int


def load_users(path: Path) -> list[dict[str, Any]]:
    """Return the demonstration's users: name, password, role, departments.

    Args:
        path: What the seeding wrote: the list itself, or an object with `users`.
    """
    if not path.exists():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    users: list[dict[str, Any]] = content["users"] if isinstance(content, dict) else content
    return users


def write(
    path: Path,
    origins: Origins,
    users: Sequence[dict[str, Any]],
    processes: Sequence[Running],
    infrastructure: Sequence[Standing],
) -> None:
    """Replace the file. A reader sees the old or the new one, never half of it."""
    content = {
        "page": f"{origins.page}/",
        "console": f"{origins.console}/",
        "gateway": origins.chat,
        "agent_service": origins.console,
        "transcript_service": origins.transcript,
        "users": list(users),
        "processes": [asdict(process) for process in processes],
        "infrastructure": [asdict(part) for part in infrastructure],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    write_atomically(path, text + "\n", mode=PRIVATE)
