"""The ways to an archive. A further one (Fiks IO, say) is a further class here.

Sending the same package twice under the same key must leave one record: a way either knows that it
has sent it (a rename that happens once), or says a key by which the archive knows a repeat.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

import httpx
from services.contracts import ArchiveRules, Contract

from transcript_service.archive.receipts import MOST_BYTES, Receipt, Unreadable, receipt_of
from transcript_service.archive.spool import Spool
from transcript_service.archive.table import Order

_PATIENCE: Final = httpx.Timeout(60, connect=5)
_OK: Final = (200, 201)
_NOT_YET: Final = (200, 201, 202, 204)
_HAS_IT: Final = 409
"""Sent before under this key: what we wanted."""
_NO_RECEIPT: Final = 404
_AGAIN: Final = (408, 425, 429)
_FAULT_OF_THEIRS: Final = 500


class ArchiveAccess(Contract):
    """How the operator lets a municipality's packages in somewhere: where, and by which token."""

    origin: str
    """Scheme, host and port. The token goes nowhere else, whatever a set-up says."""
    token: str


class Unreachable(Exception):
    """The archive did not answer, or asked to be tried later. Send it again."""


class Refused(Exception):
    """Trying again would not help. The code says why."""

    def __init__(self, code: str) -> None:
        """Take the code."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending or asking: a receipt, or not yet."""

    receipt: Receipt | None = None
    answer_at: str | None = None
    """Where it will be, if the archive said so."""


class Way(Protocol):
    """One way.

    Raises:
        Unreachable: by every method.
        Refused: by every method.
        Transient: by every method, while the spool cannot be read.
    """

    @property
    def name(self) -> str:
        """As the rows name it."""

    async def send(self, order: Order) -> Answer:
        """Hand over the package that lies in the spool. Again: nothing more happens."""

    async def ask(self, order: Order) -> Answer:
        """Look for the receipt of what was handed over."""


class Folder:
    """Packages are dropped into a folder; the archive takes them, and puts receipts back."""

    name = "folder"

    def __init__(self, spool: Spool) -> None:
        """Take the folder."""
        self._spool = spool

    async def send(self, order: Order) -> Answer:
        """Move it over. Whoever is killed after that finds it gone, and it is not moved twice."""
        await self._spool.drop(order.tenant, order.key)
        return Answer()

    async def ask(self, order: Order) -> Answer:
        """Read the receipt, if it lies there and all of it has been written."""
        content = await self._spool.receipt(order.tenant, order.key)
        return Answer() if content is None else _answer(content)


class Http:
    """Packages are put to an address; the receipt is in the answer, or asked for afterwards."""

    name = "http"

    def __init__(
        self, http: httpx.AsyncClient, spool: Spool, url: str, access: ArchiveAccess
    ) -> None:
        """Send to `url`.

        Raises:
            Refused: it is not where the operator lets the token go.
        """
        if not _is_at(url, access.origin):
            raise Refused("address_differs")
        self._http = http
        self._spool = spool
        self._url = url.rstrip("/")
        self._access = access

    async def send(self, order: Order) -> Answer:
        """Put it there. The address and a header are its key: put twice, it is there once."""
        content = await self._spool.read(order.tenant, order.key)
        if content is None:
            raise Refused("package_missing")
        digest = b64encode(bytes.fromhex(order.sha256 or "")).decode()
        headers = {
            "Content-Type": "application/zip",
            "Idempotency-Key": order.key,
            "Repr-Digest": f"sha-256=:{digest}:",
        }
        status, said, where = await self._request(
            "PUT", f"{self._url}/{order.key}", headers, content
        )
        if status == _HAS_IT:
            return Answer()
        if status not in _NOT_YET:
            raise Refused(f"refused: {status}")
        answer_at = urljoin(f"{self._url}/", where) if where else None
        if answer_at is not None and not _is_at(answer_at, self._access.origin):
            raise Refused("address_differs")
        try:
            return _answer(said)
        except Unreachable:
            # It has the package, and says something else: its receipt comes later.
            return Answer(answer_at=answer_at)

    async def ask(self, order: Order) -> Answer:
        """Ask where the archive said, or beside the package."""
        at = order.answer_at or f"{self._url}/{order.key}/kvittering"
        if not _is_at(at, self._access.origin):
            raise Refused("address_differs")
        status, said, _ = await self._request("GET", at, {})
        if status in _OK and said.strip():
            return _answer(said)
        if status in _NOT_YET or status == _NO_RECEIPT:
            return Answer()
        raise Refused(f"refused: {status}")

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> tuple[int, bytes, str | None]:
        """Return status, the beginning of what was said, and where the answer will be."""
        headers = {**headers, "Authorization": f"Bearer {self._access.token}"}
        said = b""
        try:
            async with self._http.stream(
                method,
                url,
                headers=headers,
                content=content,
                timeout=_PATIENCE,
                follow_redirects=False,
            ) as answer:
                async for piece in answer.aiter_bytes():
                    said += piece
                    if len(said) > MOST_BYTES:
                        break
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unreachable from None
        if answer.status_code in _AGAIN or answer.status_code >= _FAULT_OF_THEIRS:
            raise Unreachable
        return answer.status_code, said, answer.headers.get("Location")


def way_of(
    rules: ArchiveRules, spool: Spool, http: httpx.AsyncClient, access: ArchiveAccess | None
) -> Way | None:
    """Return a tenant's way, or None when nothing is handed over by itself.

    Raises:
        Refused: the operator has not let this tenant out, or lets it go elsewhere.
    """
    match rules.way:
        case "none":
            return None
        case "folder":
            return Folder(spool)
        case "http":
            if access is None or rules.url is None:
                raise Refused("no_access")
            return Http(http, spool, rules.url, access)


def _answer(content: bytes) -> Answer:
    """Return a receipt; of one that cannot be read it is as if it were not there yet.

    Raises:
        Refused: the archive says no.
        Unreachable: it does not read. It may be half-written: look again.
    """
    try:
        receipt = receipt_of(content)
    except Unreadable:
        raise Unreachable("receipt_invalid") from None
    if receipt.refused:
        raise Refused("refused")
    return Answer(receipt)


def _is_at(url: str, origin: str) -> bool:
    try:
        return _origin(url) == _origin(origin)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("credentials")
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port
