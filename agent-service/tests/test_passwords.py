"""Passwords: right, wrong, nobody's, and hashed anew when the parameters change."""

from agent_service import passwords
from argon2 import PasswordHasher, extract_parameters


async def test_only_the_right_password_of_an_account_is_right():
    known = passwords.hash_password("riktig")

    assert await passwords.check(known, "riktig")
    assert not await passwords.check(known, "galt")
    assert not await passwords.check(known, "")
    assert not await passwords.check(None, "riktig")
    assert not await passwords.check("no hash at all", "riktig")


def test_the_hash_keeps_to_owasps_minimum():
    parameters = extract_parameters(passwords.hash_password("x"))

    assert parameters.type.name == "ID"
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


def test_the_same_password_is_hashed_differently_each_time():
    assert passwords.hash_password("x") != passwords.hash_password("x")


async def test_a_hash_of_other_parameters_is_made_anew_once():
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("riktig")

    assert await passwords.check(old, "riktig")

    new = await passwords.renewed(old, "riktig")

    assert new is not None
    assert await passwords.check(new, "riktig")
    assert await passwords.renewed(new, "riktig") is None


def test_new_passwords_can_be_read_aloud_and_differ():
    made = {passwords.new_password() for _ in range(100)}

    assert len(made) == 100
    for password in made:
        groups = password.split("-")
        assert [len(group) for group in groups] == [5, 5, 5]
        assert not set("".join(groups)) & set("l1o0i")
