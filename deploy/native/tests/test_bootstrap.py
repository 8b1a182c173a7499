"""What is missing is found; what cannot be installed is said."""

import ast
import shutil
import sys
from pathlib import Path

import pytest
from native import apt, bootstrap, frontends, progress, virtualenv

NOWHERE = apt.Package("chat-server", "/nowhere/*/chat-server", "no-such-program")
SHELL = apt.Package("dash", "sh")


def test_only_what_is_not_there_is_missing() -> None:
    assert apt.missing([NOWHERE, SHELL]) == [NOWHERE]


def test_another_program_may_serve_as_well() -> None:
    assert apt.missing([apt.Package("x", "/nowhere", "sh")]) == []


def test_without_root_the_message_holds_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(apt, "root_prefix", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/usr/bin/apt-get")

    with pytest.raises(apt.CannotInstallError) as refused:
        apt.install([NOWHERE], tmp_path / "log")

    assert "sudo apt-get install --no-install-recommends chat-server" in str(refused.value)


def test_without_apt_the_message_names_the_programs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(apt.CannotInstallError, match="no apt-get") as refused:
        apt.install([NOWHERE], tmp_path / "log")

    assert "chat-server" in str(refused.value)


def test_a_failed_command_is_shown_with_both_ends_of_its_output(tmp_path: Path) -> None:
    argv = ["sh", "-c", "seq 1 100; exit 1"]

    with pytest.raises(progress.CommandFailedError) as failed:
        progress.run("counting", argv, tmp_path / "log")

    lines = str(failed.value).splitlines()
    assert "1" in lines
    assert "100" in lines
    assert "50" not in lines


def test_a_command_that_is_not_there_is_a_failed_command(tmp_path: Path) -> None:
    with pytest.raises(progress.CommandFailedError, match="no-such-program"):
        progress.run("trying", ["no-such-program"], tmp_path / "log")


def test_the_fingerprint_changes_with_the_lock(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("a==1")
    first = virtualenv.fingerprint(tmp_path)
    (tmp_path / "requirements.lock").write_text("a==2")

    assert first != virtualenv.fingerprint(tmp_path)


def test_a_python_that_is_new_enough_is_found() -> None:
    assert virtualenv.find_interpreter() is not None


def test_the_wheel_s_node_and_npm_can_be_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(frontends, "_machine_has_node", lambda: False)
    (tmp_path / ".venv").mkdir()

    environment = frontends.node_environment(tmp_path, Path(sys.executable))

    folder = tmp_path / ".venv" / "node"
    assert environment["PATH"].startswith(str(folder))
    for name in ("node", "npm", "npx"):
        argv = [str(folder / name), "--version"]
        progress.run(name, argv, tmp_path / "log", env=environment)


def test_what_runs_before_the_environment_needs_the_standard_library_only() -> None:
    folder = Path(bootstrap.__file__).parent
    ours = {f"native.{name}" for name in ("apt", "frontends", "progress", "virtualenv")}

    for name in ("__init__", "bootstrap", "apt", "virtualenv", "frontends", "progress"):
        tree = ast.parse((folder / f"{name}.py").read_text(), feature_version=(3, 10))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                whole = node.module == "native"
                names = [f"native.{a.name}" for a in node.names] if whole else [node.module or ""]
            for imported in names:
                known = imported in ours or imported.split(".")[0] in sys.stdlib_module_names
                assert known, f"{name} imports {imported}"
