"""The way back to a written answer (`/api/receipt`): a receipt's number and its secret."""

import asyncio
from typing import Final

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError
from services.addresses import address_of
from services.contracts import Contract, Refusal
from services.contracts.model import Id
from services.errors import ServiceError
from services.tokens import Signer

from gateway.api.headers import headers
from gateway.api.refusing import refused
from gateway.core import receipts
from gateway.limits import Limits
from gateway.metrics import RECEIPTS
from gateway.settings import GatewaySettings
from gateway.ws.greeting import AUDIENCE, TOKEN_S, citizen_claims
from gateway.ws.ledger import Ledger

log = structlog.get_logger()

_MAX_BODY: Final = 4_096


class ReceiptTry(Contract):
    """What somebody typed."""

    tenant: Id
    receipt: str = Field(max_length=100)
    secret: str = Field(max_length=100)


class Receipts:
    """Opens written answers."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        signer: Signer,
        ledger: Ledger,
        limits: Limits,
    ) -> None:
        """Use these parts."""
        self._settings = settings
        self._signer = signer
        self._ledger = ledger
        self._limits = limits

    def secret(self, tenant: str, receipt: str) -> str:
        """Return the secret of a receipt, for its citizen alone."""
        return receipts.secret_of(self._settings.signing_key, tenant, receipt)

    async def answer(self, request: Request) -> Response:
        """Return `{conversation, token}`, or why not as `{"code": …}`."""
        now = asyncio.get_running_loop().time()
        address = address_of(request, self._settings.proxies)
        if wait_s := self._limits.receipts.take(address, now):
            return _refused(429, Refusal.RATE_LIMITED, Retry_After=str(int(wait_s) + 1))
        if (tried := await _read(request)) is None:
            return _refused(400, Refusal.FRAME_INVALID)
        number = receipts.number_of(tried.receipt)
        if not receipts.opens(self._settings.signing_key, tried.tenant, number, tried.secret):
            return _refused(404, Refusal.NOT_FOUND)
        try:
            found = await self._ledger.receipt(tried.tenant, number)
        except ServiceError:
            log.warning("receipt_not_read")
            return _refused(503, Refusal.BUSY, Retry_After="2")
        if found is None:
            return _refused(404, Refusal.NOT_FOUND)
        # For this conversation alone: a receipt may be lent to somebody who helps.
        conversation = str(found.conversation)
        RECEIPTS.labels("opened").inc()
        claims = citizen_claims(tried.tenant, found.citizen, conversation)
        token = self._signer.sign(AUDIENCE, claims, ttl_s=TOKEN_S)
        return JSONResponse(
            {"conversation": conversation, "token": token},
            headers=headers(None, Cache_Control="no-store"),
        )


async def _read(request: Request) -> ReceiptTry | None:
    """Return the body, or None. Read here, because the framework's refusal quotes its input."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            return None
    try:
        return ReceiptTry.read(bytes(body))
    except ValidationError:
        return None


def _refused(status: int, code: Refusal, **more: str) -> JSONResponse:
    RECEIPTS.labels(str(code)).inc()
    return refused(status, code, **more)


def receipt_routes(receipt: Receipts) -> APIRouter:
    """Return the route of the receipts."""
    routes = APIRouter()
    schema = ReceiptTry.model_json_schema()

    @routes.post(
        "/api/receipt",
        summary="Open a written answer by its receipt",
        responses={
            200: {"description": "The conversation, and a token for `hello` that opens it alone."},
            400: {"description": "The body is not what it should be."},
            404: {"description": "Number and secret do not open anything together."},
            429: {"description": "Too many tries from one address; see `Retry-After`."},
            503: {"description": "The ledger is away; see `Retry-After`."},
        },
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}
        },
    )
    async def open_receipt(request: Request) -> Response:
        """Send the number and the secret that `status` told the citizen."""
        return await receipt.answer(request)

    return routes
