"""The protocol's documents, for those who write other clients."""

from pathlib import Path

from fastapi import APIRouter, Request, Response

from gateway.api.assets import Assets
from gateway.api.headers import headers

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Prek med oss: protocols</title></head>
<body>
<main>
<h1>Prek med oss: protocols</h1>
<ul>
<li><a href="/api/asyncapi.json">The sockets and the bus (AsyncAPI)</a></li>
<li><a href="/openapi.json">HTTP of this service (OpenAPI)</a></li>
</ul>
<p>The citizens' socket is <code>/ws/citizen</code>, subprotocol <code>prek.v1</code>:
first <code>hello</code>, within five seconds.</p>
</main>
</body>
</html>
"""


def protocol_routes(docs: Path | None) -> APIRouter:
    """Return the routes of the documents; `docs` is the folder they were generated into."""
    routes = APIRouter()

    @routes.get("/api/docs", include_in_schema=False)
    async def page() -> Response:
        return Response(_PAGE, media_type="text/html; charset=utf-8", headers=headers())

    @routes.get("/api/asyncapi.json", include_in_schema=False)
    async def asyncapi(request: Request) -> Response:
        if docs is None:
            return Response(status_code=404)
        return Assets(docs).respond(request, "asyncapi.json", headers(Cache_Control="no-cache"))

    return routes
