"""A browser of its own behind a line that can be broken, as a network is."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

from chaos.proxy import Link
from playwright.async_api import Browser

CHROMIUM = "/usr/bin/chromium"


@asynccontextmanager
async def on_a_line(
    browser: Browser, name: Literal["agent", "citizen"], address: str
) -> AsyncIterator[tuple[Browser, Link]]:
    """Give a browser whose way to `address` leads through a line of that name."""
    there = urlsplit(address)
    assert there.port is not None
    line = Link(name, ("127.0.0.1", there.port), random.Random(1))
    port = await line.open()
    own = await browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            f"--host-resolver-rules=MAP {there.hostname}:{there.port} 127.0.0.1:{port}",
        ],
    )
    try:
        yield own, line
    finally:
        await own.close()
        await line.close()
