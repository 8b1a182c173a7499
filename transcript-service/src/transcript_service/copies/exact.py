"""The copy as JSON: every event exactly as committed."""

import json
from typing import Any

from services.contracts import Event, TenantDirectory

from transcript_service.core.erased import was_erased
from transcript_service.reads import Transcript


def as_json(transcript: Transcript, directory: TenantDirectory | None) -> str:
    """Return every event exactly as committed."""
    summary = transcript.conversation.summary
    return json.dumps(
        {
            "format": "prek.transcript.v1",
            "conversation": str(summary.conversation),
            "municipality": directory.name if directory else "",
            "topic": summary.topic,
            "language": summary.language,
            "opened_at": summary.opened_at.isoformat(),
            "closed_at": summary.closed_at.isoformat() if summary.closed_at else None,
            "events": [_exactly(event) for event in transcript.events],
        },
        ensure_ascii=False,
        indent=1,
    )


def _exactly(event: Event) -> dict[str, Any]:
    document = event.model_dump(mode="json")
    return {**document, "body": {"kind": "erased"}} if was_erased(event) else document
