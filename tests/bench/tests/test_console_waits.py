"""What the kernel's books say of a span of time, and who goes first."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from bench.console_waits import Books, Look, of_page, read, spent
from hypothesis import given
from hypothesis import strategies as st

from bench import precedence

LOOKS = [Look(10.0, 1.0, 0.0), Look(10.1, 1.02, 0.03), Look(10.2, 1.02, 0.11)]


def test_what_a_thread_did_is_the_difference_between_two_looks() -> None:
    whole = spent(LOOKS, 10.0, 10.2)

    assert (whole.ran_ms, whole.waited_ms) == (20.0, 110.0)


def test_before_the_first_look_and_after_the_last_nothing_is_known() -> None:
    assert spent(LOOKS, 0, float("inf")) == spent(LOOKS, 10.0, 10.2)


@given(st.floats(10.0, 10.2), st.floats(10.0, 10.2))
def test_what_was_done_between_two_looks_is_never_left_out(one: float, other: float) -> None:
    begin, end = min(one, other), max(one, other)

    within = [look for look in LOOKS if begin <= look.at <= end]
    found = spent(LOOKS, begin, end)

    if within:
        assert found.ran_ms >= 1000 * (within[-1].ran - within[0].ran) - 0.1
        assert found.waited_ms >= 1000 * (within[-1].waited - within[0].waited) - 0.1


def test_what_was_written_is_read_by_the_names_of_the_threads() -> None:
    written = "10.000000 1000000000 0 5000000 7000000\n"

    assert read(["main of 7", "display of 3"], written) == {
        "main of 7": [Look(10.0, 1.0, 0.0)],
        "display of 3": [Look(10.0, 0.005, 0.007)],
    }


def test_of_a_page_are_its_own_threads_and_the_browsers_display() -> None:
    looks = {"main of 7": LOOKS, "main of 8": LOOKS, "compositor of 7": [], "display of 3": LOOKS}

    assert of_page(looks, 7) == {"main": LOOKS, "display": LOOKS}


async def test_the_books_of_a_thread_are_kept_from_opening_to_closing() -> None:
    books = Books({"main": (os.getpid(), os.getpid())})
    await books.open()
    looks = await books.close()

    assert len(looks["main"]) >= 2
    assert looks["main"][0].ran > 0


async def test_of_a_thread_that_has_ended_what_it_was_last_seen_at_stands(
    sleepers: list[psutil.Process],
) -> None:
    ending = sleepers[0].pid
    books = Books({"ending": (ending, ending), "main": (os.getpid(), os.getpid())})
    await books.open()
    sleepers[0].kill()
    sleepers[0].wait()
    looks = await books.close()

    assert looks["ending"][-1].ran >= looks["ending"][0].ran > 0
    assert looks["main"][-1].ran > 0


@pytest.fixture
def sleepers() -> Iterator[list[psutil.Process]]:
    command = [sys.executable, "-c", "input()"]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) for _ in range(2)
    ]
    try:
        yield [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:
            process.communicate()


def weighing(monkeypatch: pytest.MonkeyPatch, *, mighty: bool, sessions: bool) -> dict[int, int]:
    """Have the kernel weigh sessions or not, for somebody who may put one first or not."""
    weighed: dict[int, int] = {}

    def weigh(pid: int, nice: int) -> bool:
        if sessions and nice < 0 and not mighty:
            raise PermissionError
        if sessions:
            weighed[pid] = nice
        return sessions

    monkeypatch.setattr(precedence, "_weigh_session", weigh)
    return weighed


def test_a_browser_goes_before_everybody_and_the_others_stay_where_they_are(
    sleepers: list[psutil.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, service = sleepers
    weighed = weighing(monkeypatch, mighty=True, sessions=True)

    assert precedence.put_first([browser], [service]) == "everybody"
    assert weighed == {browser.pid: precedence.FIRST}
    assert (browser.nice(), service.nice()) == (0, 0)


def test_where_that_is_not_allowed_the_others_go_last(
    sleepers: list[psutil.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, service = sleepers
    weighed = weighing(monkeypatch, mighty=False, sessions=True)

    assert precedence.put_first([browser], [service]) == "services"
    assert weighed == {service.pid: precedence.LAST}
    assert (browser.nice(), service.nice()) == (0, precedence.LAST)


def test_where_sessions_have_no_weight_the_others_go_last_by_their_threads(
    sleepers: list[psutil.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, service = sleepers
    weighing(monkeypatch, mighty=True, sessions=False)

    assert precedence.put_first([browser], [service]) == "services"
    assert (browser.nice(), service.nice()) == (0, precedence.LAST)


def test_a_session_is_weighed_where_the_kernel_does_so(sleepers: list[psutil.Process]) -> None:
    book = Path(f"/proc/{sleepers[0].pid}/autogroup")

    assert precedence._weigh_session(sleepers[0].pid, 5) == book.exists()
    assert not book.exists() or book.read_text().endswith("nice 5\n")
