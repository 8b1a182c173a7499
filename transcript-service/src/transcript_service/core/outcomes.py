"""What became of a conversation, and what the archive makes of it."""

from services.contracts import Classified, Classify, Refusal

from transcript_service.core.change import Change


def classify(change: Change, command: Classify) -> Refusal | None:
    """Note both as they stand from now on; what the command leaves open stays. No news: nothing."""
    outcome = command.outcome or change.summary.outcome
    archive = command.archive or change.summary.archive
    if (outcome, archive) != (change.summary.outcome, change.summary.archive):
        change.set(outcome=outcome, archive=archive)
        change.note(Classified(outcome=outcome, archive=archive))
    return None
