"""Switches and counters between the orchestrator and the patched processes: files in one folder.

A process asks for a switch at every step it could act on; that is one system call.
"""

import os
from pathlib import Path

ENVIRONMENT = "CHAOS_BOARD"
"""Variable that names the folder to a patched process."""


class Board:
    """The switches of one running system."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made if need be."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Forget every switch and count, those of a former life too."""
        for path in self._folder.iterdir():
            path.unlink()

    def on(self, name: str) -> None:
        """Switch on until `off`, or until one process takes it."""
        (self._folder / name).touch()

    def off(self, name: str) -> None:
        """Switch off."""
        (self._folder / name).unlink(missing_ok=True)

    def is_on(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return (self._folder / name).exists()

    def take(self, name: str) -> bool:
        """Switch off, if on. Among several processes one alone is told True."""
        try:
            (self._folder / name).rename(self._folder / f".{name}.{os.getpid()}")
        except FileNotFoundError:
            return False
        return True

    def note(self, name: str) -> None:
        """Count something that happened. Safe among processes: each count is one byte appended."""
        with (self._folder / f"{name}.count").open("ab") as file:
            file.write(b".")

    def noted(self, name: str) -> int:
        """Return a count."""
        try:
            return (self._folder / f"{name}.count").stat().st_size
        except FileNotFoundError:
            return 0
