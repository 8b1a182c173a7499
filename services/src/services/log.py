"""Structured logging: one canonical line per unit of work, never a word of a citizen or a token.

An exception is logged by its types and places only: its text may quote what somebody wrote, a row
of the database, or an address with a password in it.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LogFormat = Literal["json", "console"]


def configure(service: str, instance: str, log_format: LogFormat) -> None:
    """Set logging up for the process. Lines go to standard output."""
    structlog.configure(
        processors=processors(log_format),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, instance=instance)
    # Libraries speak only when something is wrong; their details could hold an address or a token.
    logging.basicConfig(level=logging.ERROR, handlers=[LibraryHandler()], force=True)
    silence_libraries()


def silence_libraries() -> None:
    """Let the broker's client say nothing: what it raises is told by whoever catches it."""
    for noisy in ("aiormq", "aio_pika"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def processors(log_format: LogFormat) -> list[Processor]:
    """Return what a line goes through on its way out."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_places,
        structlog.processors.JSONRenderer(serializer=_json)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty()),
    ]


def _json(line: EventDict, **options: Any) -> str:
    return orjson.dumps(line, default=options["default"]).decode()


class LibraryHandler(logging.Handler):
    """Makes a line of ours of what a library logs: who, how bad, and where, without its words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            where=f"{record.filename}:{record.lineno}",
            exc_info=record.exc_info,
        )


def place(error: BaseException) -> str:
    """Return where an error was raised, as `file.py:line`."""
    return next(reversed(list(_frames(error))), "")


def _tell_places(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Replace an exception by the types and places of it and its causes."""
    found = line.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        line["exception"] = " <- ".join(
            f"{type(each).__name__}({' '.join(_frames(each))})" for each in _causes(error)
        )
    return line


def _frames(error: BaseException) -> Iterator[str]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"{Path(frame.f_code.co_filename).name}:{line}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if any(each is known for known in seen):
            continue
        seen.append(each)
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        following = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        if following is not None:
            waiting.append(following)
