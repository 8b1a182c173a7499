"""Settings come from the environment, and secrets from a folder of files."""

import pytest
from pydantic import ValidationError
from services.settings import KitSettings


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("AMQP_URL", "REDIS_URL", "SECRETS_DIR", "INSTANCE", "SIGNING_KEY", "HTTP_PORT"):
        monkeypatch.delenv(f"PREK_{name}", raising=False)
    return monkeypatch


def test_settings_are_read_from_the_environment(environment):
    environment.setenv("PREK_AMQP_URL", "amqp://a")
    environment.setenv("PREK_HTTP_PORT", "8123")
    settings = KitSettings()

    assert settings.amqp_url == "amqp://a"
    assert settings.http_port == 8123


def test_secrets_are_read_from_the_folder_the_environment_names(environment, tmp_path):
    (tmp_path / "prek_amqp_url").write_text("amqp://secret\n")
    (tmp_path / "prek_signing_key").write_text("k" * 32)
    (tmp_path / "prek_of_another_service").write_text("x")
    environment.setenv("PREK_SECRETS_DIR", str(tmp_path))
    settings = KitSettings()

    assert settings.amqp_url == "amqp://secret"
    assert settings.signing_key == "k" * 32


def test_the_environment_goes_before_the_folder(environment, tmp_path):
    (tmp_path / "prek_amqp_url").write_text("amqp://folder")
    environment.setenv("PREK_SECRETS_DIR", str(tmp_path))
    environment.setenv("PREK_AMQP_URL", "amqp://environment")

    assert KitSettings().amqp_url == "amqp://environment"


def test_a_service_does_not_start_without_its_broker():
    with pytest.raises(ValidationError, match="amqp_url"):
        KitSettings()


def test_an_error_quotes_no_secret(environment):
    environment.setenv("PREK_SIGNING_KEY", "topsecret")
    with pytest.raises(ValidationError) as caught:
        KitSettings()

    assert "topsecret" not in str(caught.value)


def test_settings_do_not_change():
    settings = KitSettings(amqp_url="amqp://a")

    with pytest.raises(ValidationError):
        settings.http_port = 1


def test_every_process_is_an_instance_of_its_own():
    instances = {KitSettings(amqp_url="amqp://a").instance for _ in range(10)}

    assert len(instances) == 10


def test_the_signing_key_is_not_shown():
    assert "topsecret" not in repr(KitSettings(amqp_url="amqp://a", signing_key="topsecret"))
