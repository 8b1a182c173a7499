"""The municipality that stories are told of: one whole system, with a post office.

There is one for all files that a process of the test run has: a start takes half a minute. Every
file begins with nobody at the desk, nothing open and the usual set-up; `town` sees to the same
before every test.
"""

from collections.abc import AsyncIterator

import pytest
from native.system import WholeSystem
from town import Postbox, Town


@pytest.fixture(scope="session")
async def municipality(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Started as `make run` starts it, with the addresses an administrator would give it."""
    postbox = Postbox()
    await postbox.start()
    mail = {"PREK_SMTP_URL": postbox.url, "PREK_MAIL_FROM": "ikke-svar@sarpsborg.example"}
    with WholeSystem(tmp_path_factory.mktemp("town") / "run", env=mail) as running:
        yield Town(running, postbox)
    await postbox.stop()


@pytest.fixture
async def town(municipality: Town) -> Town:
    """The municipality with nobody at the desk and nothing open."""
    await municipality.quiet()
    return municipality


@pytest.fixture(scope="module")
async def system(municipality: Town) -> WholeSystem:
    """The same system, for tests that put up with what the test before them has left."""
    await municipality.quiet()
    return municipality.system
