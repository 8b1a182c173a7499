"""The self-check (`/sjekk`): why the chat is, or is not, on a page. For the owner of a site."""

import asyncio
import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError
from services.addresses import address_of
from services.contracts import Contract, Refusal, TenantDirectory
from services.errors import Transient
from services.rate import NO_LIMIT, Buckets, Limit

from gateway.api.headers import headers
from gateway.api.refusing import refused
from gateway.core.embedding import Finding, Seen, judge, line_for
from gateway.core.origins import check_origin
from gateway.directories import Directories
from gateway.fetching import FetchError, fetch
from gateway.reading import UnreadableError, read_apart
from gateway.settings import GatewaySettings

_FOLDER = Path(__file__).parent.parent / "check"
LANGUAGES: Final = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
_PER_ADDRESS: Final = Limit(burst=10, per_s=0.1)
_AT_ONCE: Final = 2
"""Pages in work; each takes a process and up to two seconds of a core."""
_MAX_BODY: Final = 8_192
_TENANT = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,63}")
_CHARSET = re.compile(r"""charset\s*=\s*"?([a-zA-Z0-9_\-]{1,40})""", re.IGNORECASE)
_POLICY = {"style-src": "'self'", "img-src": "data:", "form-action": "'self'"}


class Check(Contract):
    """What is to be looked at."""

    tenant: str = Field(max_length=64)
    page: str = Field(max_length=2_000)


class Embeddings:
    """Looks at pages."""

    def __init__(self, settings: GatewaySettings, directories: Directories) -> None:
        """Use these parts."""
        self._settings = settings
        self._directories = directories
        unlimited = settings.rate_profile == "load"
        self._buckets = Buckets(NO_LIMIT if unlimited else _PER_ADDRESS)
        self._room = asyncio.Semaphore(_AT_ONCE)

    @property
    def origin(self) -> str:
        """Return ours."""
        return self._settings.public_origin

    def wait_s(self, request: Request) -> float:
        """Take one check from an address's allowance. Return 0, or when there is one again."""
        address = address_of(request, self._settings.proxies)
        return self._buckets.take(address, asyncio.get_running_loop().time())

    async def look(self, asked: Check) -> list[Finding]:
        """Return what is found. A page is fetched only from where the chat may be anyway."""
        if not _TENANT.fullmatch(asked.tenant):
            return [Finding("tenant_unknown", {"tenant": asked.tenant})]
        try:
            directory = await self._directories.find(asked.tenant)
        except Transient:
            return [Finding("page_busy")]
        if directory is None:
            return [Finding("tenant_unknown", {"tenant": asked.tenant})]
        known = Finding("tenant_known", {"tenant": directory.tenant, "name": directory.name})
        url = _page_url(asked.page)
        if url is None:
            return [known, Finding("address_invalid")]
        origin = f"{url.scheme}://{url.netloc}"
        if origin not in self._origins(directory):
            return [known, Finding("origin_missing", {"origin": origin})]
        allowed = Finding("origin_allowed", {"origin": origin})
        return [known, allowed, *await self._look_at(url, origin, directory.tenant)]

    async def _look_at(self, url: SplitResult, origin: str, tenant: str) -> list[Finding]:
        if self._room.locked():
            return [Finding("page_busy")]
        async with self._room:
            try:
                fetched = await fetch(
                    url.geturl(),
                    agent=f"prek-sjekk/1 (+{self.origin}/sjekk)",
                    trusted=origin in self._settings.page_origins,
                )
                charset = _CHARSET.search(fetched.header("content-type"))
                markup = await read_apart(fetched.body, charset[1] if charset else None)
            except FetchError as error:
                return [Finding(error.code, error.values)]
            except UnreadableError:
                return [Finding("page_no_html")]
        seen = Seen(fetched.address, fetched.headers, markup, fetched.cut)
        return judge(seen, origin=self.origin, tenant=tenant)

    def _origins(self, directory: TenantDirectory) -> frozenset[str]:
        listed = (*directory.origins, *self._settings.page_origins)
        return frozenset(each.removesuffix("/") for each in listed)


def embedding_routes(settings: GatewaySettings, directories: Directories) -> APIRouter:
    """Return the routes of the self-check."""
    routes = APIRouter()
    embeddings = Embeddings(settings, directories)
    pages = {language: _Page(language, embeddings.origin) for language in LANGUAGES}

    @routes.get("/sjekk", include_in_schema=False)
    async def ask(request: Request) -> Response:
        query = request.query_params
        page = pages[_language(query.get("lang", "nb"))]
        return page.show(tenant=query.get("tenant", ""), page=query.get("page", ""))

    @routes.post("/sjekk", include_in_schema=False)
    async def check(request: Request) -> Response:
        form = await _read(request)
        fields = parse_qs((form or b"").decode("utf-8", "replace"), max_num_fields=10)
        given = {name: values[0].strip() for name, values in fields.items()}
        page = pages[_language(given.get("lang", "nb"))]
        tenant, address = given.get("tenant", ""), given.get("page", "")
        if wait_s := embeddings.wait_s(request):
            return page.show(tenant=tenant, page=address, wait_s=int(wait_s) + 1)
        try:
            asked = Check(tenant=tenant, page=address)
        except ValidationError:
            return page.show(tenant="", page="", found=[Finding("address_invalid")])
        return page.show(tenant=tenant, page=address, found=await embeddings.look(asked))

    @routes.post(
        "/api/embedding",
        summary="Look at how a page embeds the widget",
        openapi_extra={
            "requestBody": {"content": {"application/json": {"schema": Check.model_json_schema()}}}
        },
    )
    async def api(request: Request) -> Response:
        """Return `{line, findings: [{level, code, values}]}`, or `{"code": …}`."""
        if wait_s := embeddings.wait_s(request):
            return refused(429, Refusal.RATE_LIMITED, Retry_After=str(int(wait_s) + 1))
        try:
            asked = Check.read(await _read(request) or b"")
        except ValidationError:
            return refused(400, Refusal.FRAME_INVALID)
        found = await embeddings.look(asked)
        listed = [{"level": f.level, "code": f.code, "values": dict(f.values)} for f in found]
        line = line_for(embeddings.origin, asked.tenant)
        told = headers(None, Cache_Control="no-store")
        return JSONResponse({"line": line, "findings": listed}, headers=told)

    return routes


async def _read(request: Request) -> bytes | None:
    """Return the body, or None when it is too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            return None
    return bytes(body)


def _language(tag: str) -> str:
    return tag if tag in LANGUAGES else "nb"


def _page_url(text: str) -> SplitResult | None:
    """Return an address in its plain form, or None when a page cannot be there."""
    try:
        url = urlsplit(text.strip())
        host = (url.hostname or "").encode("idna").decode("ascii").lower()
        port = f":{url.port}" if url.port else ""
        default = {"http": ":80", "https": ":443"}.get(url.scheme)
        netloc = host + ("" if port == default else port)
        check_origin(f"{url.scheme}://{netloc}")
    except (ValueError, UnicodeError):
        return None
    if url.username is not None or not text.isprintable():
        return None
    return SplitResult(url.scheme, netloc, _plain(url.path or "/"), _plain(url.query), "")


def _plain(text: str) -> str:
    """Return a part of an address in visible ASCII, as a browser sends it."""
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~")


class _Page:
    """The page in one language."""

    def __init__(self, language: str, origin: str) -> None:
        texts = json.loads((_FOLDER / "texts.json").read_text("utf-8"))[language]
        self._language = language
        self._origin = origin
        self._texts: Mapping[str, Any] = texts["page"]
        self._findings: Mapping[str, Mapping[str, str]] = texts["findings"]
        self._template = Template((_FOLDER / "page.html").read_text("utf-8"))

    def show(
        self,
        *,
        tenant: str,
        page: str,
        found: Sequence[Finding] = (),
        wait_s: int = 0,
    ) -> Response:
        texts = self._texts
        verdict = self._verdict(found) if found else ""
        title = html.escape(texts["title"])
        body = self._template.substitute(
            language=self._language,
            document_title=f"{html.escape(verdict)} – {title}" if verdict else title,
            languages_label=html.escape(texts["languages"]),
            languages="\n".join(self._choice(each) for each in LANGUAGES),
            title=title,
            lead=html.escape(texts["lead"]),
            tenant_label=html.escape(texts["tenant"]),
            tenant_hint=_marked(texts["tenant_hint"], {}),
            tenant=html.escape(tenant[:64]),
            page_label=html.escape(texts["page"]),
            page_hint=_marked(texts["page_hint"], {}),
            page=html.escape(page[:2_000]),
            check=html.escape(texts["check"]),
            result=self._result(found, verdict, tenant, waiting=wait_s > 0),
        )
        more = {"Retry_After": str(wait_s)} if wait_s else {}
        told = headers(_POLICY, Cache_Control="no-store", Content_Language=self._language, **more)
        return Response(
            body,
            status_code=429 if wait_s else 200,
            media_type="text/html; charset=utf-8",
            headers=told,
        )

    def _verdict(self, found: Sequence[Finding]) -> str:
        errors = sum(each.level == "error" for each in found)
        return self._texts["errors"].format(errors=errors) if errors else str(self._texts["fine"])

    def _result(self, found: Sequence[Finding], verdict: str, tenant: str, *, waiting: bool) -> str:
        if waiting:
            return f'<p role="alert">{html.escape(self._texts["wait"])}</p>'
        if not found:
            return ""
        heading = html.escape(f"{self._texts['result']}: {verdict}")
        listed = "\n".join(self._drawn(each) for each in found)
        parts = [
            f'<section aria-labelledby="result"><h2 id="result">{heading}</h2>',
            f'<ul class="findings">\n{listed}\n</ul></section>',
        ]
        if all(each.code != "tenant_unknown" for each in found):
            line = html.escape(line_for(self._origin, tenant))
            parts.append(f"<h2>{html.escape(self._texts['line'])}</h2>")
            parts.append(f'<p class="line"><code>{line}</code></p>')
        return "\n".join(parts)

    def _drawn(self, finding: Finding) -> str:
        words = self._findings[finding.code]
        return (
            f'<li class="{finding.level}">'
            f'<p class="level">{html.escape(self._texts["levels"][finding.level])}</p>'
            f"<h3>{_marked(words['what'], finding.values)}</h3>"
            f"<p>{_marked(words['do'], finding.values)}</p></li>"
        )

    def _choice(self, each: str) -> str:
        here = ' aria-current="true"' if each == self._language else ""
        return (
            f'<li><a href="/sjekk?lang={each}" lang="{each}" hreflang="{each}"{here}>'
            f"{LANGUAGES[each]}</a></li>"
        )


def _marked(text: str, values: Mapping[str, str]) -> str:
    """Return a text of ours as HTML: what it puts between backticks is code, values are text."""
    shown = [html.escape(part.format_map(values)) for part in text.split("`")]
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(shown))
