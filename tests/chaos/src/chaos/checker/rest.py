"""I10, I12 and F5: what is left over, what grows, and how soon presence is whole again."""

from collections.abc import Iterator

from chaos.checker.evidence import Evidence

DESCRIPTORS_MORE = 50
"""Open files a replica may have more than before any client came: pools grow, leaks grow on."""
LONG_S = 3600.0
MIB_PER_H = 1.0
WHOLE_S = 6.0
"""Of the specification: presence is whole so soon after Redis came back without its memory."""


def nothing_left_over(evidence: Evidence) -> Iterator[str]:
    """I10: queues are empty, no strange dead letter, no orphan queue, files closed again."""
    facts = evidence.facts
    for queue, (ready, unacked) in facts.queues.items():
        if ready or unacked:
            yield f"{queue}: {ready} ready, {unacked} unacknowledged"
    if facts.strange_dead_letters:
        yield f"{facts.strange_dead_letters} dead letters that nobody planted"
    if facts.instance_queues != facts.instances:
        yield f"{facts.instance_queues} instance queues of {facts.instances} processes"
    for service, (before, after) in facts.descriptors.items():
        if after > before + DESCRIPTORS_MORE:
            yield f"{service}: {after} open files, {before} before"


def nothing_grows(evidence: Evidence) -> Iterator[str]:
    """I12: memory of a process that lived long does not grow. Judged from one hour up."""
    for growth in evidence.facts.growth:
        if growth.lived_s >= LONG_S and growth.mib_per_h > MIB_PER_H:
            yield f"{growth.process} grew by {growth.mib_per_h:.1f} MiB/h"


def presence_whole(evidence: Evidence) -> Iterator[str]:
    """F5: Redis emptied or killed, every agent is in it again within 6 s of its answering."""
    for one in evidence.facts.rebuilt:
        if one.alone and one.whole_s > WHOLE_S:
            yield f"{one.fault}: {one.agents} agents were whole after {one.whole_s:.2f} s"
