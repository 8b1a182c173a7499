"""A municipality's web server: the pages of `e2e/embedding/`, on an origin of their own."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from set_up import TENANT

_FOLDER: Final = Path(__file__).parent / "e2e" / "embedding"
NONCE: Final = "r4nd0m"

_HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "hosts": {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
        "style-src 'self'; img-src data:; script-src $chat; frame-src $chat"
    },
    "nonce": {
        "Content-Security-Policy": "object-src 'none'; base-uri 'none'; style-src 'nonce-$nonce'; "
        "script-src 'nonce-$nonce' 'strict-dynamic'; frame-src $chat"
    },
    "types": {
        "Content-Security-Policy": "script-src $chat; frame-src $chat; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    },
    "isolated": {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    },
}
"""What a site's administrator sends along, by page."""


class Site:
    """Serves them; also what is not there, so that no browser complains."""

    def __init__(self, chat: str) -> None:
        """Embed the chat of this origin."""
        self._values = {"chat": chat, "tenant": TENANT, "nonce": NONCE}

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.origin = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Close the door."""
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            writer.write(self._answer(request.split()[1].decode().partition("?")[0]))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a browser opens connections that it then has no use for
        finally:
            writer.close()

    def _answer(self, path: str) -> bytes:
        name, _, kind = path.strip("/").rpartition(".")
        if kind == "css":
            return _response("200 OK", "text/css", {}, "main { max-width: 40rem; margin: 0 auto; }")
        file = _FOLDER / f"{name}.html"
        if not file.is_file():
            return _response("404 Not Found", "text/plain", {}, "")
        headers = {key: self._fill(value) for key, value in _HEADERS.get(name, {}).items()}
        return _response("200 OK", "text/html", headers, self._fill(file.read_text("utf-8")))

    def _fill(self, text: str) -> str:
        return Template(text).safe_substitute(self._values)


def _response(status: str, kind: str, headers: Mapping[str, str], text: str) -> bytes:
    body = text.encode()
    all_headers = {
        "Content-Type": f"{kind}; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
        **headers,
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in all_headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
