"""Whose address counts for limits, and who may come without an origin."""

import ipaddress

import pytest
from agent_service.core.addresses import client_address, is_loopback
from agent_service.settings import Settings
from pydantic import ValidationError

PROXIES = (ipaddress.ip_network("10.0.0.0/8"),)
GIVEN = {"amqp_url": "amqp://x", "database_url": "postgresql://x"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "6.6.6.6, 198.51.100.1, 10.2.2.2", "198.51.100.1"),
        ("10.1.1.1", "", "10.1.1.1"),
        ("10.1.1.1", "garbage", "garbage"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_what_a_trusted_proxy_says_counts(peer, forwarded, client):
    assert client_address(peer, forwarded, PROXIES) == client


@pytest.mark.parametrize(
    ("host", "own"),
    [("localhost", True), ("127.9.9.9", True), ("::1", True), ("192.0.2.1", False), ("x", False)],
)
def test_only_this_machine_is_loopback(host, own):
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("host", "allowed", "needed"),
    [
        ("127.0.0.1", None, False),
        ("192.0.2.1", None, True),
        ("agent.example", None, True),
        ("192.0.2.1", True, False),
        ("127.0.0.1", False, True),
    ],
)
def test_clients_without_an_origin_come_in_on_loopback_or_where_it_is_said(host, allowed, needed):
    settings = Settings(**GIVEN, http_host=host, allow_no_origin=allowed)

    assert settings.origin_needed is needed


def test_a_wrong_setting_is_told_without_the_secrets_beside_it():
    with pytest.raises(ValidationError) as refused:
        Settings(**GIVEN, signing_key="a secret", watermark_s=0)

    assert "a secret" not in str(refused.value)
