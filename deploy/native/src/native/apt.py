"""The distribution's packages: which are missing, and how they are had. Standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from native import progress

if TYPE_CHECKING:
    from collections.abc import Iterable

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Package:
    """A package of the distribution, and how one sees that its program is there."""

    name: str
    program: str
    """A program's name, or a pattern of an absolute path."""
    alternative: str | None = None
    """Another program that serves as well."""
    service: str | None = None
    """The system service that comes with it, which we neither want nor touch if it was there."""

    def is_there(self) -> bool:
        """Tell whether the program can be run."""
        return any(map(_exists, filter(None, (self.program, self.alternative))))


RUNNING = (
    Package("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server", service="rabbitmq-server"),
    Package("redis-server", "redis-server", "valkey-server", service="redis-server"),
    Package("postgresql", "/usr/lib/postgresql/*/bin/postgres", service="postgresql"),
    Package("haproxy", "haproxy", service="haproxy"),
    # What the copy as PDF is set with.
    Package("libpango-1.0-0", "/usr/lib/*/libpango-1.0.so.0"),
    Package("libpangoft2-1.0-0", "/usr/lib/*/libpangoft2-1.0.so.0"),
    Package("libharfbuzz-subset0", "/usr/lib/*/libharfbuzz-subset.so.0"),
    Package("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
)
TESTING = (Package("chromium", "chromium", "chromium-browser"),)

INSTALL = r"""
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    # Packages start their service on the standard port; ours run elsewhere, on their own.
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
install() {
    apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}
lists=$(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null || true)
if [ -z "$lists" ] || ! install "$@"; then
    apt-get update
    install "$@"
fi
"""
"""Run as root with the packages as arguments. The lists are fetched only when they must be."""

DISABLE = 'for unit in "$@"; do systemctl disable "$unit" >/dev/null 2>&1 || true; done'
"""A service that came with our packages shall not start at the next boot either."""


class CannotInstallError(Exception):
    """Packages are missing and we may not install them. The message says what to do."""


def _exists(program: str) -> bool:
    if program.startswith("/"):
        return any(Path("/").glob(program[1:]))
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}") is not None


def missing(packages: Iterable[Package]) -> list[Package]:
    """Return the packages whose program is not there."""
    return [package for package in packages if not package.is_there()]


def root_prefix() -> list[str] | None:
    """Return what makes a command run as root: nothing, `sudo -n`, or None if we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is not None:
        tried = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return ["sudo", "-n"]
    return None


def instructions(names: list[str]) -> str:
    """Return the command by which somebody else can install packages."""
    return f"sudo apt-get install --no-install-recommends {' '.join(names)}"


def install(packages: list[Package], log: Path) -> None:
    """Install packages, without letting their services start.

    Raises:
        CannotInstallError: There is no apt, or we are not root and may not become it.
        CommandFailedError: apt failed.
    """
    if not packages:
        return
    names = [package.name for package in packages]
    if shutil.which("apt-get") is None:
        raise CannotInstallError(
            "These programs are missing, and this system has no apt-get:\n"
            + "\n".join(f"  {package.name} ({package.program})" for package in packages)
            + "\nInstall them with the system's own tool, then run this again."
        )
    prefix = root_prefix()
    if prefix is None:
        raise CannotInstallError(
            "These packages are missing, and we are neither root nor may we use sudo:\n"
            f"  {' '.join(names)}\nLet somebody who may run\n  {instructions(names)}\n"
            "then run this again."
        )
    what = f"installing {', '.join(names)}"
    progress.run(what, [*prefix, "sh", "-c", INSTALL, "install", *names], log)
    units = [package.service for package in packages if package.service is not None]
    if units and shutil.which("systemctl") is not None:
        argv = [*prefix, "sh", "-c", DISABLE, "disable", *units]
        subprocess.run(argv, capture_output=True, check=False)
