"""Which RabbitMQ is run, and how one in another distribution's folder is."""

import os
import subprocess
from functools import partial
from pathlib import Path

import pytest
from native.distribution import CONTROL, SERVER, Distribution, chosen, folder_of_4
from native.errors import StartError
from native.layout import REPOSITORY


def test_nobody_asks_and_it_is_the_machine_s_own() -> None:
    own = chosen(None, {})

    assert own.root is None
    assert own.command(Path("/run/rabbitmq"), CONTROL, "stop_app") == [str(CONTROL), "stop_app"]
    assert own.seen(Path("/run/rabbitmq")) == Path("/run/rabbitmq")


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"PREK_BROKER_4": "/srv/four", "XDG_CACHE_HOME": "/cache"}, "/srv/four"),
        ({"XDG_CACHE_HOME": "/cache"}, "/cache/prek/rabbitmq-4"),
        ({}, str(Path.home() / ".cache/prek/rabbitmq-4")),
    ],
)
def test_version_4_has_a_folder_outside_the_clone(variables: dict[str, str], folder: str) -> None:
    assert chosen("4", variables).root == Path(folder)
    assert chosen(None, {"PREK_BROKER": "4", **variables}).root == Path(folder)
    assert not folder_of_4(variables).is_relative_to(REPOSITORY)


def test_what_is_said_goes_before_the_environment() -> None:
    assert chosen("", {"PREK_BROKER": "4"}).root is None


def test_a_version_there_is_not_is_refused() -> None:
    with pytest.raises(StartError, match="'5'"):
        chosen("5", {})


def test_no_version_reads_another_s_data() -> None:
    assert Distribution().data != Distribution(Path("/four")).data


def test_an_empty_folder_has_no_rabbitmq_and_says_what_gets_it(tmp_path: Path) -> None:
    empty = Distribution(tmp_path)

    assert not empty.there
    assert empty.remedy == "make setup BROKER=4"
    (tmp_path / SERVER.relative_to("/")).parent.mkdir(parents=True)
    (tmp_path / SERVER.relative_to("/")).touch()
    assert empty.there


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    """A folder with a `mount` and a `chroot` that only tell what they were asked."""
    folder = tmp_path / "stand-ins"
    folder.mkdir()
    for name, program in {
        "mount": 'echo "mount $*"',
        "chroot": 'root=$1; shift; echo "chroot $root"; exec "$@"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{program}\n")
        (folder / name).chmod(0o755)
    return folder


def enter(folder: Path, stand_ins: Path) -> subprocess.Popen[str]:
    """Enter `/tree`, past `unshare`, for a program that tells its process id."""
    argv = Distribution(Path("/tree")).command(folder, Path("/bin/sh"), "-c", "echo $$")
    return subprocess.Popen(
        argv[argv.index("--") + 1 :],
        env={"PATH": f"{stand_ins}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_program_is_entered_with_its_folder_and_keeps_the_process_id(
    stand_ins: Path, tmp_path: Path
) -> None:
    """Whoever kills the broker kills a process id: it must be the Erlang machine's."""
    process = enter(tmp_path, stand_ins)
    told, _ = process.communicate(timeout=10)

    assert told.splitlines() == [
        "mount --rbind /dev /tree/dev",
        "mount --rbind /proc /tree/proc",
        "mount --rbind /sys /tree/sys",
        f"mount --bind {tmp_path} /tree/srv/prek",
        "chroot /tree",
        str(process.pid),
    ]


def test_what_cannot_be_mounted_is_not_entered(stand_ins: Path, tmp_path: Path) -> None:
    (stand_ins / "mount").write_text("#!/bin/sh\nexit 32\n")
    process = enter(tmp_path, stand_ins)
    told, _ = process.communicate(timeout=10)

    assert process.returncode == 32
    assert told == ""


def test_nobody_but_root_enters_as_root_among_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    argv = {}
    for user in (0, 1000):
        monkeypatch.setattr(os, "geteuid", partial(int, user))
        argv[user] = Distribution(Path("/tree")).command(Path("/run"), SERVER)

    assert argv[1000] == [argv[0][0], "--map-root-user", *argv[0][1:]]
