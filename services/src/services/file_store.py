"""The doors' way to the file store at transcript-service: names, bounds, tokens, answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote
from uuid import UUID

import httpx
import structlog
from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from services.contracts import FileRules, Refusal, StoredFile
from services.contracts.files import MAX_FILE_BYTES, MAX_NAME
from services.masking import mask
from services.tokens import Signer

log = structlog.get_logger()

AUDIENCE: Final = "transcript"
AT_ONCE: Final = 64
"""Files on their way through one process; a further one is told to come again."""
_TOKEN_S: Final = 60
_LONGEST_UPLOAD_S: Final = 390.0
"""The store waits five minutes for ten megabytes from a slow telephone, and then has work to do."""
_PATIENCE: Final = httpx.Timeout(75, connect=5)
"""The store looks for viruses and writes a picture anew before it answers."""
_RETRY_AFTER_S: Final = 2.0
_DRAIN_BYTES, _DRAIN_S = 2 * MAX_FILE_BYTES, 20.0
_PASSED_ON: Final = ("content-type", "content-length", "content-disposition")
_SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
"""To be saved: what somebody sent must never run as a page of ours."""
_NAMELESS: Final = "fil"
_LONGEST_ENDING: Final = 12
_DIGITS: Final = 18
_KNOWN: Final = {str(code): code for code in Refusal}


class FileRefusedError(Exception):
    """A file is not taken or not given: the code for its sender, and the HTTP status."""

    def __init__(self, code: Refusal, status: int, retry_after_s: float | None = None) -> None:
        """Take what the answer says."""
        super().__init__(str(code))
        self.code, self.status, self.retry_after_s = code, status, retry_after_s


class _TooLargeError(Exception):
    """More came than was declared, or than the tenant takes."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Whose file it is, and of which dialogue."""

    tenant: str
    conversation: UUID
    file: UUID
    sender: str
    """As in an envelope: `citizen:…` or `agent:…`."""
    name: str
    """As its header had it."""


class FileStoreClient:
    """Passes files on. Whether somebody may is for the door to say, before."""

    def __init__(self, client: httpx.AsyncClient, signer: Signer, url: str) -> None:
        """Reach transcript-service at `url` over `client`, which is for files alone."""
        self._client = client
        self._signer = signer
        self._url = url.rstrip("/")

    async def put(self, request: Request, offered: Offered, rules: FileRules) -> StoredFile:
        """Pass a request's body on under a masked name; return what the store says of it.

        Raises:
            FileRefusedError: by the tenant's rules or by the store, or the store is away.
            ClientDisconnect: the sender has left.
        """
        if not rules.allowed:
            raise FileRefusedError(Refusal.FILES_OFF, 403)
        if declared(request.headers.get("content-length")) > rules.max_bytes:
            raise FileRefusedError(Refusal.FILE_TOO_LARGE, 413)
        name = mask(name_of(offered.name))
        about = {"sender": offered.sender, "scope": "file.put"}
        told = {
            "Authorization": self._bearer(offered.tenant, offered.conversation, about),
            "Prek-File-Name": quote(name.text),
            "Prek-File-Masked": str(name.count),
        }
        url = self._path(offered.conversation, offered.file)
        try:
            async with asyncio.timeout(_LONGEST_UPLOAD_S):
                answer = await self._client.put(
                    url, content=_bounded(request, rules.max_bytes), headers=told, timeout=_PATIENCE
                )
        except _TooLargeError:
            raise FileRefusedError(Refusal.FILE_TOO_LARGE, 413) from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise _away(error) from None
        if answer.status_code != httpx.codes.OK:
            raise _refusal_of(answer)
        return StoredFile.read(answer.content)

    async def get(self, tenant: str, conversation: UUID, file: UUID) -> StreamingResponse:
        """Return a file that the dialogue shows, piece by piece, to be saved.

        Raises:
            FileRefusedError: there is no such file, or the store is away.
        """
        told = {"Authorization": self._bearer(tenant, conversation, {"scope": "file.get"})}
        request = self._client.build_request(
            "GET", self._path(conversation, file), headers=told, timeout=_PATIENCE
        )
        try:
            answer = await self._client.send(request, stream=True)
            if answer.status_code != httpx.codes.OK:
                await answer.aread()
        except httpx.HTTPError as error:
            raise _away(error) from None
        if answer.status_code != httpx.codes.OK:
            await answer.aclose()
            raise _refusal_of(answer)
        kept = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        # Closed by the response: who leaves before the first piece never starts the pieces.
        return StreamingResponse(
            answer.aiter_bytes(),
            headers={**kept, **_SAFE},
            background=BackgroundTask(answer.aclose),
        )

    def _bearer(self, tenant: str, conversation: UUID, about: dict[str, str]) -> str:
        claims: dict[str, Any] = {"tenant": tenant, "conversation": str(conversation), **about}
        return "Bearer " + self._signer.sign(AUDIENCE, claims, ttl_s=_TOKEN_S)

    def _path(self, conversation: UUID, file: UUID) -> str:
        return f"{self._url}/internal/v1/conversations/{conversation}/files/{file}"


def files_client() -> httpx.AsyncClient:
    """Return connections of their own: slow uploads must not keep anybody from anything else."""
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=AT_ONCE), trust_env=False)


async def drained(request: Request) -> None:
    """Read on to the end, within bounds: a browser that still sends does not hear an answer."""
    # A body that was read to its end cannot be read again, and need not.
    with contextlib.suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(_DRAIN_S):
            size = 0
            async for piece in request.stream():
                size += len(piece)
                if size > _DRAIN_BYTES:
                    break


def name_of(header: str) -> str:
    """Return the name in a percent-encoded header, cut to `MAX_NAME` before its ending.

    What it may hold besides is for the store to say, which knows what the file is.
    """
    name = unquote(header, "utf-8", "replace").strip() or _NAMELESS
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return name[:MAX_NAME]
    return stem[: MAX_NAME - len(ending) - 1] + dot + ending


def declared(header: str | None) -> int:
    """Return the length in bytes that a request declares; 0 where it does not say."""
    plain = header is not None and header.isascii() and header.isdigit()
    # A number of thousands of digits is one that Python does not read.
    return int(header[:_DIGITS]) if header is not None and plain else 0


async def _bounded(request: Request, most: int) -> AsyncIterator[bytes]:
    """Yield a body piece by piece, and no more of it than `most` bytes."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise _TooLargeError
        yield piece


def _away(error: Exception) -> FileRefusedError:
    log.warning("file_store_unavailable", error=type(error).__name__)
    return FileRefusedError(Refusal.BUSY, 503, _RETRY_AFTER_S)


def _refusal_of(answer: httpx.Response) -> FileRefusedError:
    """Say again why the store refused; what it has against us is not the sender's fault."""
    try:
        code = _KNOWN.get(answer.json().get("code"))
    except (ValueError, AttributeError):
        code = None
    theirs = answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR
    if code is None or code is Refusal.TOKEN_INVALID or not theirs:
        if code is not Refusal.BUSY:
            log.warning("file_store_unavailable", status=answer.status_code)
        return FileRefusedError(Refusal.BUSY, 503, _RETRY_AFTER_S)
    return FileRefusedError(code, answer.status_code)
