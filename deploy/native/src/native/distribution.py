"""Whose RabbitMQ is run: this machine's own, or another distribution's from a folder.

A folder's programs are run by `chroot` in a mount namespace of their own, where the broker's
folder is bound to a fixed place: the mounts go when the process does, so that neither a crash
leaves one behind nor deleting a folder can reach through one. Every step becomes the next by
`exec`: the process id is the Erlang machine's, and killing it kills the broker.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from native.errors import StartError

SERVER: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself. The wrapper in /usr/sbin insists on the system's own user."""
CONTROL: Final = Path("/usr/lib/rabbitmq/bin/rabbitmqctl")
EPMD: Final = Path("/usr/bin/epmd")

PLACE: Final = Path("/srv/prek")
"""Where another distribution's programs find the broker's folder."""
HOSTS: Final = "127.0.0.1 localhost\n"
"""All names they need to know."""

ENTER: Final = """
root=$1 folder=$2
shift 2
for tree in dev proc sys; do
    mount --rbind "/$tree" "$root/$tree"
done
mount --bind "$folder" "$root$PLACE"
exec chroot "$root" "$@"
"""

BROKER: Final = "PREK_BROKER"
"""Variable with the broker's major version, where it is not to be the machine's own."""
FOLDER: Final = "PREK_BROKER_4"
"""Variable with the folder of RabbitMQ 4, where it is not to be in the user's cache."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Where RabbitMQ's programs are, and how they are run."""

    root: Path | None = None
    """The folder of another distribution. None: this machine's."""

    @property
    def data(self) -> str:
        """Return the name of the data's folder: no version may read another's."""
        return "data" if self.root is None else "data-4"

    @property
    def there(self) -> bool:
        """Tell whether RabbitMQ is installed."""
        return (self.root or Path("/")).joinpath(SERVER.relative_to("/")).exists()

    @property
    def remedy(self) -> str:
        """Return what installs it."""
        return "make setup" if self.root is None else "make setup BROKER=4"

    def seen(self, folder: Path) -> Path:
        """Return where the programs find the broker's folder."""
        return folder if self.root is None else PLACE

    def command(self, folder: Path, program: Path, *arguments: str) -> list[str]:
        """Return how a program is run.

        Args:
            folder: The broker's folder, which must be there when the program is started.
            program: `SERVER`, `CONTROL` or `EPMD`.
            arguments: The program's own; paths in them as it sees them (`seen`).
        """
        if self.root is None:
            return [str(program), *arguments]
        script = f"set -eu\nPLACE={PLACE}{ENTER}"
        inside = [str(self.root), str(folder), str(program), *arguments]
        return ["unshare", *_powers(), "--mount", "--", "sh", "-c", script, "enter", *inside]


def _powers() -> list[str]:
    """Return what lets somebody who is not root mount: to be root among their own processes."""
    return [] if os.geteuid() == 0 else ["--map-root-user"]


def folder_of_4(environment: Mapping[str, str]) -> Path:
    """Return where RabbitMQ 4 is kept: outside the clone, so that `make clean` leaves it."""
    if named := environment.get(FOLDER):
        return Path(named).absolute()
    cache = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache).absolute() / "prek" / "rabbitmq-4"


def chosen(version: str | None = None, environment: Mapping[str, str] = os.environ) -> Distribution:
    """Return the distribution with a version of RabbitMQ.

    Args:
        version: `4`, or empty for the machine's own. None: what `PREK_BROKER` says.
        environment: Where the variables are.

    Raises:
        StartError: There is none of that version.
    """
    asked = environment.get(BROKER, "") if version is None else version
    match asked:
        case "":
            return Distribution()
        case "4":
            return Distribution(folder_of_4(environment))
        case _:
            raise StartError(f"the broker may be 4, or empty for the machine's own, not {asked!r}")
