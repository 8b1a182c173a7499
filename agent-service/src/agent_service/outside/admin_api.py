"""`/api/keys` and `/api/webhooks`: made and ended by administrators."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from services.contracts import Milestone, Refusal
from services.contracts.model import Name

from agent_service.guards import HEADERS, from_console, seat_by
from agent_service.outside.addresses import may_hook
from agent_service.outside.documents import hook_document, key_document
from agent_service.outside.keys import Keys, Scope
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings

_LONGEST_DAYS = 731
_PUBLIC = r"^https://([a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?\.){1,5}[a-z]{2,8}(/[!-~]*)?$"


class NewKey(BaseModel):
    """What an administrator asks for."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    days: int = Field(default=365, ge=1, le=_LONGEST_DAYS)
    """How long it is good."""


class NewHook(BaseModel):
    """Where which milestones are to be told."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=8, max_length=2048)
    milestones: Annotated[list[Milestone], Field(min_length=1, max_length=3)]


class PublicHook(NewHook):
    """The same, as another system may ask for it: to a host on the internet."""

    url: str = Field(max_length=2048, pattern=_PUBLIC)


def _admin(sessions: Sessions) -> Callable[[Seat], Seat]:
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]

    def admin(seat: signed_in) -> Seat:
        if "admin" not in seat.profile.roles:
            raise Denied(Refusal.NOT_ALLOWED, 403)
        return seat

    return admin


def key_routes(sessions: Sessions, keys: Keys, settings: Settings) -> APIRouter:
    """Return the routes of keys."""
    router = APIRouter(prefix="/api")
    administrator = Annotated[Seat, Depends(_admin(sessions))]
    ours = Depends(from_console(settings))

    @router.get("/keys")
    async def all_keys(seat: administrator) -> Response:
        """The keys that are good."""
        found = await keys.keys(seat.session.tenant)
        return JSONResponse({"keys": [key_document(key) for key in found]}, 200, HEADERS)

    @router.post("/keys", dependencies=[ours])
    async def make_key(asked: NewKey, seat: administrator) -> Response:
        """Make a key. Its secret is in this answer and nowhere else."""
        scopes = sorted(set(asked.scopes))
        secret, key = await keys.make_key(
            seat.session.tenant, asked.name, scopes, asked.days, seat.session.agent
        )
        return JSONResponse({**key_document(key), "secret": secret}, 201, HEADERS)

    @router.delete("/keys/{key}", dependencies=[ours])
    async def end_key(key: UUID, seat: administrator) -> Response:
        """End a key: it opens nothing from then on."""
        if not await keys.end_key(seat.session.tenant, key):
            raise Denied(Refusal.NOT_FOUND, 404)
        return Response(status_code=204, headers=HEADERS)

    return router


def hook_routes(sessions: Sessions, keys: Keys, settings: Settings) -> APIRouter:
    """Return the routes of webhooks."""
    router = APIRouter(prefix="/api")
    administrator = Annotated[Seat, Depends(_admin(sessions))]
    ours = Depends(from_console(settings))

    @router.get("/webhooks")
    async def all_hooks(seat: administrator) -> Response:
        """Where milestones are told."""
        found = await keys.hooks(seat.session.tenant)
        return JSONResponse({"webhooks": [hook_document(hook) for hook in found]}, 200, HEADERS)

    @router.post("/webhooks", dependencies=[ours])
    async def make_hook(asked: NewHook, seat: administrator) -> Response:
        """Make a webhook. What signs its letters is in this answer and nowhere else."""
        tenant, agent = seat.session.tenant, seat.session.agent
        return JSONResponse(await made_hook(keys, settings, tenant, asked, agent), 201, HEADERS)

    @router.delete("/webhooks/{webhook}", dependencies=[ours])
    async def end_hook(webhook: UUID, seat: administrator) -> Response:
        """End a webhook."""
        if not await keys.end_hook(seat.session.tenant, webhook):
            raise Denied(Refusal.NOT_FOUND, 404)
        return Response(status_code=204, headers=HEADERS)

    return router


async def made_hook(
    keys: Keys, settings: Settings, tenant: str, asked: NewHook, by: str
) -> dict[str, object]:
    """Make a webhook and return what is told of it.

    Raises:
        Denied: no milestone may go there, or there are too many webhooks.
    """
    if not may_hook(asked.url, settings.public_origin):
        raise Denied("webhook_address", 422)
    made = await keys.make_hook(tenant, asked.url, sorted(set(asked.milestones)), by)
    if made is None:
        raise Denied("webhooks_too_many", 409)
    secret, hook = made
    return {**hook_document(hook), "secret": secret}
