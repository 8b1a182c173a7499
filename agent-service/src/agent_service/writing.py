"""Writes an alert out: names from the set-up, texts of the language, a link to where it is."""

import json
from functools import cache
from pathlib import Path

from services.tokens import Signer

from agent_service.alerts import Alert
from agent_service.core import letters
from agent_service.core.letters import Letter
from agent_service.directories import Directories

_TEXTS = Path(__file__).parent / "texts"
_COPY_AUDIENCE = "copy"
_COPY_S = 30 * 24 * 3600
"""As long as the copy a citizen gets at the end of a conversation."""
LANGUAGES = ("nb", "nn", "en")


@cache
def texts(language: str) -> dict[str, str]:
    """Return the texts of a language; bokmål for one without any."""
    name = language if language in LANGUAGES else "nb"
    found: dict[str, str] = json.loads((_TEXTS / f"{name}.json").read_text("utf-8"))
    return found


class Writer:
    """Knows names and addresses."""

    def __init__(
        self, directories: Directories, signer: Signer, *, console: str, chat: str
    ) -> None:
        """Take the origins of console and chat."""
        self._directories = directories
        self._signer = signer
        self._console = console.rstrip("/")
        self._chat = chat.rstrip("/")

    def letter(self, alert: Alert) -> Letter:
        """Return what an alert says, as a text."""
        matter = alert.matter
        if matter.about == "answer":
            return letters.answer_letter(
                matter,
                texts(matter.language),
                municipality=self._municipality(alert.tenant),
                link=self._answer_link(alert),
            )
        if matter.about == "copy":
            return letters.copy_letter(
                matter,
                texts(matter.language),
                municipality=self._municipality(alert.tenant),
                link=self._answer_link(alert),
            )
        return letters.department_letter(
            matter,
            texts("nb"),
            department=self._department(alert.tenant, matter.department),
            link=self._console_link(alert),
        )

    def document(self, alert: Alert) -> bytes:
        """Return what an alert says, as JSON."""
        if alert.matter.about == "milestone":
            told = letters.milestone(alert.matter, event=str(alert.id), tenant=alert.tenant)
            return json.dumps(told, ensure_ascii=False).encode()
        letter = self.letter(alert)
        link = self._console_link(alert)
        values = letters.document(
            alert.matter, letter, alert=str(alert.id), tenant=alert.tenant, link=link
        )
        return json.dumps(values, ensure_ascii=False).encode()

    def _console_link(self, alert: Alert) -> str:
        return f"{self._console}/#conversation={alert.matter.conversation}"

    def _answer_link(self, alert: Alert) -> str:
        # Behind the #, where no server and no log on the way sees it.
        claims = {"tenant": alert.tenant, "conversation": str(alert.matter.conversation)}
        token = self._signer.sign(_COPY_AUDIENCE, claims, ttl_s=_COPY_S)
        return f"{self._chat}/svar?lang={alert.matter.language}#{token}"

    def _municipality(self, tenant: str) -> str:
        directory = self._directories.of(tenant)
        return directory.name if directory else tenant

    def _department(self, tenant: str, department: str) -> str:
        directory = self._directories.of(tenant)
        found = directory.department(department) if directory else None
        if found is not None:
            return found.name.get("nb") or department
        return department or (directory.name if directory else tenant)
