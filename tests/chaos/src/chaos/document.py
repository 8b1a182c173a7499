"""A run's report as Markdown, to be kept in `docs/reliability/runs`. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from chaos import report
from chaos.faults import FAULTS, Fault
from chaos.result import Result


def markdown(whole: Result, *, title: str, facts: Mapping[str, str], line: str) -> str:
    """Return the report.

    Args:
        whole: all rounds as one.
        title: what was run.
        facts: more about the run and what it ran on, in this order, before the versions.
        line: the run's last line.
    """
    parts = [f"# {title}", _table(("", ""), [*facts.items(), *whole.versions.items()])]
    for name, heads, rows in report.tables(whole):
        parts += [f"## {name}", _table(heads, rows)]
    if whole.windows:
        heads = ("fault", "let loose", "bit", "what it does, and what shows that it bit")
        parts += ["## Faults and their evidence", _table(heads, list(_evidence(whole)))]
    parts += ["## The last line", f"```json\n{line}\n```"]
    return "\n\n".join(parts) + "\n"


def said(fault: Fault) -> str:
    """Return what a fault does, in its own words."""
    body = fault.func if isinstance(fault, partial) else fault
    return " ".join((body.__doc__ or "").partition("\n\n")[0].split())


def _evidence(whole: Result) -> Iterator[tuple[str, ...]]:
    times = Counter(window.name for window in whole.windows)
    for name in sorted(times):
        what = said(FAULTS[name]) if name in FAULTS else ""
        yield name, str(times[name]), str(whole.bites.get(name, 0)), what


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a line's end inside a cell is kept as one."""
    return "\n".join([_row(heads), "|" + "---|" * len(heads), *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
