"""Files in the dialogue: what lies in the store is shown, once, by who put it there."""

from services.contracts import Attached, PostFile, Refusal

from transcript_service.core.change import Change
from transcript_service.core.words import speak


def post_file(change: Change, command: PostFile) -> Refusal | None:
    """Show a file, under the rules for words. It counts as an answer, and as a sign of life.

    What another put there, or nobody, is one and the same to the sender: it is not there. Shown
    already, it is not there to be shown either.
    """
    kept = change.files.get(command.file)
    if kept is None or kept.sender != change.envelope.sender or kept.shown:
        return Refusal.FILE_UNKNOWN
    file = kept.file
    body = Attached(
        file=command.file,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        scan=file.scan,
        width=file.width,
        height=file.height,
        masked=file.masked,
    )
    return speak(change, body, command.seen)
