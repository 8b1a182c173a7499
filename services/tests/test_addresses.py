"""Whose address counts for limits, and which is this machine."""

import ipaddress

import pytest
from services.addresses import client_address, is_loopback

PROXIES = (ipaddress.ip_network("10.0.0.0/8"),)


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
