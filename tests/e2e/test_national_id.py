"""No number that is masked passes either door: not into a table, a queue, a lease or a log.

National identity numbers, and with them cards and accounts.
"""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from chat import Chat
from native.postgresql import newest_installation
from native.system import WholeSystem
from redis.asyncio import Redis

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CONTROL = "98765432100"
"""Eleven digits that are no identity number: the same search must find it."""

FIRST, SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def number(nine: str, *, remainder: int = 0) -> str:
    """Complete the nine first digits; `remainder` 1 to 3 is what comes in use from 2032."""
    sums = sum(w * int(d) for w, d in zip(FIRST, nine, strict=True))
    k1 = (remainder - sums) % 11
    ten = f"{nine}{k1}"
    k2 = -sum(w * int(d) for w, d in zip(SECOND, ten, strict=False)) % 11
    assert k1 < 10, f"{nine} has no check digit"
    assert k2 < 10, f"{nine} has no check digit"
    return f"{ten}{k2}"


NUMBERS = {
    "fødselsnummer": number("010190411"),
    "D-number": number("520175411"),
    "synthetic +40": number("154181411"),
    "synthetic +80": number("178902412"),
    "from 2032": number("030532412", remainder=2),
}


def spellings(digits: str) -> Iterator[str]:
    """Yield a number as people, and programs that copy text, write it."""
    yield digits
    yield f"{digits[:6]} {digits[6:]}"
    yield f"{digits[:6]}-{digits[6:]}"
    yield f"{digits[:2]}.{digits[2:4]}.{digits[4:6]} {digits[6:9]} {digits[9:]}"
    yield " ".join(digits)
    yield f"{digits[:6]}\N{NO-BREAK SPACE}{digits[6:]}"
    yield f"{digits[:6]}\N{ZERO WIDTH SPACE}{digits[6:]}"
    yield "".join(chr(0xFF10 + int(digit)) for digit in digits)


MONEY = {
    "card": ("4111111111111111", "4111 1111 1111 1111", "3782-822463-10005"),
    "account": ("8601 11 17947", "8601.11.17947", "konto 86011117947", "NO93 8601 1117 947"),
}
"""Published test numbers; nobody's."""

PLANTED = [
    *((kind, text) for kind, digits in NUMBERS.items() for text in spellings(digits)),
    *((kind, text) for kind, spelled in MONEY.items() for text in spelled),
]
FORMS = ("plain", "json", "repr")


def holding(folder: Path, needles: list[str]) -> dict[str, list[str]]:
    """Return per needle the files below a folder that hold it, in any of the encodings used.

    By grep, which looks for all of them in one reading of what may be hundreds of megabytes. Of two
    that overlap it tells of one.
    """
    spelled = {form: needle for needle in needles for form in _written(needle)}
    done = subprocess.run(
        ["grep", "-raoHZF", "-f", "-", folder],
        input=b"\n".join(spelled),
        stdout=subprocess.PIPE,
        env={"LC_ALL": "C"},
        check=False,
    )
    assert done.returncode in (0, 1), "it could read everything"
    found: dict[str, list[str]] = {needle: [] for needle in needles}
    for line in done.stdout.splitlines():
        path, _, form = line.partition(b"\0")
        found[spelled[form]].append(Path(os.fsdecode(path)).name)
    return found


def _written(needle: str) -> Iterator[bytes]:
    yield needle.encode()
    yield needle.encode("ascii", "backslashreplace")
    yield json.dumps(needle)[1:-1].encode()


def dump(system: WholeSystem, folder: Path) -> None:
    """Write the database out in plain text: a compressed page hides nothing there."""
    programs = newest_installation()
    assert programs is not None
    with (folder / "dump.sql").open("wb") as file:
        subprocess.run(
            [programs / "pg_dump", "--inserts", system.secret("admin", "database_url")],
            stdout=file,
            check=True,
        )


async def dump_redis(system: WholeSystem, folder: Path) -> None:
    """Write every key, field and value of Redis out."""
    redis = Redis.from_url(system.secret("admin", "redis_url"), decode_responses=True)
    with (folder / "redis.txt").open("w", encoding="utf-8") as file:
        async for key in redis.scan_iter():
            kind = await redis.type(key)
            value = await (redis.hgetall(key) if kind == "hash" else redis.get(key))
            file.write(f"{key} {value}\n")
    await redis.aclose()


async def transcripts(system: WholeSystem, chat: Chat, folder: Path) -> set[str]:
    """Fetch the citizen's copy in every form; return the files' names."""
    written = set()
    async with httpx.AsyncClient(base_url=system.addresses["gateway"], timeout=20) as http:
        for form in ("txt", "json", "html"):
            answer = await http.get(
                f"/copy/{chat.citizen.conversation}",
                params={"format": form},
                headers={"Authorization": f"Bearer {chat.citizen.copy_token}"},
            )
            answer.raise_for_status()
            (folder / f"copy.{form}").write_bytes(answer.content)
            written.add(f"copy.{form}")
    return written


def data_of(system: WholeSystem, part: str) -> Path:
    return (system.layout.folder / part).resolve()


async def test_a_number_typed_by_citizen_or_agent_is_nowhere_and_the_writer_is_told(
    system: WholeSystem, tmp_path: Path
) -> None:
    untold: list[str] = []
    users = [system.users("servicetorget")[0], system.users("byggesak-plan")[0]]
    async with Chat(system.addresses, users) as chat:
        conversation, agent = chat.citizen.conversation, await chat.case.owned()
        # As a console does: who does not is told of an own note only after asking again.
        desk = {"conversation": conversation, "stream": "desk", "after": 0}
        await agent.say({"type": "follow", **desk})
        await chat.citizen.send(f"Kontroll: {CONTROL}")
        for kind, text in PLANTED:
            _, _, by_citizen = await chat.citizen.send(f"Nummeret er {text}, takk.")
            _, _, by_agent = await chat.case.send(f"Mente du {text}?")
            _, note = await agent.act("note", conversation=conversation, text=f"Fnr. {text}.")
            if (by_citizen, by_agent, note.masked) != (1, 1, 1):
                untold.append(f"{kind}: {text!r}")
        _, baton = await agent.act(
            "handover",
            conversation=conversation,
            epoch=chat.case.epoch,
            department="byggesak-plan",
            note=f"Gjelder {NUMBERS['fødselsnummer']}",
        )
        await dump_redis(system, tmp_path)
        await asyncio.wait_for(chat.case.close(), 60)
        await asyncio.wait_for(chat.citizen.wait_closed(), 60)
        copies = await transcripts(system, chat, tmp_path)
    dump(system, tmp_path)
    shutil.copytree(system.layout.logs, tmp_path / "logs")
    needles = [*dict.fromkeys(text for _, text in PLANTED)]
    places = {
        "copies and dumps": tmp_path,
        "broker": data_of(system, "rabbitmq"),
        "database files": data_of(system, "postgres"),
    }
    found = {where: holding(path, [*needles, CONTROL]) for where, path in places.items()}
    logged = holding(tmp_path / "logs", [conversation])[conversation]

    assert untold == []
    assert baton.masked == 1
    assert {where: hits.pop(CONTROL) != [] for where, hits in found.items()} == dict.fromkeys(
        places, True
    ), "the same search finds the control"
    assert {w: {n: p for n, p in hits.items() if p} for w, hits in found.items()} == {
        where: {} for where in places
    }
    assert any(name.startswith("transcript-service") for name in logged), "logs are searched too"
    assert conversation in (tmp_path / "redis.txt").read_text(), "and what lies in Redis"
    assert copies == {"copy.txt", "copy.json", "copy.html"}


def test_the_search_finds_each_of_them_in_every_encoding(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    for n, (_, text) in enumerate(PLANTED):
        (folder / f"{n}.plain").write_bytes(b"\0\xff" + text.encode() + b"\n")
        (folder / f"{n}.json").write_text(json.dumps({"text": f"Nr. {text}"}))
        (folder / f"{n}.repr").write_bytes(text.encode("ascii", "backslashreplace"))
    found = holding(tmp_path, [text for _, text in PLANTED])

    wanted = {text: {f"{n}.{form}" for form in FORMS} for n, (_, text) in enumerate(PLANTED)}
    assert {text: set(files) for text, files in found.items()} == wanted


def test_the_planted_numbers_are_of_the_kinds_they_are_said_to_be() -> None:
    """By the rules of the register alone, apart from the code that masks."""
    day, month = int(NUMBERS["D-number"][:2]), int(NUMBERS["D-number"][2:4])

    assert (day - 40, month) == (12, 1)
    assert int(NUMBERS["synthetic +40"][2:4]) - 40 == 1
    assert int(NUMBERS["synthetic +80"][2:4]) - 80 == 9
    weighted = sum(w * int(d) for w, d in zip((*FIRST, 1), NUMBERS["from 2032"], strict=False))
    assert weighted % 11 == 2
    assert len(PLANTED) == 40 + 7
