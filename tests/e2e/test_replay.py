"""Recorded dialogues through the running system: nothing lost, doubled, moved or changed."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from native.ports import REPLICATED
from native.system import WholeSystem, wait_until
from playing import ZEROS, dialogues, replay, write

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

MAX_TEXT_BYTES = 8_192
REFUSABLE = {"text_blank", "text_has_nul", "text_has_lone_surrogate", "text_too_long"}
"""What may be refused of a text (DESIGN.md section 7)."""

RESTART_S = 2.0
"""A process that dies is started again within so long."""


def zeros(result: dict) -> dict[str, int]:
    return {name: result[name] for name in ZEROS}


async def test_two_hundred_dialogues_fifty_at_a_time_on_a_bad_network(
    system: WholeSystem, tmp_path: Path
) -> None:
    file = write(tmp_path / "many.jsonl", dialogues(200, seed=1))

    code, result, shown = await replay(
        system, file, "--concurrency", "50", "--mutate", "duplicate,reconnect"
    )

    assert code == 0, shown
    assert zeros(result) == ZEROS
    assert (result["dialogues"], result["refused"]) == (200, {})
    assert result["messages"] == result["expected"] > 600


@pytest.mark.parametrize("service", REPLICATED)
async def test_one_of_two_dies_during_a_replay(
    system: WholeSystem, tmp_path: Path, service: str
) -> None:
    file = write(tmp_path / "killed.jsonl", dialogues(40, seed=2))
    playing = asyncio.create_task(replay(system, file, "--concurrency", "20"))
    killed, restarts = [], []
    for replica in (1, 2):
        await asyncio.to_thread(wait_until, lambda: _talking(system), 60)
        killed.append(system.kill(service, replica))
        restarts.append(await asyncio.to_thread(_started_again, system, service, replica, killed))

    code, result, shown = await playing

    assert code == 0, shown
    assert zeros(result) == ZEROS
    assert result["messages"] == result["expected"]
    assert None not in restarts, "the launcher started it again"
    assert max(restarts) < RESTART_S


def _talking(system: WholeSystem) -> bool:
    """Tell whether something is being handled right now, so that the kill hits it."""
    log = system.layout.logs / "transcript-service-1.log"
    size = log.stat().st_size
    return wait_until(lambda: log.stat().st_size > size + 2_000, 1) is not None


def _started_again(
    system: WholeSystem, service: str, replica: int, killed: list[int]
) -> float | None:
    return wait_until(lambda: system.process(service, replica)["pid"] not in (None, *killed), 20)


async def test_a_text_is_refused_only_for_what_is_said_and_by_its_code(
    system: WholeSystem, tmp_path: Path
) -> None:
    texts = {
        "\x00nul": "text_has_nul",
        "   \n\t ": "text_blank",
        "": "text_blank",
        "x" * (MAX_TEXT_BYTES + 1): "text_too_long",
        "å" * (MAX_TEXT_BYTES // 2 + 1): "text_too_long",
        "x" * MAX_TEXT_BYTES: None,
        "\u202eRTL\u2066 \ufeff\u200b": None,
        "]]><script>alert(1)</script>": None,
        "\x01\x08\x1b[31m": None,
    }
    turns = [{"from": sender, "text": text} for text in texts for sender in ("citizen", "agent")]
    file = write(tmp_path / "texts.jsonl", [{"id": "texts", "topic": "", "turns": turns}])

    code, result, shown = await replay(system, file, "--concurrency", "1")

    assert code == 0, shown
    assert zeros(result) == ZEROS
    assert result["refused"] == {"text_blank": 4, "text_has_nul": 2, "text_too_long": 4}
    assert result["messages"] == 8


@pytest.mark.shared_data
async def test_every_naughty_string_survives(system: WholeSystem, tmp_path: Path) -> None:
    folder = Path(os.environ["SHARED_DATA"]) / "naughty-strings"
    strings: list[str] = json.loads((folder / "blns.json").read_text("utf-8"))
    turns = [{"from": sender, "text": text} for text in strings for sender in ("citizen", "agent")]
    recorded = [
        {"id": str(n), "topic": "", "turns": turns[n : n + 50]} for n in range(0, len(turns), 50)
    ]
    blank = sum(2 for text in strings if not text.strip())

    code, result, shown = await replay(
        system, write(tmp_path / "blns.jsonl", recorded), "--concurrency", "12"
    )

    assert code == 0, shown
    assert zeros(result) == ZEROS
    assert set(result["refused"]) <= REFUSABLE
    assert result["refused"].get("text_blank", 0) == blank
    assert result["messages"] == len(turns) - sum(result["refused"].values())


async def test_a_file_that_is_no_dialogue_is_refused_by_its_line(
    system: WholeSystem, tmp_path: Path
) -> None:
    file = write(tmp_path / "bad.jsonl", [{"id": "x", "turns": [{"from": "ghost", "text": "?"}]}])

    code, result, shown = await replay(system, file)

    assert (code, result) == (2, {})
    assert "line 1" in shown
