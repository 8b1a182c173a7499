"""Errors named by what the bus must do with the message.

ServiceError            the docstring is the default message
  Transient             a dependency was away          -> try again with back-off
  Permanent             can never succeed              -> dead letter, with the reason
    ContractViolation   unknown bytes on the queue     -> dead letter
    NotVouched          said by one who may not say it -> dead letter
"""

from dataclasses import dataclass

MAX_ATTEMPTS = 8
"""Tries of an unexpected error before the message is a dead letter; `Transient` has no limit."""

_FIRST_DELAY_S = 0.1
_LONGEST_DELAY_S = 5.0
_DOUBLINGS = 10
"""More change nothing, and the thousandth would be too large for a float."""


class ServiceError(Exception):
    """Something went wrong."""

    def __init__(self, message: str = "") -> None:
        """Use the class's docstring when no message is given."""
        super().__init__(message or self.__doc__)


class Transient(ServiceError):
    """A dependency was away."""


class Permanent(ServiceError):
    """This can never succeed."""


class ContractViolation(Permanent):
    """The bytes are no message of ours."""


class NotVouched(Permanent):
    """The broker user behind this message may not say it."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Handle the message again after this many seconds."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Park the message with a reason, where somebody reads it."""

    reason: str


def disposition(error: BaseException, attempt: int) -> RetryAfter | DeadLetter:
    """Decide what becomes of a message whose handler failed.

    Args:
        error: what the handler raised.
        attempt: how many times it has been tried, from 1.
    """
    if isinstance(error, Permanent):
        return DeadLetter(type(error).__name__)
    if not isinstance(error, Transient) and attempt >= MAX_ATTEMPTS:
        return DeadLetter(type(error).__name__)
    doublings = min(attempt - 1, _DOUBLINGS)
    return RetryAfter(min(_FIRST_DELAY_S * 2**doublings, _LONGEST_DELAY_S))
