"""Between the ledger's tables and its types."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts import Author, Event, StoredFile, Summary

from transcript_service.core import Conversation, HandoverRow, OfferRow, Sealed, Unit
from transcript_service.core.books import shown_in
from transcript_service.core.erased import erased_body
from transcript_service.core.state import KeptFile, Key

Row = Mapping[str, Any]


def conversation(row: Row) -> Conversation:
    """Build a conversation from `ledger.conversation_document`."""
    offer, handover = row["offer"], row["handover"]
    summary = Summary.model_validate(
        {
            "conversation": row["id"],
            "version": row["version"],
            "state": row["state"],
            "topic": row["topic"],
            "department": row["department"],
            "language": row["language"],
            "priority": row["priority"],
            "owner": row["owner"],
            "epoch": row["epoch"],
            "opened_at": row["opened_at"],
            "entered_at": row["entered_at"],
            "last_seq": row["last_seq"],
            "offer": _only(offer, "id", "agent", "deadline", "handover"),
            "handover": _only(
                handover, "id", "from_agent", "department", "agent", "requested_at", "deadline"
            ),
            "wrapup": {"agent": row["wrapup_agent"], "until": row["wrapup_until"]}
            if row["wrapup_agent"]
            else None,
            "missed": row["missed"],
            "preferred_agent": row["preferred_agent"],
            "away_since": row["away_since"],
            "closed_at": row["closed_at"],
            "unanswered_since": row["unanswered_since"],
            "due_at": row["due_at"],
            "receipt": row["receipt"],
            "answer_by": row["answer_by"],
            "suggested": row["suggested"],
            "follows": row["follows"],
            "alarm": row["alarm"],
            "nudged_at": row["nudged_at"],
            "rating": row["rating"],
            "forget_asked_at": row["forget_asked_at"],
            "consulted": row["consulted"] or (),
            "outcome": row["outcome"],
            "archive": row["archive"],
            "glimpses": row["glimpses"] or (),
        }
    )
    contact = row.get("contact")
    return Conversation(
        tenant=row["tenant"],
        citizen=row["citizen"],
        summary=summary,
        agents=tuple(row["agents"]),
        heads=row["heads"],
        answered=(datetime.fromisoformat(row["answered_at"]), row["answered_in"])
        if row["answered_at"]
        else None,
        contact=json.loads(contact)["contact"] if contact else None,
    )


def _only(row: Row | None, *names: str) -> dict[str, Any] | None:
    return {name: row[name] for name in names} if row else None


def event(row: Row) -> Event:
    """Build an event from its row and its body: canonical JSON text, None once erased."""
    erased = row["body"] is None
    return Event(
        conversation=row["conversation"],
        stream=row["stream"],
        seq=row["seq"],
        id=row["client_id"],
        sender=row["sender"],
        author=Author.model_validate(_parsed(row["author"])),
        epoch=row["epoch"],
        time=row["time"],
        body=erased_body(row["stream"]) if erased else json.loads(row["body"]),
    )


def kept_file(row: Row) -> KeptFile:
    """Build a file in the store from its row."""
    file = StoredFile(
        file=str(row["id"]),
        name=row["name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        scan=row["scan"],
        width=row["width"],
        height=row["height"],
        masked=row["masked"],
    )
    return KeptFile(file, row["sender"], shown=row["posted_at"] is not None)


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def unit(key: Key, change: Unit) -> dict[str, Any]:
    """Return a unit as `ledger.commit_units` takes it."""
    tenant, conversation_id = key
    about = {"tenant": tenant, "conversation": str(conversation_id)}
    changed = change.began == 0 or change.after.summary.version != change.began
    document: dict[str, Any] = {
        "tenant": tenant,
        "id": str(conversation_id),
        "began": change.began,
        "events": [_sealed(tenant, sealed) for sealed in change.sealed],
        "offers": [{**about, **_offer(row)} for row in change.offers.values()],
        "handovers": [{**about, **_handover(row)} for row in change.handovers.values()],
        "loads": [
            {"tenant": tenant, "id": agent, "change": n} for agent, n in change.loads.items() if n
        ],
        "blocks": [
            {"tenant": tenant, "citizen": citizen, "until": until.isoformat()}
            for citizen, until in change.blocks.items()
        ],
        "handled": [
            {**about, "sender": sender, "client_id": str(action)}
            for sender, action in change.handled
        ],
    }
    if changed:
        document["conversation"] = _document(change.after)
    return document


def _document(after: Conversation) -> dict[str, Any]:
    summary = after.summary.model_dump(mode="json")
    wrapup = summary["wrapup"] or {"agent": None, "until": None}
    kept = {
        name: summary[name]
        for name in (
            "version", "state", "topic", "department", "language", "priority", "owner", "epoch",
            "opened_at", "entered_at", "last_seq", "missed", "preferred_agent", "away_since",
            "closed_at", "unanswered_since", "due_at", "receipt", "answer_by", "suggested",
            "follows", "alarm", "nudged_at", "rating", "forget_asked_at", "outcome", "archive",
        )
    }  # fmt: skip
    answered_at, answered_in = after.answered or (None, None)
    return {
        **kept,
        "tenant": after.tenant,
        "id": summary["conversation"],
        "citizen": after.citizen,
        "heads": dict(after.heads),
        "agents": list(after.agents),
        "wrapup_agent": wrapup["agent"],
        "wrapup_until": wrapup["until"],
        "answered_at": answered_at.isoformat() if answered_at else None,
        "answered_in": answered_in,
        "consulted": summary["consulted"] or None,
        "glimpses": summary["glimpses"] or None,
    }


def _sealed(tenant: str, sealed: Sealed) -> dict[str, Any]:
    event = sealed.entry.event
    return {
        "tenant": tenant,
        "conversation": str(event.conversation),
        "stream": event.stream,
        "seq": event.seq,
        "client_id": str(event.id),
        "cause": str(sealed.entry.cause),
        "sender": event.sender,
        "author": event.author.model_dump(mode="json"),
        "epoch": event.epoch,
        "seen": sealed.entry.seen,
        "kind": event.body.kind,
        "file": _text(shown_in(event)),
        "time": event.time.isoformat(),
        "body_hash": "\\x" + sealed.body_hash.hex(),
        "hash": "\\x" + sealed.hash.hex(),
        "body": sealed.body,
        "salt": "\\x" + sealed.salt.hex(),
    }


def _offer(row: OfferRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "agent": row.agent,
        "handover": _text(row.handover),
        "deadline": row.deadline.isoformat(),
        "state": row.state,
    }


def _handover(row: HandoverRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "from_agent": row.from_agent,
        "department": row.department,
        "agent": row.agent,
        "requested_at": row.requested_at.isoformat(),
        "deadline": row.deadline.isoformat(),
        "state": row.state,
    }


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
