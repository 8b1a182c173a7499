"""Routes about the routing: why an enquiry waits, what a set-up lacks, the emergency switch."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from services.contracts import TenantDirectory, TextError, check_text
from services.contracts.directory import Language
from services.contracts.model import Id
from services.masking import mask

from agent_service.emergency import Switch
from agent_service.guards import HEADERS, as_json, from_console, seat_by
from agent_service.routing import Routing
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings

_MAX_BANNER = 1_000


class SwitchOn(BaseModel):
    """What an emergency is to do."""

    banner: dict[Language, str] = Field(default_factory=dict)
    """Shown to every citizen, per language."""
    topic: Id | None = None
    """Lifted before all others."""
    borrowed: list[Id] = Field(default_factory=list, max_length=200)
    """Departments whose agents answer for the first line meanwhile."""


def routing_routes(
    sessions: Sessions, routing: Routing, switch: Switch, settings: Settings
) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]
    ours = Depends(from_console(settings))

    @router.get("/routing/explain/{conversation}")
    async def explain(conversation: UUID, seat: signed_in) -> Response:
        """Why it waits, or to whom it was offered last."""
        return as_json(await routing.explain(seat, conversation))

    @router.get("/routing/lint")
    async def lint(seat: signed_in) -> Response:
        """What is wrong with the set-up as it is now."""
        return as_json(await routing.lint(seat, seat.directory))

    @router.post("/emergency", dependencies=[ours])
    async def switch_on(asked: SwitchOn, seat: signed_in) -> Response:
        """Switch the emergency on, or change it."""
        banner: dict[str, str] = {
            language: _banner(text) for language, text in asked.banner.items()
        }
        return _switched(await switch.on(seat, banner, asked.topic, asked.borrowed))

    @router.delete("/emergency", dependencies=[ours])
    async def switch_off(seat: signed_in) -> Response:
        """Switch the emergency off."""
        return _switched(await switch.off(seat))

    return router


def _banner(text: str) -> str:
    try:
        check_text(text)
    except TextError as error:
        raise Denied(str(error), 422) from None
    if len(text) > _MAX_BANNER:
        raise Denied("text_too_long", 422)
    return mask(text).text


def _switched(directory: TenantDirectory) -> Response:
    emergency = directory.emergency
    told: dict[str, Any] = {
        "version": directory.version,
        "emergency": emergency.model_dump(mode="json") if emergency else None,
    }
    return JSONResponse(told, headers=HEADERS)
