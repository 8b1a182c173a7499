"""The operators' page leaves nothing out that the program does, and names nothing it has not."""

import re
from pathlib import Path

from chaos.checker import INVARIANTS, NO_SUBJECT
from chaos.experiments import MUTANTS
from chaos.faults import FAULTS
from chaos.points import STEPS
from native.layout import REPOSITORY

PAGE = (REPOSITORY / "docs/reliability/README.md").read_text(encoding="utf-8")
ROOMS = ("services", "gateway", "router", "agent-service", "transcript-service")


def sources() -> str:
    files = [path for room in ROOMS for path in Path(REPOSITORY / room / "src").rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_fault_and_every_step_is_on_the_page():
    assert [name for name in (*FAULTS, *STEPS) if f"`{name}`" not in PAGE] == []


def test_every_invariant_is_on_the_page():
    assert [name for name in (*INVARIANTS, *NO_SUBJECT) if f"\n| {name} |" not in PAGE] == []


def test_every_mutant_is_on_the_page_with_the_invariant_that_turns_red():
    rows = {row[1]: row[2] for row in re.finditer(r"\n\| (M\d+) \|.*\| (\w+) \|", PAGE)}

    assert rows == {name: mutant.breaks for name, mutant in MUTANTS.items()}


def test_every_metric_and_log_event_of_the_page_is_in_the_code():
    code = sources()
    events = set(
        re.findall(
            r"`((?:broker|database|redis|service|message|presence|drain|socket)_[a-z]+)`", PAGE
        )
    )
    named = {*re.findall(r"`(prek_[a-z_]+)", PAGE), *events}

    assert len(named) > 20
    assert [name for name in sorted(named) if f'"{name}"' not in code] == []
