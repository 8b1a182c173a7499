"""What the tests of the store need: a port where nobody listens."""

import socket

import pytest


@pytest.fixture
def unused_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
