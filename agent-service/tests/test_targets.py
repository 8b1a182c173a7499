"""Whom alerts go to, as a file says it."""

import json

import pytest
from agent_service.targets import read_targets

MAIL = {"tenant": "sarpsborg", "stage": "department", "kind": "email", "address": "a@b.example"}
HOOK = {
    **MAIL,
    "kind": "webhook",
    "address": "https://hook.example/",
    "secret": "0123456789abcdef",
}


@pytest.fixture
def read(tmp_path):
    def read(*targets):
        file = tmp_path / "targets.json"
        file.write_text(json.dumps(targets))
        return read_targets(file)

    return read


def test_a_target_is_of_every_department_unless_one_is_named(read):
    every, one = read(MAIL, {**HOOK, "department": "byggesak"})

    assert (every.department, one.department) == ("*", "byggesak")


@pytest.mark.parametrize(
    "wrong",
    [
        {**HOOK, "secret": "short"},
        {**HOOK, "address": "http://hook.example/"},
        {**MAIL, "stage": "boss"},
        {**MAIL, "kind": "sms"},
        {**MAIL, "tenant": "Sarpsborg kommune"},
        {**MAIL, "colour": "red"},
    ],
)
def test_what_could_not_be_delivered_is_refused_at_once(read, wrong):
    with pytest.raises(ValueError):  # pydantic's own texts
        read(MAIL, wrong)


def test_a_secret_is_not_shown(read):
    assert HOOK["secret"] not in repr(read(HOOK))
