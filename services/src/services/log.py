"""Structured logging: one canonical line per unit of work, never a word of a citizen or a token."""

import logging
import sys
from typing import Literal

import structlog

LogFormat = Literal["json", "console"]


def configure(service: str, instance: str, log_format: LogFormat) -> None:
    """Set logging up for the process. Lines go to standard output."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            )
            if log_format == "json"
            else structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, instance=instance)
    # Libraries speak only when something is wrong; their details could hold an address or a token.
    logging.basicConfig(level=logging.ERROR, stream=sys.stdout, format="%(name)s %(levelname)s")
    for noisy in ("aiormq", "aio_pika"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
