"""How a request is refused: a code that the page has words for, and nothing of what was asked."""

from fastapi.responses import JSONResponse
from services.contracts import Refusal

from gateway.api.headers import headers


def refused(status: int, code: Refusal, **more: str) -> JSONResponse:
    """Return the answer, which no cache keeps.

    Args:
        status: of HTTP.
        code: for the page.
        more: further headers, with `_` for `-`.
    """
    told = headers(None, Cache_Control="no-store", **more)
    return JSONResponse({"code": str(code)}, status_code=status, headers=told)
