"""`/api/board`: the lines and the agents of the departments one leads, as they are now."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from agent_service.board import Boards
from agent_service.guards import as_json, seat_by
from agent_service.sessions import Seat, Sessions


def board_routes(sessions: Sessions, boards: Boards) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]

    @router.get("/board")
    async def board(seat: signed_in) -> Response:
        """What a leader sees; asked again every few seconds by who looks at it."""
        return as_json(await boards.of(seat))

    return router
