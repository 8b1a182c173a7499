"""A municipality's page to try the widget on (`/demo/`), under a content policy as strict as any.

It stands for a foreign site: another origin in front of it, and one line of ours in it.
"""

import html
import json
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request, Response

from gateway.api.assets import Assets, answer, etag_of
from gateway.api.headers import headers
from gateway.settings import GatewaySettings

_FOLDER = Path(__file__).parent.parent / "demo"
_FILES = frozenset({"demo.css", "foss.svg"})
LANGUAGES = ("nb", "nn", "en")


def demo_routes(settings: GatewaySettings) -> APIRouter:
    """Return the routes of the demonstration page."""
    routes = APIRouter(include_in_schema=False)
    assets = Assets(_FOLDER)
    pages = {language: _page(language, settings) for language in LANGUAGES}
    own = settings.public_origin
    policy = {
        "script-src": own,
        "style-src": "'self'",
        "img-src": "'self'",
        "frame-src": own,
    }

    def show(request: Request, language: str) -> Response:
        body = pages[language]
        told = headers(policy, Cache_Control="no-cache", Content_Language=language)
        return answer(request, body, "text/html; charset=utf-8", told, etag_of(body))

    @routes.get("/demo/")
    async def bokmaal(request: Request) -> Response:
        return show(request, "nb")

    @routes.get("/demo/{language}/")
    async def other(request: Request, language: str) -> Response:
        return show(request, language) if language in pages else Response(status_code=404)

    @routes.get("/demo/{name}")
    async def file(request: Request, name: str) -> Response:
        if name not in _FILES:
            return Response(status_code=404)
        return assets.respond(request, name, headers(Cache_Control="public, max-age=300"))

    return routes


def _page(language: str, settings: GatewaySettings) -> bytes:
    texts = json.loads((_FOLDER / "texts.json").read_text("utf-8"))[language]
    values = {key: html.escape(text) for key, text in texts.items() if isinstance(text, str)}
    values["services"] = "\n".join(
        f"<li><h3>{html.escape(name)}</h3><p>{html.escape(what)}</p></li>"
        for name, what in texts["services"]
    )
    values["news"] = "\n".join(
        f'<li><h3>{html.escape(name)}</h3><p><time datetime="{day}">{html.escape(shown)}</time> '
        f"{html.escape(what)}</p></li>"
        for name, day, shown, what in texts["news"]
    )
    values["languages"] = "\n".join(_choice(each, language) for each in LANGUAGES)
    template = Template((_FOLDER / "page.html").read_text("utf-8"))
    return template.substitute(
        values,
        language=language,
        origin=html.escape(settings.public_origin),
        tenant=html.escape(settings.demo_tenant),
    ).encode()


_NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}


def _choice(each: str, current: str) -> str:
    here = ' aria-current="true"' if each == current else ""
    path = "/demo/" if each == "nb" else f"/demo/{each}/"
    return f'<li><a href="{path}" lang="{each}" hreflang="{each}"{here}>{_NAMES[each]}</a></li>'
