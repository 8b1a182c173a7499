"""One provider over HTTP: what it says of itself, its keys, and its token endpoint.

Authlib makes the requests (PKCE, client authentication), `joserfc` checks signatures.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError
from services.errors import Transient

from agent_service.core.identity import Fault
from agent_service.oidc.settings import Provider, is_safe

_KEPT_S: Final = 3_600
"""How long what a provider says of itself is believed without asking again."""
_AGAIN_S: Final = 30
"""An unknown key has the keys read again, but not oftener: anybody may make up a key's name."""
_MOST_BYTES: Final = 256 * 1024
_TIMEOUT_S: Final = 10


class Metadata(BaseModel):
    """What we need of a provider's discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave. Neither logged nor told to a browser."""

    id_token: str | None
    access_token: str | None
    refresh_token: str | None


@dataclass(frozen=True, slots=True)
class Signed:
    """Claims under a signature that is right, and what it was made by."""

    claims: Mapping[str, Any]
    algorithm: str


class Remote:
    """A provider.

    Raises:
        Transient: by every method that asks it, while it is away.
        Fault: by the same, when what it says makes no sense.
    """

    def __init__(
        self,
        provider: Provider,
        http: httpx.AsyncClient,
        *,
        redirect_uri: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask nothing yet. `clock` counts seconds from anywhere."""
        self.provider = provider
        self._http = http
        self._clock = clock
        self._client = _client(provider, redirect_uri)
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self) -> Metadata:
        """Return what the provider says of itself."""
        now = self._clock()
        if self._metadata is None or now - self._metadata[0] > _KEPT_S:
            url = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
            self._metadata = (now, self._believed(await self._get(url)))
        return self._metadata[1]

    def _believed(self, document: object) -> Metadata:
        try:
            found = Metadata.model_validate(document)
        except ValidationError as error:
            raise Fault("no_metadata") from error
        if found.issuer != self.provider.issuer:
            raise Fault("wrong_issuer")
        told = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        if not all(is_safe(url) for url in (*told, found.end_session_endpoint or told[0])):
            raise Fault("unsafe_endpoint")
        return found

    async def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return where a browser is sent to: the challenge is there, the verifier is not."""
        metadata = await self.metadata()
        asked = {"nonce": nonce, "ui_locales": self.provider.ui_locales}
        if self.provider.acr:
            asked["acr_values"] = " ".join(self.provider.acr)
        url, _ = self._client.create_authorization_url(
            metadata.authorization_endpoint, state=state, code_verifier=verifier, **asked
        )
        return str(url)

    async def redeem(self, code: str, verifier: str) -> Tokens:
        """Return what a code is worth."""
        return await self._tokens(
            "authorization_code",
            code=code,
            code_verifier=verifier,
            redirect_uri=self._client.redirect_uri,
        )

    async def refresh(self, refresh_token: str) -> Tokens:
        """Return new tokens; a person who was shut out gets the fault `refused`."""
        return await self._tokens("refresh_token", refresh_token=refresh_token)

    async def signed(self, token: str, types: tuple[str | None, ...] = ()) -> Signed:
        """Return the claims of a token signed by the provider, by an algorithm we agreed on.

        Args:
            token: a JWT.
            types: of which kind (`typ`) it may be, in lower case. Empty: any.
        """
        algorithms = list(self.provider.algorithms)
        for fresh in (False, True):
            keys = await self._key_set(fresh=fresh)
            try:
                decoded = jwt.decode(token, keys, algorithms=algorithms)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                # The library says of an unknown key and of a wrong signature the same.
                if not fresh and self._is_unknown(token, keys):
                    continue
                raise Fault("wrong_signature") from error
            kind = decoded.header.get("typ")
            if types and (kind.lower() if isinstance(kind, str) else kind) not in types:
                raise Fault("wrong_kind")
            return Signed(decoded.claims, str(decoded.header["alg"]))
        raise Fault("wrong_signature")

    def _is_unknown(self, token: str, keys: KeySet) -> bool:
        try:
            named = jws.extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError):
            return False
        return named not in {key.kid for key in keys.keys}

    async def _key_set(self, *, fresh: bool) -> KeySet:
        now = self._clock()
        kept_s = _AGAIN_S if fresh else _KEPT_S
        if self._keys is None or now - self._keys[0] >= kept_s:
            document = await self._get((await self.metadata()).jwks_uri)
            try:
                self._keys = (now, KeySet.import_key_set(document))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise Fault("no_keys") from error
        return self._keys[1]

    async def farewell(self, back_to: str) -> str | None:
        """Return where a browser signs out of the provider too, if that can be."""
        end = (await self.metadata()).end_session_endpoint
        if end is None:
            return None
        # No `id_token_hint`: a token in an address would lie in every log on the way.
        asked = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back_to}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(asked)}"

    async def _get(self, url: str) -> object:
        return _json(await self._ask(self._http.build_request("GET", url, timeout=_TIMEOUT_S)))

    async def _tokens(self, grant: str, **fields: str) -> Tokens:
        url = (await self.metadata()).token_endpoint
        body = prepare_token_request(grant, "", **fields)
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        }
        auth = self._client.client_auth(self._client.token_endpoint_auth_method)
        url, headers, body = auth.prepare("POST", url, headers, body)
        answer = await self._ask(
            self._http.build_request(
                "POST", url, headers=headers, content=body, timeout=_TIMEOUT_S
            ),
            refusable=True,
        )
        found = _json(answer)
        if answer.status_code != httpx.codes.OK or not isinstance(found, dict):
            raise Fault("refused")
        given = (found.get(name) for name in ("id_token", "access_token", "refresh_token"))
        return Tokens(*(each if isinstance(each, str) else None for each in given))

    async def _ask(self, request: httpx.Request, *, refusable: bool = False) -> httpx.Response:
        """Return an answer. No redirect is followed: it would lead where nobody has looked."""
        try:
            answer = await self._http.send(request, follow_redirects=False)
        except httpx.HTTPError as error:
            raise Transient("oidc_provider") from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status_code in (
            httpx.codes.REQUEST_TIMEOUT,
            httpx.codes.TOO_MANY_REQUESTS,
        ):
            raise Transient("oidc_provider")
        refused = refusable and answer.is_client_error
        if not (answer.is_success or refused) or len(answer.content) > _MOST_BYTES:
            raise Fault("no_answer")
        return answer


def _client(provider: Provider, redirect_uri: str) -> Any:
    """Return Authlib's client without its transport, which wants an HTTP library of its own."""
    by_key = bool(provider.private_key)
    client = OAuth2Client(
        session=None,
        client_id=provider.client_id,
        client_secret=provider.private_key or provider.client_secret,
        token_endpoint_auth_method="private_key_jwt" if by_key else "client_secret_basic",
        scope=" ".join(provider.scopes),
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    if by_key:
        headers = {"kid": provider.key_id} if provider.key_id else None
        client.register_client_auth_method(PrivateKeyJWT(headers=headers))
    return client


def _json(answer: httpx.Response) -> object:
    try:
        found: object = answer.json()
    except ValueError as error:
        raise Fault("no_json") from error
    return found
