"""Decisions of the ledger. No IO, no clock, no randomness, no logging: same input, same output."""

from transcript_service.core.books import Books, Outcome, Unit
from transcript_service.core.chain import Sealed, seal
from transcript_service.core.state import (
    Conversation,
    Entry,
    HandoverRow,
    Key,
    Load,
    OfferRow,
    involved,
)

__all__ = [
    "Books",
    "Conversation",
    "Entry",
    "HandoverRow",
    "Key",
    "Load",
    "OfferRow",
    "Outcome",
    "Sealed",
    "Unit",
    "involved",
    "seal",
]
