"""The way to a provider and back, and what a provider tells us by itself."""

from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from services.addresses import address_of
from services.errors import Transient

from agent_service.core.identity import Fault
from agent_service.directories import Directories
from agent_service.guards import COOKIE, HEADERS
from agent_service.oidc.rows import SIGN_IN_S
from agent_service.oidc.signing import SignIns
from agent_service.settings import Settings

log = structlog.get_logger()

BEGUN_COOKIE: Final = "__Host-prek-sign-in"
_SHOWN: Final = {
    "not_begun": "expired",
    "wrong_state": "expired",
    "denied": "denied",
    "unknown_person": "unknown_person",
    "no_access": "no_access",
}
"""What a person is told. Everything else is `failed`: the log says what."""
_MOST_CHARACTERS: Final = 16_384


def oidc_routes(sign_ins: SignIns, directories: Directories, settings: Settings) -> APIRouter:
    """Return the routes of sign-in by a provider."""
    router = APIRouter(prefix="/api")

    @router.get("/sign-in")
    async def ways(tenant: str | None = None) -> Response:
        """Say how one may sign in."""
        known = directories.tenants
        asked = tenant or (known[0] if len(known) == 1 else None)
        listed = [
            {
                "name": each.name,
                "municipality": _municipality(directories, each.tenant),
                "url": f"/api/sign-in/{each.tenant}/{each.id}",
            }
            for each in sign_ins.offered(asked)
        ]
        local = asked is None or asked not in settings.local_accounts_off
        return JSONResponse({"providers": listed, "local": local}, headers=HEADERS)

    @router.get("/sign-in/{tenant}/{provider}")
    async def begin(tenant: str, provider: str, request: Request) -> Response:
        """Send a browser to the provider."""
        try:
            url, secret = await sign_ins.begin(
                tenant, provider, address_of(request, settings.proxies)
            )
        except Fault as fault:
            return _back(_told(fault, tenant))
        except Transient:
            return _back("busy")
        response = RedirectResponse(url, 303, HEADERS)
        _keep(response, BEGUN_COOKIE, secret, SIGN_IN_S)
        return response

    @router.get("/sign-in/{tenant}/{provider}/callback")
    async def finish(
        tenant: str,
        provider: str,
        request: Request,
        secret: Annotated[str | None, Cookie(alias=BEGUN_COOKIE)] = None,
    ) -> Response:
        """Take a browser back from the provider."""
        try:
            opened = await sign_ins.finish(tenant, provider, secret, request.query_params)
        except Fault as fault:
            response = _back(_told(fault, tenant))
        except Transient:
            response = _back("busy")
        else:
            response = _back(None)
            _keep(response, COOKIE, opened, int(settings.session_hours * 3_600))
        _forget(response, BEGUN_COOKIE)
        return response

    _add_logout(router, sign_ins, settings)
    return router


def _add_logout(router: APIRouter, sign_ins: SignIns, settings: Settings) -> None:
    @router.post("/backchannel-logout")
    async def log_out(
        request: Request, logout_token: Annotated[str, Form(max_length=_MOST_CHARACTERS)]
    ) -> Response:
        """End the sessions a provider says have ended."""
        try:
            await sign_ins.log_out(logout_token, address_of(request, settings.proxies))
        except Fault as fault:
            log.warning("logout_refused", code=fault.code)
            return JSONResponse({"error": "invalid_request"}, 400, HEADERS)
        return Response(status_code=200, headers=HEADERS)


def _told(fault: Fault, tenant: str) -> str:
    log.warning("sign_in_refused", tenant=tenant, code=fault.code)
    return _SHOWN.get(fault.code, "failed")


def _back(code: str | None) -> Response:
    """Return the way to the console, with what it is to say."""
    return RedirectResponse("/" if code is None else f"/?sign_in={code}", 303, HEADERS)


def _keep(response: Response, name: str, secret: str, age_s: int) -> None:
    # Strict would not come back with the browser from the provider's page.
    response.set_cookie(name, secret, age_s, path="/", secure=True, httponly=True, samesite="lax")


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def _municipality(directories: Directories, tenant: str) -> str:
    directory = directories.of(tenant)
    return directory.name if directory else tenant
