"""Reads a page's HTML in a process of its own: it is slow, large, and made by others.

`python -m gateway.reading [charset]` takes a page on standard input and prints `Markup` as JSON.
"""

import asyncio
import contextlib
import os
import resource
import sys
from typing import Final

from gateway.core.markup import Markup, read_markup

READ_S: Final = 15.0
"""A megabyte takes two seconds of a free core."""
_MEMORY_BYTES: Final = 1 << 30


class UnreadableError(Exception):
    """The page could not be read in time, or not at all."""


async def read_apart(body: bytes, charset: str | None) -> Markup:
    """Return what a page's HTML says of the chat.

    Raises:
        UnreadableError: it broke the reader, or kept it too long.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway.reading",
        *([charset] if charset else []),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # Nothing of our settings: what reads a stranger's page knows no secret.
        env={"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
    )
    try:
        async with asyncio.timeout(READ_S):
            told, _ = await process.communicate(body)
        if process.returncode:
            raise UnreadableError
        return Markup.model_validate_json(told)
    except (TimeoutError, ValueError) as error:
        raise UnreadableError from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main() -> None:
    """Read one page, with less right to the processor than the chat has."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(READ_S), int(READ_S)))
    charset = sys.argv[1] if len(sys.argv) > 1 else None
    markup = read_markup(sys.stdin.buffer.read(), charset)
    sys.stdout.write(markup.model_dump_json())


if __name__ == "__main__":
    main()
