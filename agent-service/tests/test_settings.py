"""Who may come without an origin, and what a wrong setting tells."""

import json

import pytest
from agent_service.settings import Settings
from pydantic import ValidationError

GIVEN = {"amqp_url": "amqp://x", "database_url": "postgresql://x"}


@pytest.mark.parametrize(
    ("host", "said", "may"),
    [
        ("127.0.0.1", None, True),
        ("192.0.2.1", None, False),
        ("agent.example", None, False),
        ("192.0.2.1", True, True),
        ("127.0.0.1", False, False),
    ],
)
def test_clients_without_an_origin_come_in_on_loopback_or_where_it_is_said(host, said, may):
    settings = Settings(**GIVEN, http_host=host, allow_no_origin=said)

    assert settings.no_origin_allowed is may


def test_a_wrong_setting_is_told_without_the_secrets_beside_it():
    with pytest.raises(ValidationError) as refused:
        Settings(**GIVEN, signing_key="a secret", watermark_s=0)

    assert "a secret" not in str(refused.value)


def test_the_limit_on_actions_is_lifted_on_a_loopback_host_only():
    ordinary, lifted = Settings(**GIVEN), Settings(**GIVEN, rate_profile="load")

    assert ordinary.actions.per_s < lifted.actions.per_s
    with pytest.raises(ValidationError) as refused:
        Settings(**GIVEN, rate_profile="load", http_host="192.0.2.1", signing_key="a secret")
    assert "a secret" not in str(refused.value)


def test_a_mail_server_needs_a_sender_and_its_password_is_told_to_nobody():
    url = "smtps://prek:hemmelig@post.example"
    with pytest.raises(ValidationError, match="PREK_MAIL_FROM") as refused:
        Settings(**GIVEN, smtp_url=url)
    settings = Settings(**GIVEN, smtp_url=url, mail_from="prek@sarpsborg.example")

    assert "hemmelig" not in str(refused.value) + repr(settings)


PROVIDER = {
    "tenant": "sarpsborg",
    "id": "entra",
    "name": "Microsoft",
    "issuer": "https://login.example/v2.0",
    "client_id": "prek",
    "client_secret": "hemmelig",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://login.example"},
        {"client_secret": ""},
        {"private_key": "en til"},
        {"scopes": ["profile"]},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"groups": {"g": {"roles": ["chief"]}}},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_provider_that_cannot_be_trusted_is_no_setting(wrong):
    with pytest.raises(ValidationError) as refused:
        Settings(**GIVEN, oidc=[PROVIDER | wrong])

    assert "hemmelig" not in str(refused.value)


def test_providers_come_from_the_environment_and_their_secrets_are_shown_to_nobody(monkeypatch):
    monkeypatch.setenv("PREK_OIDC", json.dumps([PROVIDER]))
    monkeypatch.setenv("PREK_LOCAL_ACCOUNTS_OFF", '["sarpsborg"]')
    settings = Settings(**GIVEN)

    assert [each.key for each in settings.oidc] == [("sarpsborg", "entra")]
    assert settings.local_accounts_off == ("sarpsborg",)
    assert "hemmelig" not in repr(settings) + repr(settings.oidc)


def test_a_provider_is_named_once():
    with pytest.raises(ValidationError, match="twice"):
        Settings(**GIVEN, oidc=[PROVIDER, PROVIDER])


def test_a_session_is_warned_of_in_time_and_a_total_holds_one(monkeypatch):
    with pytest.raises(ValidationError, match="session_warn_s"):
        Settings(**GIVEN, session_warn_s=19)
    with pytest.raises(ValidationError, match="PREK_SESSION_TOTAL_HOURS"):
        Settings(**GIVEN, session_total_hours={"sarpsborg": 8})
    monkeypatch.setenv("PREK_SESSION_TOTAL_HOURS", '{"sarpsborg": 132}')

    assert Settings(**GIVEN).session_total_hours == {"sarpsborg": 132}
