"""`python -m native.debootstrap`: fetch Debian 13's RabbitMQ 4 into a folder, once.

From the mirror that apt uses, with every signature checked. Only where `PREK_BROKER` asks for it.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from native import apt, distribution, progress
from native.errors import StartError
from native.layout import REPOSITORY

SUITE: Final = "trixie"
KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
LOG: Final = REPOSITORY / ".run" / "logs" / "setup.log"

NEEDED: Final = (
    apt.Package("debootstrap", "debootstrap"),
    apt.Package("debian-archive-keyring", str(KEYRING)),
)

MIRRORS: Final = (
    "apt-get", "indextargets", "--format", "$(REPO_URI)",
    "Created-By: Packages", "Origin: Debian", "Label: Debian",
)  # fmt: skip

BUILD: Final = f"""
set -eu
keyring=$1 root=$2 mirror=$3
debootstrap --force-check-gpg --keyring="$keyring" --variant=minbase \\
    --include=rabbitmq-server {SUITE} "$root" "$mirror"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
mkdir -p "$root{distribution.PLACE}"
printf '%s' '{distribution.HOSTS}' > "$root/etc/hosts"
"""
"""Run as root with keyring, folder and mirror."""


def mirror(listed: str) -> str:
    """Return the mirror of Debian's archive that apt uses.

    Args:
        listed: What `MIRRORS` printed: one address per index.

    Raises:
        StartError: apt knows none.
    """
    for address in listed.split():
        if address.startswith(("http://", "https://", "file:/")):
            return address
    raise StartError(
        "apt knows no mirror of Debian: RabbitMQ 4 comes from Debian 13. "
        "On a Debian, `apt-get update` makes it known."
    )


def ensure(root: Path, log: Path = LOG) -> None:
    """Have RabbitMQ 4 in a folder; when it is there, do nothing.

    Raises:
        StartError: Something else is there, we may not become root, or apt knows no mirror.
        apt.CannotInstallError: debootstrap is missing and may not be installed.
        progress.CommandFailedError: It could not be fetched. The folder is as before.
    """
    if distribution.Distribution(root).there:
        return
    if root.exists():
        raise StartError(f"{root} is there, but has no RabbitMQ: delete it, or name another folder")
    apt.install(apt.missing(NEEDED), log)
    prefix = apt.root_prefix()
    if prefix is None:
        raise StartError(
            f"RabbitMQ 4 can only be put into {root} by root, who we may not become. "
            f"Name a folder that has it in {distribution.FOLDER}."
        )
    source = mirror(_listed())
    root.parent.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        if not distribution.Distribution(root).there:
            _build(prefix, root, source, log)


def _listed() -> str:
    if shutil.which(MIRRORS[0]) is None:
        return ""
    return subprocess.run(MIRRORS, capture_output=True, text=True, check=False).stdout


def _build(prefix: list[str], root: Path, source: str, log: Path) -> None:
    """Fetch into a folder beside it and rename: what is there is always whole."""
    fresh = root.with_name(f".{root.name}.new")
    # In a mount namespace of its own: what debootstrap mounts there ends with it, always.
    build = [*prefix, "unshare", "--mount", "--", "env", f"PATH={apt.SYSTEM_PATH}", "sh", "-c"]
    remove = [*prefix, "rm", "-rf", "--one-file-system", "--", str(fresh)]
    subprocess.run(remove, check=True)
    try:
        arguments = [str(KEYRING), str(fresh), source]
        progress.run("fetching RabbitMQ 4 of Debian 13", [*build, BUILD, "build", *arguments], log)
        progress.run("keeping it", [*prefix, "mv", "-T", "--", str(fresh), str(root)], log)
    finally:
        subprocess.run(remove, check=False)


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one process at a time fetch; who comes second finds it there."""
    with root.with_name(f".{root.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Fetch what `PREK_BROKER` asks for, if anything. Return the exit code."""
    os.umask(0o022)
    try:
        asked = distribution.chosen()
        if asked.root is not None:
            ensure(asked.root)
    except (StartError, apt.CannotInstallError, progress.CommandFailedError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
