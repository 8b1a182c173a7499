"""Passwords, addresses and journal: what is written under `.run`."""

import json
import os
import stat
import subprocess
from pathlib import Path

import psutil
import pytest
from native import addresses, journal, lock
from native.addresses import Running, Standing
from native.furniture import Origins
from native.layout import Layout, write_atomically
from native.passwords import BROKER_USERS, NAMES, Passwords
from native.ports import choose
from native.prepared import Prepared


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "run")
    layout.create()
    return layout


def test_passwords_are_generated_once_and_only_we_may_read_them(layout: Layout) -> None:
    first, second = Passwords(layout), Passwords(layout)

    assert first.signing_key == second.signing_key
    assert len({first.redis, first.signing_key, *map(first.broker, BROKER_USERS)}) == 7
    for file in (first.file, first.broker_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o700


def test_a_password_that_a_newer_version_needs_is_added(layout: Layout) -> None:
    first = Passwords(layout)
    known = json.loads(first.file.read_text())
    del known["redis"]
    first.file.write_text(json.dumps(known))

    second = Passwords(layout)

    assert second.broker("router") == first.broker("router")
    assert set(json.loads(second.file.read_text())) == set(NAMES)


def test_the_signing_key_is_long_enough_for_the_services(layout: Layout) -> None:
    assert len(Passwords(layout).signing_key) >= 32


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_atomically(file, "old")
    with file.open() as reader:
        write_atomically(file, "new", mode=0o600)

        assert reader.read() == "old"
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_addresses_hold_what_the_readers_expect(layout: Layout) -> None:
    origins = Origins.of(choose(0, free=lambda _: True))
    users = [{"name": "kari", "password": "x", "role": "agent", "departments": ["servicetorget"]}]
    running = [Running("router", 1, 42, "http://127.0.0.1:27131/readyz")]

    addresses.write(layout.addresses, origins, users, running, [Standing("redis", 7, 27114)])
    found = json.loads(layout.addresses.read_text())

    assert found["page"] == "http://localhost:27100/"
    assert {found["gateway"], found["agent_service"], found["transcript_service"]} == {
        "http://localhost:27102",
        "http://localhost:27101",
        "http://127.0.0.1:27103",
    }
    assert found["users"] == users
    assert found["processes"] == [
        {
            "service": "router",
            "replica": 1,
            "pid": 42,
            "health": "http://127.0.0.1:27131/readyz",
        }
    ]
    assert stat.S_IMODE(layout.addresses.stat().st_mode) == 0o600


@pytest.mark.parametrize("wrapped", [False, True])
def test_users_are_read_as_a_list_or_within_an_object(tmp_path: Path, wrapped: bool) -> None:
    users = [{"name": "kari", "password": "x"}]
    file = tmp_path / "users.json"
    file.write_text(json.dumps({"users": users} if wrapped else users))

    assert addresses.load_users(file) == users


def test_sweeping_ends_what_was_noted(layout: Layout) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        journal.write(layout.journal, [process.pid])

        assert journal.sweep(layout.journal) == 1
        assert not psutil.pid_exists(process.pid)
    assert not layout.journal.exists()


def test_sweeping_spares_a_process_that_only_has_the_same_id(layout: Layout) -> None:
    former = psutil.Process().create_time() - 100
    layout.journal.write_text(json.dumps([{"pid": os.getpid(), "started": former}]))

    assert journal.survivors(layout.journal) == []


def test_one_supervisor_at_a_time(layout: Layout) -> None:
    assert lock.holder(layout.folder) is None
    with lock.held(layout.folder):
        assert lock.holder(layout.folder) == os.getpid()
        with pytest.raises(lock.AlreadyRunningError), lock.held(layout.folder):
            pass
    assert lock.holder(layout.folder) is None


def test_one_former_generation_of_logs_is_kept(layout: Layout) -> None:
    for words in ("first", "second", "third"):
        layout.put_logs_aside()
        (layout.logs / "router-1.log").write_text(words)

    assert (layout.logs / "former" / "router-1.log").read_text() == "second"


def test_a_database_made_anew_is_prepared_anew(layout: Layout) -> None:
    first = Prepared(layout, "first")

    assert not first
    first.remember()
    assert first
    assert not Prepared(layout, "second")
