"""I1 to I4: nothing lost, nothing twice, one order."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from chaos.checker.evidence import Evidence, is_of
from chaos.history import Op, Record

LATE_S = 30.0
"""After the last fault is healed, every action must have its answer within so many seconds."""


def shown_is_archived(evidence: Evidence) -> Iterator[str]:
    """I1: what a client was shown or told is one row, byte for byte; no row is invented."""
    for record in evidence.records:
        if record.op is Op.RENDERED:
            row = evidence.places.get((record.conversation, record.stream, record.seq))
            if row is None or (row.id, row.digest) != (record.id, record.digest):
                yield f"{record.who} was shown {_place(record)}, which the archive has not"
        elif record.op is Op.COMMITTED:
            rows = [
                r
                for r in evidence.by_id.get((record.conversation, record.id), ())
                if is_of(r, record.who)
            ]
            if len(rows) != 1 or rows[0].seq != record.seq:
                yield f"{record.who} was told that {record.id} is archived; rows: {len(rows)}"
    for row in evidence.archive.rows:
        sent = evidence.sent.get(row.id)
        if row.kind == "message" and (sent is None or sent.digest != row.digest):
            yield f"{row.conversation} {row.stream} {row.seq}: nobody sent this"


def accepted_is_settled(evidence: Evidence) -> Iterator[str]:
    """I2: what was accepted, or is kept by a client that stayed, is settled soon after healing."""
    until_ns = evidence.healed_ns + int(LATE_S * 1e9)
    for sent in evidence.sent.values():
        answer = evidence.answered.get(sent.id)
        if sent.who in evidence.gone:
            kept = (
                sent.code not in ("open", "send") or (sent.conversation, sent.id) in evidence.by_id
            )
            if answer is None and sent.id in evidence.accepted and not kept:
                yield f"{sent.who}: {sent.code} {sent.id} was accepted, then lost"
        elif answer is None:
            yield f"{sent.who}: {sent.code} {sent.id} was never answered"
        elif evidence.healed_ns and answer.at_ns > max(until_ns, sent.at_ns + int(LATE_S * 1e9)):
            yield f"{sent.who}: {sent.code} {sent.id} was answered too late"


def once(evidence: Evidence) -> Iterator[str]:
    """I3: one row an action; no screen shows a seq or an event twice."""
    rows = Counter((row.conversation, row.sender, row.id) for row in evidence.archive.rows)
    for (conversation, sender, action), n in rows.items():
        if n > 1:
            yield f"{conversation}: {n} rows of {action} by {sender.partition(':')[0]}"
    for (who, conversation, stream), shown in evidence.screens.items():
        for what in ("seq", "id"):
            counts = Counter(getattr(record, what) for record in shown)
            for value, n in counts.items():
                if n > 1:
                    yield f"{who} was shown {conversation} {stream} {what} {value} {n} times"


def same_order(evidence: Evidence) -> Iterator[str]:
    """I4a: seqs are 1..n; every screen is a prefix of the archive, and all of it at the end."""
    for (conversation, stream), rows in evidence.streams.items():
        if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
            yield f"{conversation} {stream}: seqs are not 1..{len(rows)}"
    for (who, conversation, stream), shown in evidence.screens.items():
        rows = evidence.streams.get((conversation, stream), [])
        if [r.id for r in shown] != [row.id for row in rows[: len(shown)]]:
            yield f"{who}: screen of {conversation} {stream} is no prefix of the archive"
        elif len(shown) < len(rows) and not _excused(evidence, who, conversation):
            yield f"{who}: screen of {conversation} {stream} has {len(shown)} of {len(rows)}"


def _excused(evidence: Evidence, who: str, conversation: str) -> bool:
    return who in evidence.gone or (who, conversation) in evidence.walled


def senders_keep_order(evidence: Evidence) -> Iterator[str]:
    """I4b: what one sender says later has a higher seq."""
    last: dict[tuple[str, str], int] = defaultdict(int)
    for sent in evidence.sent.values():
        if sent.code != "send":
            continue
        for row in evidence.by_id.get((sent.conversation, sent.id), ()):
            if row.seq <= last[sent.who, sent.conversation]:
                yield f"{sent.who}: {row.conversation} {row.seq} was said after a later one"
            last[sent.who, sent.conversation] = row.seq


def answers_follow(evidence: Evidence) -> Iterator[str]:
    """I4c: a message comes after everything its sender had seen."""
    for row in evidence.archive.rows:
        if row.kind != "message":
            continue
        if row.seq <= row.seen:
            yield f"{row.conversation} {row.seq}: its sender had seen {row.seen}"
        sent = evidence.sent.get(row.id)
        if sent is not None and sent.seen != row.seen:
            yield f"{row.conversation} {row.seq}: seen is {row.seen}, sent as {sent.seen}"


def resumes_at_the_next(evidence: Evidence) -> Iterator[str]:
    """I11: the first event after a resume is the one after the last that was shown."""
    after: dict[tuple[str, str], int] = {}
    for record in evidence.records:
        key = (record.who, record.conversation)
        if record.op is Op.RESUMED:
            after[key] = record.seq
        elif record.op is Op.FIRST and record.seq != after.get(key, 0) + 1:
            yield (
                f"{record.who}: resumed {record.conversation} after {after.get(key, 0)},"
                f" got {record.seq} first"
            )


def _place(record: Record) -> str:
    return f"{record.conversation} {record.stream} {record.seq}"
