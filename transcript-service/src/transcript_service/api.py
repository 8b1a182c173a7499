"""Internal HTTP: the written copy, for our own services with a token of half a minute."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import FastAPI, Header, Response
from fastapi.responses import JSONResponse
from services.clock import Clock, utc_now
from services.contracts import DESK, DIALOGUE, AgentProfile, Refusal, TenantDirectory
from services.errors import Transient
from services.ids import new_id
from services.tokens import Signer, TokenError

from transcript_service.audit.table import EXPORTED, Audit, Note
from transcript_service.callers import reader_of
from transcript_service.copies.document import document_of
from transcript_service.copies.exact import as_json
from transcript_service.copies.page import as_html
from transcript_service.copies.plain import as_text
from transcript_service.copies.press import Press
from transcript_service.core import Conversation
from transcript_service.core.rights import agent_may_read
from transcript_service.reads import Reads, Transcript
from transcript_service.retention.wishes import Answers

AUDIENCE = "transcript"
FORGET = "Prek-Forget"
"""What becomes of the wish to be forgotten: `retention.rules.Wish`. The copy itself stays the same,
byte for byte, whatever becomes of it."""
Format = Literal["txt", "json", "html", "pdf"]
Language = Literal["nb", "nn", "en"]


def add_routes(
    app: FastAPI,
    reads: Reads,
    signer: Signer,
    press: Press,
    audit: Audit,
    clock: Clock = utc_now,
    answers: Answers | None = None,
) -> None:
    """Add the routes. A copy that is made for an agent is in the audit before it is given out.

    `answers` says what becomes of a citizen's wish to be forgotten, in a header of the copy.
    """

    @app.get("/internal/v1/conversations/{conversation}/transcript")
    async def transcript(
        conversation: UUID,
        authorization: Annotated[str, Header()] = "",
        format: Format = "txt",  # noqa: A002 - the parameter's name
        language: Language = "nb",
    ) -> Response:
        """One stream of one conversation, the one the token names."""
        try:
            claims = signer.verify(AUDIENCE, authorization.removeprefix("Bearer "))
        except TokenError:
            return JSONResponse({"code": Refusal.TOKEN_INVALID}, 401)
        if claims.get("conversation") != str(conversation):
            return JSONResponse({"code": Refusal.NOT_FOUND}, 404)
        tenant, scope = str(claims.get("tenant")), str(claims.get("scope", DIALOGUE))
        if not scope.startswith((DIALOGUE, DESK)):
            # It is for something else: a file, perhaps.
            return JSONResponse({"code": Refusal.NOT_FOUND}, 404)
        try:
            found = await reads.transcript(tenant, conversation, scope)
            directory = await reads.directory(tenant)
            if found is None:
                return JSONResponse({"code": Refusal.NOT_FOUND}, 404)
            if "agent" in claims or "key" in claims:
                reader = reader_of(claims, directory) if directory else None
                if reader is None or not _may_have(found.conversation, reader, directory, clock):
                    return JSONResponse({"code": Refusal.NOT_FOUND}, 404)
                about = {"stream": scope, "format": format, "language": language}
                await audit.note(Note(tenant, new_id(), reader.id, EXPORTED, conversation, about))
            copy = await _copy(found, directory, format, language, press)
            if answers and found.conversation.summary.forget_asked_at:
                wish = await answers.of(tenant, conversation, directory)
                copy.headers[FORGET] = wish or ""
            return copy
        except Transient:
            return JSONResponse({"code": Refusal.BUSY}, 503)


def _may_have(
    conversation: Conversation,
    reader: AgentProfile,
    directory: TenantDirectory | None,
    clock: Clock,
) -> bool:
    return directory is not None and agent_may_read(conversation, reader, directory, clock())


async def _copy(
    found: Transcript,
    directory: TenantDirectory | None,
    form: Format,
    language: Language,
    press: Press,
) -> Response:
    document = document_of(found, directory, language)
    match form:
        case "json":
            return Response(as_json(found, directory), media_type="application/json")
        case "html":
            return Response(as_html(document), media_type="text/html")
        case "pdf":
            return Response(await press.pdf(document), media_type="application/pdf")
        case "txt":
            return Response(as_text(document), media_type="text/plain; charset=utf-8")
