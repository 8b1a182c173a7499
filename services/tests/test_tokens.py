"""Tokens of our own: for one audience, for a time, under one key."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from services.tokens import MIN_KEY_LENGTH, Signer, TokenError

KEY = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def signer(clock):
    return Signer(KEY, clock)


def test_a_token_tells_its_audience_what_was_signed(signer):
    token = signer.sign("copy", {"conversation": "c1", "tenant": "sarpsborg"}, ttl_s=60)
    claims = signer.verify("copy", token)

    assert claims["conversation"] == "c1"
    assert claims["tenant"] == "sarpsborg"


def test_a_token_is_for_one_audience(signer):
    token = signer.sign("copy", {}, ttl_s=60)

    with pytest.raises(TokenError):
        signer.verify("tab", token)


def test_the_audience_cannot_be_claimed(signer):
    token = signer.sign("copy", {"aud": "tab", "exp": 9_999_999_999}, ttl_s=60)

    with pytest.raises(TokenError):
        signer.verify("tab", token)
    assert signer.verify("copy", token)["exp"] == int(NOW.timestamp()) + 60


def test_a_token_ends_by_the_injected_clock(signer, clock):
    token = signer.sign("copy", {}, ttl_s=60)
    clock.now = NOW + timedelta(seconds=59)
    signer.verify("copy", token)
    clock.now = NOW + timedelta(seconds=60)

    with pytest.raises(TokenError):
        signer.verify("copy", token)


def test_a_token_under_another_key_is_forged(signer, clock):
    token = Signer("another key of enough characters", clock).sign("copy", {}, ttl_s=60)

    with pytest.raises(TokenError):
        signer.verify("copy", token)


@given(st.text(max_size=200))
def test_any_text_is_refused(text):
    with pytest.raises(TokenError):
        Signer(KEY).verify("copy", text)


@given(st.data())
def test_a_token_with_one_other_character_is_refused(data):
    signer = Signer(KEY, lambda: NOW)
    token = signer.sign("copy", {"conversation": "c1"}, ttl_s=60)
    # The last character of a part holds spare bits, which base64 does not compare.
    ends = {len(token) - 1, *(i - 1 for i, c in enumerate(token) if c == ".")}
    at = data.draw(st.sampled_from([i for i in range(len(token)) if i not in ends]))
    letter = data.draw(st.sampled_from("abcXYZ019_-."))
    changed = token[:at] + letter + token[at + 1 :]

    if changed == token:
        signer.verify("copy", changed)
    else:
        with pytest.raises(TokenError):
            signer.verify("copy", changed)


def test_a_token_without_a_signature_is_refused(signer):
    claims = {"aud": "copy", "exp": int(NOW.timestamp()) + 60}
    unsigned = ".".join(_part(part) for part in ({"alg": "none"}, claims)) + "."

    with pytest.raises(TokenError):
        signer.verify("copy", unsigned)


def _part(content):
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_a_token_of_another_algorithm_is_refused(signer):
    claims = {"aud": "copy", "exp": int(NOW.timestamp()) + 60}
    token = jwt.encode({"alg": "HS512"}, claims, OctKey.import_key(KEY), algorithms=["HS512"])

    with pytest.raises(TokenError):
        signer.verify("copy", token)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 characters"):
        Signer("x" * (MIN_KEY_LENGTH - 1))
