"""The virtual environment with every Python package of the lock. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from native import apt, progress

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = (
    "services",
    "gateway",
    "router",
    "agent-service",
    "transcript-service",
    "deploy/native",
    "tests/replay",
    "tests/bench",
    "tests/chaos",
)
"""Our own packages, installed editable."""

OLDEST = (3, 11)
INTERPRETERS = ("python3.13", "python3.12", "python3.11", "python3")
PROBE = "import sys, venv, ensurepip; print(*sys.version_info[:2])"


class NoPythonError(Exception):
    """No Python that is new enough. The message says how to have one."""


def _version(interpreter: str) -> tuple[int, ...] | None:
    """Return an interpreter's version, or None if it cannot make environments."""
    done = subprocess.run([interpreter, "-c", PROBE], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    return tuple(map(int, done.stdout.split()))


def find_interpreter() -> str | None:
    """Return a Python that is new enough and complete, ours first. None if there is none."""
    for name in (sys.executable, *INTERPRETERS):
        path = shutil.which(name)
        if path is not None and (_version(path) or (0,)) >= OLDEST:
            return path
    return None


def interpreter(log: Path) -> str:
    """Return a suitable Python, installing what it lacks.

    Raises:
        NoPythonError: None can be had from this distribution.
    """
    found = find_interpreter()
    if found is not None:
        return found
    # Debian splits venv off; Ubuntu 22.04's python3 is 3.10 but it has 3.11 beside it.
    for names in (("python3-venv",), ("python3.11", "python3.11-venv")):
        apt.install([apt.Package(name, f"/no/{name}") for name in names], log)
        found = find_interpreter()
        if found is not None:
            return found
    raise NoPythonError(
        "Python 3.11 or newer is needed, with its venv module. Install it, for example with\n"
        f"  {apt.instructions(['python3.11', 'python3.11-venv'])}"
    )


def fingerprint(root: Path) -> str:
    """Return a hash of all that the environment is made from."""
    digest = hashlib.sha256()
    for file in ("requirements.lock", *(f"{package}/pyproject.toml" for package in PACKAGES)):
        path = root / file
        digest.update(file.encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def ensure(root: Path, log: Path) -> Path:
    """Create or update the clone's `.venv` and return its Python.

    Args:
        root: The clone.
        log: Where the commands' output goes.
    """
    folder = root / ".venv"
    python = folder / "bin" / "python"
    stamp = folder / "prek-stamp"
    wanted = fingerprint(root)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and _works(python):
        return python
    if not _works(python):
        shutil.rmtree(folder, ignore_errors=True)
        argv = [interpreter(log), "-m", "venv", str(folder)]
        progress.run("creating the Python environment", argv, log)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    lock = ["--require-hashes", "-r", str(root / "requirements.lock")]
    progress.run("installing the locked Python packages", [*pip, *lock], log)
    ours = [word for package in PACKAGES for word in ("-e", str(root / package))]
    editable = ["--no-deps", "--no-build-isolation", *ours]
    progress.run("installing our own packages", [*pip, *editable], log)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _works(python: Path) -> bool:
    return os.access(python, os.X_OK) and (_version(str(python)) or (0,)) >= OLDEST
