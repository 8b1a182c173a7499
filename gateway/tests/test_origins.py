import pytest
from gateway.core.origins import ancestors, check_origin, may_connect, socket_origin
from gateway.settings import GatewaySettings
from pydantic import ValidationError


def test_an_origin_is_compared_exactly():
    own = "https://chat.example"
    assert may_connect(own, own, no_origin_allowed=False)
    for other in ("https://chat.example.evil", "http://chat.example", "https://chat.example:8443"):
        assert not may_connect(other, own, no_origin_allowed=True)
    assert may_connect(None, own, no_origin_allowed=True)
    assert not may_connect(None, own, no_origin_allowed=False)


@pytest.mark.parametrize("text", ["https://a b", "https://a/;x", "a.no", "https://a\nX: y", "*"])
def test_what_is_no_origin_never_gets_into_a_header(text):
    with pytest.raises(ValueError, match="not an origin"):
        check_origin(text)
    assert ancestors("https://own", [text]) == "https://own"


def test_a_sockets_address_has_the_frames_own_host():
    assert socket_origin("https://chat.example") == "wss://chat.example"
    assert socket_origin("http://localhost:8000") == "ws://localhost:8000"


def test_limits_are_lifted_on_a_loopback_host_only():
    assert GatewaySettings(amqp_url="x", rate_profile="load").rate_profile == "load"
    with pytest.raises(ValidationError) as refused:
        GatewaySettings(
            amqp_url="x", rate_profile="load", http_host="192.0.2.1", signing_key="a secret"
        )
    assert "a secret" not in str(refused.value)
