"""`python -m agent_service seed`: the demonstration municipality, with passwords made here.

Everybody in it is invented. Departments and topics are those of a middling municipality.
"""

import json
import os
from pathlib import Path
from typing import Any

from services.contracts import (
    AgentProfile,
    CannedReply,
    Department,
    Look,
    OpeningHours,
    RoutingPlan,
    TenantDirectory,
    Topic,
)

from agent_service.passwords import hash_password, new_password
from agent_service.postgres import PostgresStore
from agent_service.settings import Settings

_DEMO = Path(__file__).parent / "demo" / "municipality.json"
_PRIVATE = 0o600
_VERSION = 3
"""Grows with the document, or a system that was seeded before would keep the old one."""


def demonstration() -> TenantDirectory:
    """Return the demonstration municipality's directory."""
    data = json.loads(_DEMO.read_text("utf-8"))
    topics = tuple(Topic(**topic) for topic in data["topics"])
    return TenantDirectory(
        tenant=data["tenant"],
        version=_VERSION,
        name=data["name"],
        kommunenummer=data["kommunenummer"],
        title=data["title"],
        first_line=data["first_line"],
        hours=OpeningHours.model_validate(data["hours"]),
        look=Look(**data["look"]),
        plans=tuple(RoutingPlan(**plan) for plan in data["plans"]),
        departments=tuple(Department(**department) for department in data["departments"]),
        topics=topics,
        replies=tuple(CannedReply(**reply) for reply in data["replies"]),
        agents=tuple(_profile(person, topics, data["first_line"]) for person in data["staff"]),
    )


def _profile(person: dict[str, Any], topics: tuple[Topic, ...], first_line: str) -> AgentProfile:
    departments = tuple(person["departments"])
    role = person.get("role", "agent")
    knows = (t for t in topics if t.department in departments or first_line in departments)
    return AgentProfile(
        id=person["id"],
        name=person["name"],
        departments=departments,
        roles=("agent",) if role == "agent" else ("agent", role),
        skills={f"topic:{topic.id}": person["level"] for topic in knows},
        languages=tuple(person["languages"]),
        capacity=person["capacity"],
    )


async def seed(settings: Settings, users_out: Path) -> None:
    """Write the directory and the accounts; keep the passwords of a former seeding."""
    directory = demonstration()
    store = PostgresStore(settings.database_url)
    known = {user["name"]: user for user in _read(users_out)}
    users = []
    try:
        await store.save_directory(directory)
        for profile in directory.agents:
            user = known.get(profile.id)
            exists = await store.password_hash(directory.tenant, profile.id) is not None
            if user is None or not exists:
                password = user["password"] if user else new_password()
                await store.save_account(directory.tenant, profile.id, hash_password(password))
                user = {
                    "name": profile.id,
                    "shown_as": profile.name,
                    "password": password,
                    "role": profile.roles[-1],
                    "departments": list(profile.departments),
                    "tenant": directory.tenant,
                }
            users.append(user)
    finally:
        await store.stop()
    _write(users_out, users)


def _read(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def _write(path: Path, users: list[dict[str, Any]]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(users, file, ensure_ascii=False, indent=1)
