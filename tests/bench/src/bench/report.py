"""The same document as tables: for people at a terminal, and for the page on performance."""

from typing import Any

from rich.console import Console
from rich.table import Table

Row = tuple[str, ...]
Rows = tuple[str, Row, list[Row]]
"""A title, the headings, and the rows."""

PARTS = {
    "queue": "one way through a quorum queue, confirmed",
    "commit": "one row of the ledger committed",
    "push": "one way through an exclusive queue",
    "echo": "a WebSocket there and back",
}


def tables(found: dict[str, Any]) -> list[Rows]:
    """Return every table of a document of `results`."""
    return [
        _floor(found),
        _end_to_end(found),
        _rates(found),
        _processes(found),
        _others(found),
    ]


def _floor(found: dict[str, Any]) -> Rows:
    paced, tight = found["floor_parts"]["paced"], found["floor_parts"]["tight"]
    rows: list[Row] = [
        (text, f"{paced[f'{name}_ms']:.2f}", f"{tight[f'{name}_ms']:.2f}")
        for name, text in PARTS.items()
    ]
    sums = f"{found['floor_sum_p50_ms']:.2f}", f"{found['floor_tight_p50_ms']:.2f}"
    title = "The floor: medians, bare libraries"
    return title, ("part", "paced, 50/s: ms", "back to back: ms"), [*rows, ("sum", *sums)]


def _end_to_end(found: dict[str, Any]) -> Rows:
    rows: list[Row] = [
        (
            str(run["conversations"]),
            f"{run['per_s']:.1f}",
            f"{run['p50_ms']:.1f}",
            f"{run['p99_ms']:.1f}",
            f"{run['p50_ms'] / found['floor_sum_p50_ms']:.2f}",
            f"{run['others_cpu_percent']:.0f}",
        )
        for run in found["end_to_end"]
    ]
    headings = (
        *("conversations", "messages/s", "p50 ms", "p99 ms", "p50 / paced floor"),
        "others %",
    )
    return (
        "From one screen to the other, 50 messages a second (others: % of a core)",
        headings,
        rows,
    )


def _rates(found: dict[str, Any]) -> Rows:
    rows: list[Row] = [
        (
            f"{run['offered_per_s']:.0f}",
            f"{run['seconds']:.0f}",
            f"{run['per_s']:.0f}",
            f"{run['p50_ms']:.1f}",
            f"{run['p99_ms']:.1f}",
            "yes" if run["sustained"] else "no",
            f"{run['cpu_ms_per_message']:.2f}",
            f"{run['load_generator_cpu_percent']:.0f}",
            f"{run['others_cpu_percent']:.0f}",
        )
        for run in found["rates"]
    ]
    headings = (
        *("offered/s", "for s", "shown/s", "p50 ms", "p99 ms", "held"),
        *("cpu ms/message", "generator %", "others %"),
    )
    return "More and more messages, 100 conversations (% of a core)", headings, rows


def _processes(found: dict[str, Any]) -> Rows:
    rows: list[Row] = [
        (
            name,
            f"{cost['cpu_percent']:.1f}",
            f"{cost['cpu_ms_per_message']:.2f}",
            f"{cost['memory_mib']:.0f}",
        )
        for name, cost in found["processes"].items()
    ]
    headings = "process", "% of a core", "cpu ms/message", "memory MiB"
    return "What each process takes at the sustained rate", headings, rows


def _others(found: dict[str, Any]) -> Rows:
    crowds = found["cpu_ms_per_message_by_conversations"]
    told = {
        "sustained for the whole time, p99 under 250 ms, messages/s": found["sustained_per_s"],
        "each side answers at once, 50 conversations, messages/s": found["closed_loop_per_s"],
        "cpu ms/message at the sustained rate": found["cpu_ms_per_message"],
        **{f"cpu ms/message at 100/s, {many} conversations": ms for many, ms in crowds.items()},
        "most conversations over fewest": found["processor_many_over_few"],
        "load generator at the sustained rate, % of a core": found["load_generator_cpu_percent"],
        f"an idle socket of {found['idle_sockets']}, KiB": found["kib_per_idle_socket"],
        "all idle sockets together, % of a core": found["idle_cpu_percent"],
    }
    rows: list[Row] = [(what, str(figure)) for what, figure in told.items()]
    return "Other figures", ("what", "figure"), rows


def show(found: dict[str, Any], console: Console) -> None:
    """Print the tables."""
    for title, headings, rows in tables(found):
        table = Table(title=title)
        for n, heading in enumerate(headings):
            table.add_column(heading, justify="right" if n else "left")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def markdown(found: dict[str, Any]) -> str:
    """Return the tables for the page."""
    parts = []
    for title, headings, rows in tables(found):
        lines = [
            f"**{title}**",
            "",
            _line(headings),
            _line(["---", *["---:"] * (len(headings) - 1)]),
        ]
        parts.append("\n".join([*lines, *map(_line, rows)]))
    machine = ", ".join(f"{name} {value}" for name, value in found["machine"].items())
    return "\n\n".join([f"Machine: {machine}.", *parts])


def _line(cells: "list[str] | Row") -> str:
    return f"| {' | '.join(cells)} |"
