"""The base of every contract: strict to build, tolerant to read (see docs/adr/0003)."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_TEXT_BYTES = 8_192
"""Largest text, in bytes of UTF-8 after parsing (DESIGN.md section 7)."""


class TextError(ValueError):
    """A text that may not be stored. The message is its refusal code."""


def check_text(text: str) -> str:
    """Return the text unchanged, or raise `TextError` with a refusal code as its message.

    Refused: blank, U+0000, lone surrogates, over `MAX_TEXT_BYTES`. All else is kept exactly.
    """
    if "\x00" in text:
        raise TextError("text_has_nul")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise TextError("text_has_lone_surrogate") from None
    if size > MAX_TEXT_BYTES:
        raise TextError("text_too_long")
    if not text.strip():
        raise TextError("text_blank")
    return text


Text = Annotated[str, AfterValidator(check_text)]
"""A citizen's or agent's words: personal data, never in a log, a metric, a URL or an error."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.\-]{0,63}$")]
"""A stable opaque id of a tenant, department, topic, skill or agent."""


class Contract(BaseModel):
    """A frozen model whose unknown fields are our typing errors when built here."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    @classmethod
    def read(cls, data: bytes | str) -> Self:
        """Parse from the wire. Fields a newer peer added are ignored.

        Raises:
            pydantic.ValidationError: the bytes are not this contract.
        """
        return cls.model_validate_json(data, extra="ignore")

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced, without validating them again."""
        return self.model_copy(update=changes)
