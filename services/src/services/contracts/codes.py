"""Refusal codes: what a sender is told when an action did not happen. Part of the wire."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why an action was refused. A refused id leaves the sender's outbox."""

    # The words themselves (DESIGN.md section 7)
    TEXT_BLANK = "text_blank"
    TEXT_HAS_NUL = "text_has_nul"
    TEXT_HAS_LONE_SURROGATE = "text_has_lone_surrogate"
    TEXT_TOO_LONG = "text_too_long"
    # The frame
    FRAME_INVALID = "frame_invalid"
    FRAME_TOO_LARGE = "frame_too_large"
    FRAME_UNKNOWN = "frame_unknown"
    ID_REUSED = "id_reused"
    # Rights. `not_found` also stands for what the sender may not know of.
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a code
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    # State
    STALE_EPOCH = "stale_epoch"
    NOT_WAITING = "not_waiting"
    NOT_ACTIVE = "not_active"
    CLOSED = "closed"
    OFFER_GONE = "offer_gone"
    NO_HANDOVER = "no_handover"
    HANDOVER_PENDING = "handover_pending"
    HANDOVER_TARGET_UNKNOWN = "handover_target_unknown"
    CAPACITY = "capacity"
    BLOCKED = "blocked"
    NO_WAY_TO_ANSWER = "no_way_to_answer"
    CONTACT_INVALID = "contact_invalid"
    TOPIC_UNKNOWN = "topic_unknown"
    DEPARTMENT_UNKNOWN = "department_unknown"
    ALREADY_WRITTEN = "already_written"
    NOT_CLOSED = "not_closed"
    # Files
    FILE_UNKNOWN = "file_unknown"
    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FILE_TYPE = "file_type_not_allowed"
    FILE_BROKEN = "file_broken"
    FILE_INFECTED = "file_infected"
    FILES_TOO_MANY = "files_too_many"
    FILES_OFF = "files_off"
    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_TENANT = "unknown_tenant"
    # Back-pressure: these do not leave the outbox, the sender tries again later
    BUSY = "busy"
    RATE_LIMITED = "rate_limited"


RETRYABLE = frozenset({Refusal.BUSY, Refusal.RATE_LIMITED})
"""Refusals after which the same id is sent again; every other one is final."""
