"""RabbitMQ 4 is fetched once, whole or not at all, and nothing else is touched."""

from pathlib import Path
from typing import NoReturn

import pytest
from native import apt, debootstrap, distribution, progress
from native.errors import StartError


def install(root: Path) -> None:
    server = root / distribution.SERVER.relative_to("/")
    server.parent.mkdir(parents=True)
    server.touch()


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has debootstrap, and whose apt knows a mirror."""
    monkeypatch.setattr(apt, "missing", lambda _: [])
    monkeypatch.setattr(apt, "root_prefix", list)
    monkeypatch.setattr(debootstrap, "_listed", lambda: "http://localhost/debian/\n")


def nothing_is_run(*_: object) -> NoReturn:
    pytest.fail("nothing was to be run")


@pytest.mark.parametrize(
    ("listed", "mirror"),
    [
        ("http://localhost/debian/\nhttp://localhost/debian/\n", "http://localhost/debian/"),
        ("cdrom:[Debian]/\nhttps://localhost/debian/\n", "https://localhost/debian/"),
    ],
)
def test_the_mirror_is_apt_s_own(listed: str, mirror: str) -> None:
    assert debootstrap.mirror(listed) == mirror


@pytest.mark.parametrize("listed", ["", "cdrom:[Debian]/\n"])
def test_a_machine_whose_apt_knows_no_debian_says_so(listed: str) -> None:
    with pytest.raises(StartError, match="no mirror of Debian"):
        debootstrap.mirror(listed)


def test_signatures_are_always_checked() -> None:
    assert "--force-check-gpg --keyring=" in debootstrap.BUILD


def test_what_is_there_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    monkeypatch.setattr(progress, "run", nothing_is_run)
    monkeypatch.setattr(apt, "install", nothing_is_run)

    debootstrap.ensure(tmp_path, tmp_path / "log")


def test_a_folder_that_holds_something_else_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ready: None
) -> None:
    monkeypatch.setattr(progress, "run", nothing_is_run)
    (tmp_path / "letters").touch()

    with pytest.raises(StartError, match="name another folder"):
        debootstrap.ensure(tmp_path, tmp_path / "log")

    assert (tmp_path / "letters").exists()


def test_who_may_not_become_root_is_told_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ready: None
) -> None:
    monkeypatch.setattr(apt, "root_prefix", lambda: None)

    with pytest.raises(StartError, match="PREK_BROKER_4"):
        debootstrap.ensure(tmp_path / "four", tmp_path / "log")


def test_what_was_fetched_is_there_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ready: None
) -> None:
    root = tmp_path / "cache" / "four"
    run = progress.run

    def fetch(what: str, argv: list[str], log: Path) -> None:
        if debootstrap.BUILD not in argv:
            return run(what, argv, log)
        keyring, fresh, mirror = argv[-3:]
        assert (keyring, mirror) == (str(debootstrap.KEYRING), "http://localhost/debian/")
        assert fresh != str(root)
        return install(Path(fresh))

    monkeypatch.setattr(progress, "run", fetch)
    debootstrap.ensure(root, tmp_path / "log")

    assert distribution.Distribution(root).there
    assert sorted(path.name for path in root.parent.iterdir()) == [".four.lock", "four"]


def test_a_fetch_that_failed_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ready: None
) -> None:
    root = tmp_path / "cache" / "four"

    def fetch(_what: str, argv: list[str], _log: Path) -> NoReturn:
        install(Path(argv[-2]))
        raise progress.CommandFailedError("the mirror went away")

    monkeypatch.setattr(progress, "run", fetch)
    with pytest.raises(progress.CommandFailedError):
        debootstrap.ensure(root, tmp_path / "log")

    assert [path.name for path in root.parent.iterdir()] == [".four.lock"]
