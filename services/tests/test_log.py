"""Lines hold types, ids and places, never what somebody wrote."""

import io
import json
import logging
import subprocess
import sys

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from services.contracts import Text
from services.errors import Permanent, Transient
from services.inbox import Inbox
from services.log import LibraryHandler, place, processors
from services.tasks import Tasks
from services.testing import MemoryBroker, MemoryBus

from services import errors, topology

MARKER = "hemmelige ord fra en innbygger"


@pytest.fixture(params=["json", "console"])
def lines(request):
    """Everything that is logged, as it would be written."""
    written = io.StringIO()
    structlog.configure(
        processors=processors(request.param),
        logger_factory=structlog.PrintLoggerFactory(written),
        cache_logger_on_first_use=False,
    )
    yield written
    structlog.reset_defaults()


def failing(error):
    """Return an error as it is after it was raised."""
    try:
        raise error
    except type(error) as raised:
        return raised


def quoting():
    """Return an error of pydantic's, which quotes its input."""
    try:
        TypeAdapter(Text).validate_python(MARKER + "\x00")
    except ValueError as error:
        return error


def test_an_exception_is_logged_by_its_type_and_place_and_those_of_its_causes(lines):
    try:
        try:
            raise KeyError(MARKER)
        except KeyError as cause:
            raise ValueError(MARKER) from cause
    except ValueError:
        structlog.get_logger().exception("it_failed")

    line = lines.getvalue()
    assert MARKER not in line
    assert "it_failed" in line
    assert "ValueError(test_log.py:" in line
    assert "<- KeyError(test_log.py:" in line


def test_every_error_of_a_group_is_told(lines):
    group = ExceptionGroup(MARKER, [failing(KeyError(MARKER)), failing(OSError(MARKER))])
    structlog.get_logger().error("it_failed", exc_info=group)

    line = lines.getvalue()
    assert MARKER not in line
    assert "ExceptionGroup" in line
    assert "KeyError" in line
    assert "OSError" in line


def test_an_error_that_is_its_own_cause_is_told_once(lines):
    error = failing(ValueError())
    error.__context__ = KeyError()
    error.__context__.__context__ = error
    structlog.get_logger().error("it_failed", exc_info=error)

    assert lines.getvalue().count("ValueError") == 1


def test_pydantic_quotes_what_it_refuses_and_the_log_does_not(lines):
    assert MARKER in str(quoting())

    structlog.get_logger().error("it_failed", exc_info=quoting())

    assert MARKER not in lines.getvalue()


def test_what_a_library_logs_is_told_without_its_words(lines):
    logger = logging.getLogger("a.library")
    handler = LibraryHandler()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        logger.error("Failed on %s", MARKER, exc_info=failing(ValueError(MARKER)))
    finally:
        logger.removeHandler(handler)
        logger.propagate = True

    line = lines.getvalue()
    assert MARKER not in line
    assert "a.library" in line
    assert "ValueError(test_log.py:" in line


async def test_a_task_that_fails_is_a_line(lines, eventually):
    async def fail():
        raise ValueError(MARKER)

    Tasks().spawn("some task", fail())
    await eventually(lines.getvalue)

    assert "some task" in lines.getvalue()
    assert MARKER not in lines.getvalue()


def test_a_place_is_where_the_error_was_raised_not_where_it_was_caught():
    def inner():
        raise ValueError

    with pytest.raises(ValueError) as caught:
        inner()

    assert place(caught.value) == f"test_log.py:{inner.__code__.co_firstlineno + 1}"


def test_an_error_that_was_never_raised_has_no_place():
    assert place(ValueError()) == ""


@given(
    result=st.sampled_from(
        [
            "ok",
            Transient(MARKER),
            Permanent(MARKER),
            ValueError(MARKER),
            "raise",
            "no message",
            "forged",
        ]
    ),
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_no_path_of_an_inbox_logs_the_text_of_a_message(
    lines, monkeypatch, make, eventually, result, text
):
    monkeypatch.setattr(errors, "_FIRST_DELAY_S", 0)
    lines.seek(0)
    lines.truncate()
    failures = 10

    async def handle(envelopes):
        nonlocal failures
        failures -= 1
        if failures < 0 or result == "ok":
            return [[] for _ in envelopes]
        if result == "raise":
            raise quoting()
        return [result for _ in envelopes]

    broker = MemoryBroker()
    ledger = MemoryBus(broker, source="ledger", instance="l1")
    inbox = Inbox(ledger, handle, queues=topology.COMMANDS, max_batch=8)
    ledger.consume(inbox.subscription)
    await inbox.start()
    await ledger.start()
    said = make.post(f"{MARKER}{text}")
    body = said.model_dump_json().encode()
    if result == "no message":
        body = body.replace(b'"sender"', f'"{MARKER}"'.encode())
    broker.publish("cmd", "0", body, "router" if result == "forged" else "gateway")
    await eventually(lambda: not inbox._in_hand and "message_handled" in lines.getvalue())
    await ledger.stop()
    await inbox.drain(0)

    assert MARKER not in lines.getvalue()
    assert "sarpsborg" in lines.getvalue() or result in {"no message", "forged"}


def test_a_process_logs_one_json_object_a_line_about_itself():
    program = """
import logging
from services.log import configure
import structlog
configure("router", "i1", "json")
structlog.get_logger().info("began", n=1)
logging.getLogger("uvicorn.error").error("words", exc_info=ValueError("words"))
logging.getLogger("uvicorn.access").info("words")
logging.getLogger("aiormq").error("amqp://user:words@broker")
try:
    raise ValueError("words")
except ValueError:
    structlog.get_logger().exception("failed")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]

    assert [line["event"] for line in told] == ["began", "library", "failed"]
    assert {(line["service"], line["instance"]) for line in told} == {("router", "i1")}
    assert told[1]["logger"] == "uvicorn.error"
    assert told[2]["exception"] == "ValueError(<string>:11)"
    assert "words" not in done.stdout + done.stderr
