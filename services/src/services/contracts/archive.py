"""What a tenant's archive is to be given: names, keys and codes, and the way there."""

from typing import Literal

from pydantic import Field, model_validator

from services.contracts.model import Contract, Id


class Shielding(Contract):
    """How a record that is not for everybody is marked: code and legal basis."""

    code: str = Field(default="UOFF", min_length=1, max_length=40)
    legal_basis: str = Field(default="offl. § 13 jf. fvl. § 13 første ledd nr. 1", max_length=500)


class ArchiveRules(Contract):
    """How enquiries are handed over to the municipality's archive."""

    way: Literal["none", "folder", "http"] = "none"
    """`none`: nothing is handed over by itself. `folder`: packages lie in a folder until they are
    taken. `http`: they are sent to `url`; its token is a setting of the operator's."""
    url: str | None = Field(default=None, pattern=r"^https?://", max_length=500)
    creator: str = Field(default="", max_length=200)
    """Arkivskaper. Empty: the municipality's name."""
    folder: Literal["conversation", "topic_year"] = "conversation"
    """One folder (saksmappe) for each enquiry, or one for each topic and year."""
    journal_status: Literal["J", "M"] = "J"
    """`J`: journalført. `M`: registered for the archive to look at first."""
    classification_system: str = Field(default="", max_length=100)
    classes: dict[Id, str] = Field(default_factory=dict)
    """Class of the municipality's own key, by topic."""
    shielding: Shielding = Shielding()
    shielded_topics: tuple[Id, ...] = ()
    """Topics whose records are always marked; those of confidential departments are, too."""
    erases: Literal["asked", "nightly"] = "asked"
    """Whether what is over its time waits for an archivist who has looked at it, or goes each
    night."""
    remind_days: int = Field(default=3, ge=1, le=365)
    """So long after its end an enquiry whose archive choice is open is reminded of."""

    @model_validator(mode="after")
    def _reachable(self) -> "ArchiveRules":
        if self.way == "http" and self.url is None:
            raise ValueError("archive_url_missing")
        return self
