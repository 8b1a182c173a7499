"""`hello` and its answer: who it is, the tenant's set-up, and where the conversation was."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from uuid import UUID

from services.contracts import Refusal, Refused
from services.contracts.wire_citizen import CLOSE_TOKEN, CHello, SSeen, SWelcome
from services.errors import Transient
from services.tokens import Signer, TokenError

from gateway.availability import Availabilities
from gateway.core import views
from gateway.directories import Directories
from gateway.ws.ledger import Ledger
from gateway.ws.rooms import Rooms
from gateway.ws.visitor import RETRY_AFTER_S, Visitor

AUDIENCE: Final = "citizen"
TOKEN_S: Final = 24 * 3600
_PATIENCE_S = 8.0
"""A client gives up after 10 s without a welcome; a ledger may be back before that."""
_AGAIN_S = 0.3
_CLOSE_POLICY, _CLOSE_OVERLOAD = 1008, 1013

T = TypeVar("T")


class Greeting:
    """Welcomes a socket."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        rooms: Rooms,
        directories: Directories,
        availabilities: Availabilities,
        signer: Signer,
    ) -> None:
        """Use these parts."""
        self._ledger = ledger
        self._rooms = rooms
        self._directories = directories
        self._availabilities = availabilities
        self._signer = signer

    async def greet(self, visitor: Visitor, hello: CHello) -> bool:
        """Answer `hello`; return whether the socket may go on."""
        claims = self._claims(hello)
        if claims is None:
            return _part(visitor, Refusal.TOKEN_INVALID, CLOSE_TOKEN)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._welcome(visitor, hello, claims)
        except TimeoutError:
            return _part(visitor, Refusal.BUSY, _CLOSE_OVERLOAD, wait_s=RETRY_AFTER_S)

    def _claims(self, hello: CHello) -> dict[str, str] | None:
        """Return who it is and what it may see, or None when nothing proves it."""
        if hello.secret is not None:
            return citizen_claims(hello.tenant, views.citizen_sender(hello.secret))
        try:
            claims = self._signer.verify(AUDIENCE, hello.token or "")
        except TokenError:
            return None
        only = claims.get("conversation")
        if claims.get("tenant") != hello.tenant or only not in {None, str(hello.conversation)}:
            return None
        return citizen_claims(hello.tenant, str(claims.get("citizen")), only)

    async def _welcome(self, visitor: Visitor, hello: CHello, claims: dict[str, str]) -> bool:
        directory = await _patiently(lambda: self._directories.find(hello.tenant))
        if directory is None:
            return _part(visitor, Refusal.UNKNOWN_TENANT, _CLOSE_POLICY)
        visitor.tenant, visitor.sender = directory.tenant, claims["citizen"]
        visitor.only = UUID(claims["conversation"]) if "conversation" in claims else None
        now = await self._availabilities.now(directory)
        token = self._signer.sign(AUDIENCE, claims, ttl_s=TOKEN_S)
        bare = views.welcome(directory, availability=now, token=token)
        if hello.conversation is None or not await self._resume(visitor, hello, bare):
            visitor.outbox.put(bare)
        self._availabilities.join(visitor, now)
        return True

    async def _resume(self, visitor: Visitor, hello: CHello, bare: SWelcome) -> bool:
        """Go on with a conversation: follow first, then read, so that nothing falls between."""
        conversation = hello.conversation
        if conversation is None:
            return False
        room = await self._rooms.enter(visitor, conversation, hello.after)
        who = (visitor.tenant, visitor.sender, conversation)
        answer = await _patiently(lambda: self._ledger.range(*who, hello.after))
        if isinstance(answer, Refused):
            await self._rooms.leave(visitor)
            visitor.refuse(answer.code)
            return False
        room.learn(answer.events)
        room.learn_state(answer.summary)
        if room.lacks_owner_name:
            await _patiently(lambda: self._rooms.find_owner(room, visitor.tenant, visitor.sender))
        visitor.proven = True
        events = visitor.caught_up(answer.events)
        visitor.outbox.put(
            views.resumed(
                bare,
                conversation,
                events=[views.wire_event(event, visitor.sender) for event in events],
                last_seq=max(answer.last_seq, visitor.sequence.last),
                state=room.status_for(visitor),
            )
        )
        if room.seen:
            visitor.outbox.put(SSeen(seq=room.seen))
        if visitor.sequence.gap:
            self._rooms.read(room)
        room.tell_status()
        self._rooms.on_attendance()
        return True


def citizen_claims(tenant: str, citizen: str, conversation: str | None = None) -> dict[str, str]:
    """Return what a citizen's token says. With a conversation it opens that one alone."""
    claims = {"tenant": tenant, "citizen": citizen}
    return claims if conversation is None else claims | {"conversation": conversation}


def _part(visitor: Visitor, code: Refusal, close: int, *, wait_s: float = 0) -> bool:
    visitor.refuse(code, wait_s=wait_s)
    visitor.outbox.finish(close)
    return False


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer; the caller's timeout ends it."""
    while True:
        try:
            return await ask()
        except Transient:
            await asyncio.sleep(_AGAIN_S)
