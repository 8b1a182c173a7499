"""The folder of seals: outside the database, only added to. Public keys lie in it, too."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from transcript_service.seals.document import BadSeal, Seal
from transcript_service.seals.key import BadKey, Keys, PublicKey, keys_of

_KEYS: Final = "keys"
_LATE: Final = "~"
"""Sorts after the time of day of a seal that was made by hand on the same day."""


class Folder:
    """`YYYY/YYYY-MM-DD.json`, and `keys/<id>.pub`."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made when something is put there."""
        self.root = root

    def files(self) -> list[Path]:
        """Return the files of seals, in the order in which they were made."""
        return sorted(self.root.glob("[0-9][0-9][0-9][0-9]/*.json"), key=_order)

    def newest(self) -> Seal | None:
        """Return the seal that was made last.

        Raises:
            BadSeal: it cannot be read.
        """
        files = self.files()
        return read(files[-1]) if files else None

    def add(self, seal: Seal) -> Path:
        """Write a seal beside, make it last, and give it its name.

        Raises:
            FileExistsError: there is one of that name; it is left as it is.
        """
        target = self.root / seal.period.name[:4] / f"{seal.period.name}.json"
        write_new(target, seal.text())
        return target

    def add_key(self, key: PublicKey) -> None:
        """Put a public key there, unless it is there already."""
        target = self.root / _KEYS / f"{key.id}.pub"
        if not target.exists():
            write_new(target, f"{key}\n")

    def keys(self) -> Keys:
        """Return the keys that lie in the folder."""
        return read_keys(self.root / _KEYS)


def read(file: Path) -> Seal:
    """Return the seal of a file.

    Raises:
        BadSeal: it cannot be read, or it is named for another time.
    """
    try:
        seal = Seal.read(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadSeal from None
    if file.stem != seal.period.name:
        raise BadSeal
    return seal


def read_keys(folder: Path) -> Keys:
    """Return the public keys of a folder; what is none is left out."""
    return keys_of(_keys(folder))


def _keys(folder: Path) -> Iterator[PublicKey]:
    for file in sorted(folder.glob("*.pub")):
        try:
            yield PublicKey.read(file.read_text("ascii"))
        except (BadKey, OSError, UnicodeDecodeError):
            continue


def write_new(target: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all, also after a loss of power.

    Raises:
        FileExistsError: there is one of that name.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with half.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A link is refused where a name is taken; to rename would overwrite.
        os.link(half, target)
    finally:
        half.unlink(missing_ok=True)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _order(file: Path) -> tuple[str, str]:
    day, _, time = file.stem.partition("T")
    return day, time or _LATE
