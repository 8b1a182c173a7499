"""A municipality's OpenID provider on this machine: `oidc-provider-mock`, and what it leaves out.

It holds clients to PKCE, names sessions (`sid`), gives a new ID token with a refreshed session,
tells of logouts by itself, and can be made to say what is not to be believed.
"""

import time
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import oidc_provider_mock
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jws, jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock._server import _threaded_server

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
Claims = dict[str, Any]


def new_key() -> RSAKey:
    """Return a key with a name nobody knows yet."""
    return RSAKey.generate_key(2048, {"kid": uuid.uuid4().hex, "use": "sig", "alg": "RS256"})


class Provider:
    """A provider. A context manager: it answers while it is entered."""

    def __init__(self) -> None:
        """Answer nothing yet."""
        self.key = new_key()
        self.published: list[RSAKey] = [self.key]
        """The keys it lets others read."""
        self.changes: Claims = {}
        """What its ID tokens say instead; None leaves a claim out."""
        self.header: Claims = {}
        """And their headers."""
        self.asked: list[dict[str, str]] = []
        """Every authorization request, newest last."""
        self.redeemed: list[dict[str, str]] = []
        """Every token request."""
        self.said: dict[str, Claims] = {}
        """The last ID token of each person."""
        self.response: dict[str, str] = {}
        """What the browser brings back besides."""
        self.metadata: Claims = {}
        """What its discovery document says instead."""
        self.away = False
        self._vouched: dict[str, Claims] = {}
        """What was said with each refresh token."""
        self._challenges: dict[str, str | None] = {}
        app = oidc_provider_mock.app()
        app.before_request(self._before)
        app.after_request(self._after)
        self._running: AbstractContextManager[Any] = _threaded_server(app)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self.issuer = f"http://localhost:{self._running.__enter__().server_port}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Answer no more."""
        self._running.__exit__(kind, error, traceback)

    @contextmanager
    def saying(self, **changes: Any):
        """Let its ID tokens say something else for a while."""
        before, self.changes = self.changes, {**self.changes, **changes}
        try:
            yield
        finally:
            self.changes = before

    def knows(self, sub: str, **claims: Any) -> None:
        """Let it know a person."""
        httpx.put(f"{self.issuer}/users/{sub}", json=claims, trust_env=False).raise_for_status()

    def shuts_out(self, sub: str) -> None:
        """Let it trust a person no longer."""
        url = f"{self.issuer}/users/{sub}/revoke-tokens"
        httpx.post(url, trust_env=False).raise_for_status()

    def settings(self, **changes: Any) -> Claims:
        """Return the entry of `PREK_OIDC` that names it."""
        usual = {
            "tenant": "sarpsborg",
            "id": "prove",
            "name": "kommunekonto",
            "issuer": self.issuer,
            "client_id": "prek",
            "client_secret": "a secret of the client",
        }
        return usual | changes

    def signed(self, claims: Mapping[str, Any], **header: Any) -> str:
        """Sign something."""
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid} | header, kept, self.key)

    def logout_token(self, **changes: Any) -> str:
        """Return a logout token; None leaves a claim out."""
        usual = {
            "iss": self.issuer,
            "aud": "prek",
            "iat": int(time.time()),
            "exp": int(time.time()) + 120,
            "jti": uuid.uuid4().hex,
            "events": {LOGOUT: {}},
        }
        return self.signed(usual | changes, typ="logout+jwt")

    # What is done with the requests

    def _before(self) -> Any:
        if self.away:
            return flask.Response(status=503)
        form = flask.request.form.to_dict()
        if flask.request.path == "/oauth2/authorize":
            if flask.request.method == "POST":
                self.asked.append(flask.request.args.to_dict())
        elif flask.request.path == "/oauth2/token":
            self.redeemed.append(form)
            if form.get("grant_type") == "authorization_code":
                challenge = self._challenges.pop(form["code"], None)
                if challenge is None or challenge != create_s256_code_challenge(
                    form.get("code_verifier", "")
                ):
                    return flask.jsonify({"error": "invalid_grant"}), 400
        return None

    def _after(self, response: flask.Response) -> flask.Response:
        path = flask.request.path
        if path == "/oauth2/authorize" and response.location:
            response.location = self._brought_back(response.location)
        elif path == "/oauth2/token" and response.status_code == 200:
            response.set_data(flask.json.dumps(self._with_id_token(response.get_json())))
        elif path == "/jwks":
            keys = [key.as_dict(private=False) for key in self.published]
            response.set_data(flask.json.dumps({"keys": keys}))
        elif path == "/.well-known/openid-configuration" and self.metadata:
            response.set_data(flask.json.dumps(response.get_json() | self.metadata))
        return response

    def _brought_back(self, location: str) -> str:
        answer = parse_qs(urlsplit(location).query)
        asked = flask.request.args
        if "code" in answer and asked.get("code_challenge_method") == "S256":
            self._challenges[answer["code"][0]] = asked.get("code_challenge")
        # The mock forgets the state when somebody says no.
        state = {} if "state" in answer else {"state": asked["state"]}
        more = str(httpx.QueryParams(state | self.response))
        return f"{location}&{more}" if more else location

    def _with_id_token(self, given: Claims) -> Claims:
        now = int(time.time())
        if "id_token" in given:
            claims = flask.json.loads(jws.extract_compact(given["id_token"].encode()).payload)
            claims |= {"sid": uuid.uuid4().hex}
            self.said[claims["sub"]] = claims
            self._vouched[given["refresh_token"]] = claims
        else:
            # The mock itself gives no ID token with a refreshed session.
            claims = self._vouched[flask.request.form["refresh_token"]]
            claims = claims | {"iat": now, "exp": now + 3_600}
            claims = {n: v for n, v in claims.items() if n not in ("nonce", "at_hash")}
        return given | {"id_token": self.signed(claims | self.changes, **self.header)}
