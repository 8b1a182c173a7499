"""Files of the widget and the demonstration page, with an ETag that every replica agrees on."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    changed_ns: int
    body: bytes
    packed: bytes | None
    """The same as gzip, where that is shorter."""
    etag: str


class Assets:
    """The files of one folder, and nothing outside it."""

    def __init__(self, folder: Path) -> None:
        """Serve what lies flat in `folder`; it may be built while we run."""
        self._folder = folder
        self._kept: dict[str, _Asset] = {}

    def respond(self, request: Request, name: str, headers: Mapping[str, str]) -> Response:
        """Return a file, 304 when the client has it, or 404."""
        asset = self._read(name)
        if asset is None:
            return Response(status_code=404)
        all_headers, body, etag = {**headers, "Vary": "Accept-Encoding"}, asset.body, asset.etag
        if asset.packed is not None and _takes_gzip(request):
            all_headers["Content-Encoding"] = "gzip"
            # Other bytes, so another tag: a cache in between may hold both.
            body, etag = asset.packed, f'{etag[:-1]}-gzip"'
        return answer(request, body, media_type(name), all_headers, etag)

    def _read(self, name: str) -> _Asset | None:
        path = self._folder / name
        if path.parent != self._folder or not path.is_file():
            return None
        changed = path.stat().st_mtime_ns
        kept = self._kept.get(name)
        if kept is None or kept.changed_ns != changed:
            body = path.read_bytes()
            packed = gzip.compress(body, 9, mtime=0)
            shorter = packed if len(packed) < len(body) else None
            kept = self._kept[name] = _Asset(changed, body, shorter, etag_of(body))
        return kept


def _takes_gzip(request: Request) -> bool:
    """Return whether gzip is among the encodings a client names, and not refused."""
    for each in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = each.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def media_type(name: str) -> str:
    """Return a file's media type by its name."""
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def etag_of(body: bytes) -> str:
    """Return a strong ETag of the content."""
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def answer(
    request: Request, body: bytes, kind: str, headers: Mapping[str, str], etag: str
) -> Response:
    """Return content, or 304 when the client names the same ETag."""
    named = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    all_headers = {**headers, "ETag": etag}
    if etag in named:
        return Response(status_code=304, headers=all_headers)
    return Response(body, media_type=kind, headers=all_headers)
