"""Internal HTTP: the transcript, for our own services with a token of half a minute."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import FastAPI, Header, Response
from fastapi.responses import JSONResponse
from services.contracts import DIALOGUE, Refusal
from services.errors import Transient
from services.tokens import Signer, TokenError

from transcript_service import copy
from transcript_service.reads import Reads

AUDIENCE = "transcript"


def add_routes(app: FastAPI, reads: Reads, signer: Signer) -> None:
    """Add the routes."""

    @app.get("/internal/v1/conversations/{conversation}/transcript")
    async def transcript(
        conversation: UUID,
        authorization: Annotated[str, Header()] = "",
        format: Literal["txt", "json", "html"] = "txt",  # noqa: A002 - the parameter's name
        language: Literal["nb", "nn", "en"] = "nb",
    ) -> Response:
        """One stream of one conversation, the one the token names."""
        try:
            claims = signer.verify(AUDIENCE, authorization.removeprefix("Bearer "))
        except TokenError:
            return JSONResponse({"code": Refusal.TOKEN_INVALID}, 401)
        if claims.get("conversation") != str(conversation):
            return JSONResponse({"code": Refusal.NOT_FOUND}, 404)
        tenant, scope = str(claims.get("tenant")), str(claims.get("scope", DIALOGUE))
        try:
            found = await reads.transcript(tenant, conversation, scope)
            directory = await reads.directory(tenant)
        except Transient:
            return JSONResponse({"code": Refusal.BUSY}, 503)
        if found is None:
            return JSONResponse({"code": Refusal.NOT_FOUND}, 404)
        match format:
            case "json":
                return Response(copy.as_json(found, directory), media_type="application/json")
            case "html":
                return Response(copy.as_html(found, directory, language), media_type="text/html")
            case _:
                text = copy.as_text(found, directory, language)
                return Response(text, media_type="text/plain; charset=utf-8")
