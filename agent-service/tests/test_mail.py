"""Alerts over a real SMTP server on this machine."""

import asyncio
import email
import email.policy
import socket
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from agent_service.alerts import Alert, Outcome
from agent_service.core.letters import Letter
from agent_service.core.matters import Matter
from agent_service.mail import Mail
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from services.errors import Transient

ALERT = UUID("01890000-0000-7000-8000-000000000009")


@dataclass
class Postman:
    """Takes what comes, unless told otherwise."""

    taken: list[tuple[str, list[str], email.message.EmailMessage]] = field(default_factory=list)
    at_rcpt: str = "250 OK"
    at_data: str = "250 OK"
    thinks_s: float = 0
    hangs_up: bool = False
    users: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.at_data.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, message))
        await asyncio.sleep(self.thinks_s)
        if self.hangs_up:
            server.transport.abort()
        return self.at_data

    def authenticate(self, server, session, envelope, mechanism, data):
        self.users.append((data.login, data.password))
        return AuthResult(success=True)


@pytest.fixture
def postman():
    return Postman()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def server(postman):
    controller = Controller(
        postman,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=postman.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    yield f"127.0.0.1:{controller.port}"
    controller.stop()


class OneLetter:
    def letter(self, alert):
        return Letter("Byggesak: en samtale venter på dere", "Åpne den.\n")


@pytest.fixture
def mail(server, now):
    return Mail(f"smtp://{server}", "prek@sarpsborg.example", OneLetter(), lambda: now)


def alert(now, address="byggesak@sarpsborg.example"):
    matter = Matter(about="handover", conversation=ALERT, department="byggesak", said_at=now)
    return Alert(ALERT, "sarpsborg", "email", address, "", matter)


async def noted():
    """Nothing is noted: these tests look at the letter."""


async def test_a_letter_arrives_as_it_was_written(mail, postman, now):
    outcome = await mail.send(alert(now), noted)
    ((sender, recipients, message),) = postman.taken

    assert outcome is Outcome.SENT
    assert (sender, recipients) == ("prek@sarpsborg.example", ["byggesak@sarpsborg.example"])
    assert message["Subject"] == "Byggesak: en samtale venter på dere"
    assert message["Message-ID"] == f"<{ALERT}@sarpsborg.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == "Åpne den.\n"
    assert message["Content-Transfer-Encoding"] != "8bit"


async def test_the_same_alert_has_the_same_message_id_each_time(mail, postman, now):
    for _ in range(2):
        await mail.send(alert(now), noted)

    assert len({message["Message-ID"] for *_, message in postman.taken}) == 1


async def test_user_and_password_are_given_to_the_server(server, postman, now):
    mail = Mail(f"smtp://prek:p%40ss@{server}", "prek@sarpsborg.example", OneLetter(), lambda: now)

    assert await mail.send(alert(now), noted) is Outcome.SENT
    assert postman.users == [(b"prek", b"p@ss")]


@pytest.mark.parametrize(
    ("at_rcpt", "at_data", "outcome"),
    [
        ("550 no such user", "250 OK", Outcome.NEVER),
        ("450 try later", "250 OK", Outcome.LATER),
        ("250 OK", "451 local error", Outcome.LATER),
        ("250 OK", "554 we do not like you", Outcome.LATER),
    ],
)
async def test_only_an_address_that_does_not_exist_is_given_up(
    mail, postman, now, at_rcpt, at_data, outcome
):
    postman.at_rcpt, postman.at_data = at_rcpt, at_data

    assert await mail.send(alert(now), noted) is outcome
    assert postman.taken == []


async def test_a_server_that_is_away_is_tried_later_and_the_log_names_nobody(now, capsys):
    url = f"smtp://127.0.0.1:{free_port()}"
    mail = Mail(url, "prek@sarpsborg.example", OneLetter(), lambda: now)

    assert await mail.send(alert(now, "innbygger@post.example"), noted) is Outcome.LATER
    said = capsys.readouterr().out
    assert "mail_not_sent" in said
    assert "innbygger" not in said


async def test_that_it_may_be_taken_is_noted_after_the_recipient_and_before_the_letter(
    mail, postman, now
):
    order = []

    async def handing():
        order.append(("handing", len(postman.taken)))

    postman.at_rcpt = "450 try later"
    await mail.send(alert(now), handing)
    assert order == []

    postman.at_rcpt = "250 OK"
    await mail.send(alert(now), handing)
    assert order == [("handing", 0)]
    assert len(postman.taken) == 1


async def test_a_letter_that_cannot_be_noted_is_not_handed_over(mail, postman, now):
    async def away():
        raise Transient("database")

    with pytest.raises(Transient):
        await mail.send(alert(now), away)
    assert postman.taken == []


async def test_a_server_that_takes_it_and_says_nothing_leaves_us_unsure(mail, postman, now):
    postman.hangs_up = True

    assert await mail.send(alert(now), noted) is Outcome.UNSURE
    assert len(postman.taken) == 1


async def test_a_server_may_take_its_time_to_say_yes(mail, postman, now, monkeypatch):
    """Longer than for anything else: who hangs up sooner cannot know whether it was taken."""
    monkeypatch.setattr("agent_service.mail._TIMEOUT_S", 0.3)
    postman.thinks_s = 1.0

    assert await mail.send(alert(now), noted) is Outcome.SENT


@pytest.mark.parametrize(
    "address",
    [
        "ingen",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\nRCPT TO:<c@d.example>",
        "",
    ],
)
async def test_what_is_not_one_address_is_never_sent(mail, postman, now, address):
    assert await mail.send(alert(now, address), noted) is Outcome.NEVER
    assert postman.taken == []


@pytest.mark.parametrize("url", ["http://x", "smtp://", "x", "smtp:x"])
def test_what_is_no_server_is_refused_at_the_start(url, now):
    with pytest.raises(ValueError, match="PREK_SMTP_URL"):
        Mail(url, "prek@sarpsborg.example", OneLetter(), lambda: now)


async def test_a_server_elsewhere_without_tls_gets_nothing(server, postman, now, monkeypatch):
    monkeypatch.setattr("agent_service.mail.is_loopback", lambda _: False)
    mail = Mail(f"smtp://{server}", "prek@sarpsborg.example", OneLetter(), lambda: now)

    assert await mail.send(alert(now), noted) is Outcome.LATER
    assert postman.taken == []
