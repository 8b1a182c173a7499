"""Alerts as e-mail, over SMTP."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog
from services.addresses import is_loopback
from services.clock import Clock

from agent_service.alerts import Alert, Handing, Outcome
from agent_service.writing import Writer

log = structlog.get_logger()

_TIMEOUT_S = 10.0
_YES_S = 600.0
"""So long a server may take to say that it has a letter (RFC 5321, 4.5.3.2.6). Who hangs up sooner
cannot know whether it was taken."""
_PERMANENT: Final = 500
_SEVEN_BITS: Final = SMTP.clone(cte_type="7bit")
"""What every server understands."""
_PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """Sends over one server. TLS is a must wherever it is not on this machine."""

    def __init__(self, url: str, sender: str, writer: Writer, clock: Clock) -> None:
        """Take `smtp://[user:password@]host[:port]` (STARTTLS) or `smtps://…` (TLS at once).

        Raises:
            ValueError: it is no such address.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("PREK_SMTP_URL must be smtp://host or smtps://host")
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._tls = parts.scheme == "smtps"
        # None: if the server has it. Elsewhere a server without it gets nothing.
        self._start_tls = None if is_loopback(self._host) else not self._tls
        self._from = _address(sender)
        self._writer = writer
        self._clock = clock

    @property
    def attempt_s(self) -> float:
        """See `Channel.attempt_s`."""
        return _YES_S + 6 * _TIMEOUT_S

    async def send(self, alert: Alert, handing: Handing) -> Outcome:
        """See `Channel.send`."""
        try:
            message = self._message(alert)
        except ValueError:  # an address that cannot be one
            return Outcome.NEVER
        server = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            start_tls=None if self._tls else self._start_tls,
            timeout=_TIMEOUT_S,
            # Otherwise it would ask a name server for its own name.
            local_hostname=self._from.domain,
        )
        try:
            async with server:
                return await self._hand_over(server, alert.address, message.as_bytes(), handing)
        except aiosmtplib.SMTPRecipientRefused as refused:
            return Outcome.NEVER if refused.code >= _PERMANENT else Outcome.LATER
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # Its text may quote the address.
            log.warning("mail_not_sent", error=type(error).__name__)
            return Outcome.LATER

    async def _hand_over(
        self, server: aiosmtplib.SMTP, address: str, letter: bytes, handing: Handing
    ) -> Outcome:
        await server.mail(self._from.addr_spec)
        await server.rcpt(address)
        # From here on it may be taken without our being told.
        await handing()
        try:
            await server.data(letter, timeout=_YES_S)
        except aiosmtplib.SMTPDataError:
            raise  # it said no
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail_not_answered", error=type(error).__name__)
            return Outcome.UNSURE
        return Outcome.SENT

    def _message(self, alert: Alert) -> EmailMessage:
        letter = self._writer.letter(alert)
        message = EmailMessage(policy=_SEVEN_BITS)
        message["From"] = self._from
        message["To"] = _address(alert.address)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock())
        # The same each time: whoever gets it twice can tell.
        message["Message-ID"] = f"<{alert.id}@{self._from.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        return message


def _address(text: str) -> Address:
    """Return one address.

    Raises:
        ValueError: it is not one, or more than one.
    """
    try:
        return Address(addr_spec=text)
    except (MessageError, IndexError) as error:  # as the library's parser says it
        raise ValueError("address") from error
