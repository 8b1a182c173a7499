"""KS' own schemas and code lists, where the operator has put them: not part of the product."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lxml import etree

from transcript_service.archive.message import CATALOGUE
from transcript_service.archive.rules import MESSAGE_FILE, Fault, parser

_SCHEMA: Final = "no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.xsd"
_LIST: Final = "kodelister/no.ks.fiks.arkiv.v1.kodelister.{name}.json"


class SchemasUnreadable(Exception):
    """The folder does not hold Fiks Arkiv's schemas and code lists of V1, or they do not read."""


class Schemas:
    """One folder's schema of the message and its code lists, read once."""

    def __init__(self, folder: Path) -> None:
        """Read them.

        Raises:
            SchemasUnreadable: see there.
        """
        try:
            self._schema = etree.XMLSchema(etree.parse(str(folder / _SCHEMA), _schema_parser()))
            self._lists = {
                path.name.split(".")[-2]: _codes(path)
                for path in (folder / "kodelister").glob(Path(_LIST.format(name="*")).name)
            }
        except (OSError, ValueError, KeyError, etree.LxmlError) as error:
            raise SchemasUnreadable(type(error).__name__) from error
        if not self._lists:
            raise SchemasUnreadable("kodelister")

    def faults_of(self, files: Mapping[str, bytes]) -> tuple[Fault, ...]:
        """Return what the schema and the lists have against a package's message."""
        try:
            message = etree.fromstring(files[MESSAGE_FILE], parser())
        except (KeyError, etree.XMLSyntaxError):
            return (Fault("message_unreadable"),)
        return (*self._against_schema(message), *self._against_lists(message))

    def _against_schema(self, message: Any) -> Iterator[Fault]:
        if not self._schema.validate(message):
            # What it says quotes the message; only which rule it is about is kept.
            for error in self._schema.error_log:
                yield Fault("schema", error.type_name)

    def _against_lists(self, message: Any) -> Iterator[Fault]:
        for code in message.iter(f"{{{CATALOGUE}}}kode"):
            name = etree.QName(code.getparent()).localname
            known = self._lists.get(name.lower())
            if known is not None and code.text not in known:
                yield Fault("code_list", name)


def _schema_parser() -> Any:
    """Return what reads schemas: their imports are files beside them, and nothing is fetched."""
    return etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)


def _codes(path: Path) -> frozenset[str]:
    found = json.loads(path.read_text("utf-8-sig"))
    return frozenset(entry["kodeverdi"] for entry in found["kodeliste"])
