"""Alerts to a receiver on this machine: signed, without content, and no further than allowed."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID

import httpx
import pytest
from agent_service.alerts import Alert, Outcome
from agent_service.core.matters import Matter
from agent_service.webhooks import Webhooks, allowed, signature

ALERT = UUID("01890000-0000-7000-8000-000000000009")
SECRET = "0123456789abcdef"  # a test's
BODY = json.dumps({"text": "Byggesak: en samtale venter på dere"}).encode()


class Receiver(HTTPServer):
    """Remembers what it is given and answers as it is told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 204
        self.got = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def receiver():
    receiver = Receiver()
    serving = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield receiver
    receiver.shutdown()
    serving.join()
    receiver.server_close()


class OneDocument:
    def document(self, alert):
        return BODY


@pytest.fixture
async def webhooks(now):
    async with httpx.AsyncClient(trust_env=False) as http:
        yield Webhooks(http, OneDocument(), lambda: now)


def alert(now, address, secret=SECRET):
    matter = Matter(about="handover", conversation=ALERT, department="byggesak", said_at=now)
    return Alert(ALERT, "sarpsborg", "webhook", address, secret, matter)


async def unseen():
    """It may be told twice: nothing is noted before."""
    raise AssertionError


async def test_what_arrives_is_signed_with_the_targets_secret_and_says_which_alert_it_is(
    webhooks, receiver, now
):
    outcome = await webhooks.send(alert(now, receiver.url), unseen)
    ((path, headers, body),) = receiver.got
    stamp = headers["Prek-Timestamp"]

    assert (outcome, path, body) == (Outcome.SENT, "/hook", BODY)
    assert headers["Prek-Alert"] == str(ALERT)
    assert headers["Content-Type"] == "application/json"
    assert stamp == str(int(now.timestamp()))
    assert headers["Prek-Signature"] == signature(SECRET, stamp, BODY)
    assert headers["Prek-Signature"] != signature(SECRET, stamp, BODY + b" ")
    assert headers["Prek-Signature"] != signature(SECRET, "0", BODY)


def test_the_signature_is_the_hmac_anybody_can_compute():
    # printf '1.{}' | openssl dgst -sha256 -hmac key
    assert signature("key", "1", b"{}") == (
        "sha256=" + "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224"
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (302, Outcome.LATER),
        (404, Outcome.LATER),
        (410, Outcome.NEVER),
        (429, Outcome.LATER),
        (500, Outcome.LATER),
    ],
)
async def test_what_is_not_taken_is_tried_later_unless_it_is_gone_for_good(
    webhooks, receiver, now, status, outcome
):
    receiver.status = status

    assert await webhooks.send(alert(now, receiver.url), unseen) is outcome
    assert [path for path, *_ in receiver.got] == ["/hook"]  # no redirect is followed


async def test_a_receiver_that_is_away_is_tried_later(webhooks, now):
    listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()

    assert await webhooks.send(alert(now, f"http://127.0.0.1:{port}/"), unseen) is Outcome.LATER


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://hook.kommune.example/x", True),
        ("http://127.0.0.1:9000/x", True),
        ("http://localhost/x", True),
        ("http://[::1]/x", True),
        ("http://hook.kommune.example/x", False),
        ("http://127.0.0.1.evil.example/", False),
        ("http://127.0.0.1@evil.example/", False),
        ("ftp://127.0.0.1/", False),
        ("https://", False),
        ("x", False),
        ("http://[", False),
        ("", False),
    ],
)
async def test_alerts_go_over_https_or_to_this_machine_and_nowhere_else(webhooks, now, url, may):
    assert allowed(url) is may
    if not may:
        assert await webhooks.send(alert(now, url), unseen) is Outcome.NEVER


async def test_without_a_secret_nothing_is_sent(webhooks, receiver, now):
    assert await webhooks.send(alert(now, receiver.url, secret=""), unseen) is Outcome.NEVER
    assert receiver.got == []
