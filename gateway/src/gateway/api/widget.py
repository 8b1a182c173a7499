"""What browsers load: a host page's one line (`/prek.js`), its frame (`/widget/…`), and `/svar`."""

from pathlib import Path

from fastapi import APIRouter, Request, Response

from gateway.api.assets import Assets
from gateway.api.headers import headers
from gateway.core.origins import ancestors, socket_origin
from gateway.directories import Directories
from gateway.settings import GatewaySettings

FOLDER = Path(__file__).parent.parent / "static" / "widget"
"""Where the widget's build puts its files."""


def widget_routes(settings: GatewaySettings, directories: Directories) -> APIRouter:
    """Return the routes of the widget."""
    routes = APIRouter()
    assets = Assets(FOLDER)
    own = settings.public_origin

    @routes.api_route("/prek.js", methods=["GET", "HEAD"], include_in_schema=False)
    async def loader(request: Request) -> Response:
        # Any page may embed it, and as it likes: as a module, with `crossorigin`, isolated.
        cached = headers(
            Cache_Control="public, max-age=300",
            Cross_Origin_Resource_Policy="cross-origin",
            Access_Control_Allow_Origin="*",
        )
        return assets.respond(request, "prek.js", cached)

    @routes.api_route("/widget/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    async def frame(request: Request, name: str) -> Response:
        directory = directories.known(request.query_params.get("tenant", ""))
        pages = (settings.page_origins, directory.origins if directory else ())
        policy = {
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' data: blob:",
            "font-src": "'self'",
            "connect-src": f"'self' {socket_origin(own)}",
            "frame-ancestors": ancestors(own, *pages),
            "require-trusted-types-for": "'script'",
        }
        # A page that isolates itself (COEP) shows only frames that do so too; we need nothing
        # from elsewhere, so it costs nothing. Who may frame us, `frame-ancestors` says.
        cached = headers(
            policy,
            Cache_Control="no-cache",
            Cross_Origin_Embedder_Policy="require-corp",
            Cross_Origin_Resource_Policy="cross-origin",
        )
        return assets.respond(request, name, cached)

    @routes.api_route("/svar", methods=["GET", "HEAD"], include_in_schema=False)
    async def written_answer(request: Request) -> Response:
        """The page of an e-mail's link. Its token is in the fragment, and stays in the browser."""
        policy = {
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "data: blob:",
            "connect-src": "'self'",
            "require-trusted-types-for": "'script'",
        }
        cached = headers(policy, Cache_Control="no-cache")
        return assets.respond(request, "answer.html", cached)

    return routes
