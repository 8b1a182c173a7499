"""Where everything of one running system lies: the folders under `.run/`."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]
"""The clone. The launcher is always installed editable, so this file lies in it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The files and folders of one running system."""

    folder: Path

    @property
    def logs(self) -> Path:
        """Return the folder with one log per process."""
        return self.folder / "logs"

    @property
    def secrets(self) -> Path:
        """Return the folder of generated passwords. Nobody else may look into it."""
        return self.folder / "secrets"

    @property
    def files(self) -> Path:
        """Return the folder of the files that people sent, shared by the replicas."""
        return self.folder / "files"

    @property
    def seals(self) -> Path:
        """Return the folder of the ledger's daily seals, outside the database."""
        return self.folder / "seals"

    @property
    def archive(self) -> Path:
        """Return the folder that packages for the archive are dropped in."""
        return self.folder / "archive"

    @property
    def ports(self) -> Path:
        """Return the file that remembers the ports of the first start."""
        return self.folder / "ports.json"

    @property
    def addresses(self) -> Path:
        """Return the file that tells people and tests where the system answers."""
        return self.folder / "addresses.json"

    @property
    def journal(self) -> Path:
        """Return the list of processes that were started, to be swept after a crash."""
        return self.folder / "processes.json"

    def create(self) -> None:
        """Create the folders, closed to other users where that matters."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.secrets.mkdir(exist_ok=True)
        self.secrets.chmod(0o700)
        for folder in (self.files, self.seals, self.archive):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)

    def put_logs_aside(self) -> None:
        """Keep the logs of the former run in a folder of their own, and drop older ones."""
        former = self.logs / "former"
        shutil.rmtree(former, ignore_errors=True)
        former.mkdir()
        for log in self.logs.glob("*.log"):
            if log.name != "setup.log":
                log.rename(former / log.name)


def write_atomically(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace a file so that a reader sees the old or the new text, never half of it.

    Args:
        path: The file.
        text: Its new content.
        mode: Permission bits, in place before the first byte is.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    fresh.replace(path)
