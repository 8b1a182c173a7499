"""The checker is itself checked: for each invariant a history it must pass, and one it must not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from chaos.archive import Agent, Archive, Conversation, Row
from chaos.checker import INVARIANTS, Evidence, Facts, judge
from chaos.checker.evidence import Growth, Rebuilt
from chaos.history import Op, Record, digest
from hypothesis import given
from hypothesis import strategies as st

CITIZEN, KARI, OLA = "citizen:c1", "agent:kari", "agent:ola"
HEALED_NS = 10_000_000_000

ROWS = (
    Row("c1", "dialogue", 1, "open", "citizen:x", "opened", time=1, department="torget"),
    Row("c1", "desk", 1, "offer", "router:0", "offered", time=2, agent="kari"),
    Row("c1", "dialogue", 2, "accept", KARI, "joined", epoch=1, time=3, agent="kari"),
    Row("c1", "dialogue", 3, "m1", "citizen:x", "message", 1, 2, 4, digest("hei")),
    Row("c1", "dialogue", 4, "m2", KARI, "message", 1, 3, 5, digest("hallo")),
    Row("c1", "dialogue", 5, "end", KARI, "closed", epoch=1, time=6),
)
DIALOGUE = [row for row in ROWS if row.stream == "dialogue"]
AGENTS = {
    "kari": Agent("kari", 0, 1, 0, frozenset({"torget"})),
    "ola": Agent("ola", 0, 1, 0, frozenset({"torget"})),
    "per": Agent("per", 0, 1, 0, frozenset({"plan"})),
}


def said(who: str, action: str, code: str, at_ns: int, **fields) -> list[Record]:
    about = {"conversation": "c1", "id": action}
    return [
        Record(at_ns, who, Op.SENT, code=code, **about, **fields),
        Record(at_ns + 1, who, Op.ACCEPTED, **about),
    ]


def committed(who: str, action: str, seq: int, at_ns: int) -> Record:
    return Record(at_ns, who, Op.COMMITTED, "c1", action, seq=seq)


def shown(who: str, rows: Sequence[Row]) -> list[Record]:
    return [Record(9, who, Op.RENDERED, "c1", r.id, r.stream, r.seq, r.digest) for r in rows]


RECORDS = (
    *said(CITIZEN, "open", "open", 10),
    committed(CITIZEN, "open", 1, 12),
    Record(13, KARI, Op.SHOWN, "c1", code="torget"),
    *said(CITIZEN, "m1", "send", 20, digest=digest("hei"), seen=2),
    committed(CITIZEN, "m1", 3, 22),
    *said(KARI, "m2", "send", 30, digest=digest("hallo"), seen=3, epoch=1),
    committed(KARI, "m2", 4, 32),
    Record(40, CITIZEN, Op.RESUMED, "c1", seq=4),
    Record(41, CITIZEN, Op.FIRST, "c1", seq=5),
    *shown(CITIZEN, DIALOGUE),
    *shown(KARI, DIALOGUE),
)
GOOD = Evidence(
    records=RECORDS,
    archive=Archive(
        ROWS, {"c1": Conversation("c1", "closed", department="torget", agents=("kari",))}, AGENTS
    ),
    healed_ns=HEALED_NS,
    live_agents=frozenset({"kari", "ola"}),
    facts=Facts(queues={"ledger.cmd.0": (0, 0)}, instance_queues=6, instances=6),
)


def red(evidence: Evidence) -> set[str]:
    return {name for name, found in judge(evidence).items() if found}


def with_records(*more: Record, without: Sequence[Record] = ()) -> Evidence:
    return replace(GOOD, records=[*(r for r in RECORDS if r not in without), *more])


def with_rows(rows: Sequence[Row]) -> Evidence:
    """A ledger that went another way, and whose screens show what it has."""
    screens = [r for r in RECORDS if r.op is not Op.RENDERED]
    dialogue = [r for r in rows if (r.conversation, r.stream) == ("c1", "dialogue")]
    records = [*screens, *shown(CITIZEN, dialogue), *shown(KARI, dialogue)]
    return replace(GOOD, records=records, archive=replace(GOOD.archive, rows=rows))


def swapped(*changes: tuple[str, dict]) -> list[Row]:
    changed = dict(changes)
    return [replace(row, **changed.get(row.id, {})) for row in ROWS]


def with_conversation(conversation: Conversation | None) -> Evidence:
    known = {"c1": conversation} if conversation else {}
    return replace(GOOD, archive=replace(GOOD.archive, conversations=known))


def test_a_round_in_which_all_went_well_is_green():
    assert red(GOOD) == set()


def test_every_invariant_says_in_one_line_what_it_holds():
    lines = [(check.__doc__ or "").splitlines()[0] for check in INVARIANTS.values()]

    assert [line.partition(":")[0] for line in lines] == list(INVARIANTS)


# I1


def test_other_words_on_a_screen_than_in_the_archive_break_i1():
    wrong = replace(shown(KARI, DIALOGUE)[2], digest=digest("hai"))

    assert "I1" in red(with_records(wrong, without=shown(KARI, DIALOGUE)[2:3]))


def test_a_second_tick_without_a_row_breaks_i1():
    assert red(with_records(committed(CITIZEN, "m9", 9, 50))) == {"I1"}


def test_a_row_that_nobody_sent_breaks_i1():
    invented = Row("c1", "dialogue", 6, "m9", KARI, "message", 1, 5, 7, digest("nei"))

    assert "I1" in red(with_rows([*ROWS[:5], replace(invented, seq=5), replace(ROWS[5], seq=6)]))


# I2


def test_an_action_that_is_never_answered_breaks_i2():
    lost = said(CITIZEN, "m3", "send", 50, digest=digest("?"))

    assert red(with_records(*lost)) == {"I2"}


def test_an_answer_long_after_healing_breaks_i2():
    sent = said(CITIZEN, "m3", "send", 50)
    late = Record(HEALED_NS + 31_000_000_000, CITIZEN, Op.REFUSED, "c1", "m3", code="closed")

    assert red(with_records(*sent, late)) == {"I2"}


def test_a_refusal_settles_an_action():
    sent = said(CITIZEN, "m3", "send", 50)

    assert red(with_records(*sent, Record(60, CITIZEN, Op.REFUSED, "c1", "m3"))) == set()


def test_what_was_accepted_from_one_who_left_and_is_not_there_breaks_i2():
    left = Record(60, CITIZEN, Op.LEFT, "c1")

    assert red(with_records(*said(CITIZEN, "m3", "send", 50), left)) == {"I2"}


def test_nothing_is_owed_to_one_who_left_before_the_first_tick():
    sent, left = said(CITIZEN, "m3", "send", 50)[0], Record(60, CITIZEN, Op.LEFT, "c1")

    assert red(with_records(sent, left)) == set()


# I3


def test_two_rows_of_one_action_break_i3():
    twice = [*ROWS[:4], replace(ROWS[3], seq=4), *(replace(r, seq=r.seq + 1) for r in ROWS[4:])]

    assert "I3" in red(with_rows(twice))


@given(st.integers(0, 4))
def test_an_event_shown_twice_breaks_i3(n):
    assert "I3" in red(with_records(shown(CITIZEN, DIALOGUE)[n]))


# I4


@given(st.integers(0, 4))
def test_a_screen_that_lacks_an_event_breaks_i4a(n):
    assert red(with_records(without=shown(CITIZEN, DIALOGUE)[n : n + 1])) == {"I4a"}


@given(st.integers(0, 4))
def test_the_screen_of_one_who_left_may_end_anywhere(n):
    left = Record(60, CITIZEN, Op.LEFT, "c1")

    assert red(with_records(left, without=shown(CITIZEN, DIALOGUE)[n:])) == set()


def test_a_desk_that_was_walled_off_may_lack_the_rest():
    walled = Record(60, KARI, Op.WALLED, "c1")

    assert red(with_records(walled, without=shown(KARI, DIALOGUE)[3:])) == set()


def test_a_hole_in_the_archive_breaks_i4a():
    assert "I4a" in red(with_rows(swapped(("end", {"seq": 7}))))


def test_a_screen_in_another_order_breaks_i4a():
    first, second, *rest = shown(CITIZEN, DIALOGUE)

    assert red(with_records(second, first, *rest, without=shown(CITIZEN, DIALOGUE))) == {"I4a"}


def test_what_was_said_later_with_a_lower_seq_breaks_i4b():
    later = (
        *said(CITIZEN, "m3", "send", 25, digest=digest("ok"), seen=1),
        committed(CITIZEN, "m3", 3, 27),
    )
    rows = [
        *ROWS[:3],
        Row("c1", "dialogue", 3, "m3", "citizen:x", "message", 1, 1, 4, digest("ok")),
        *(replace(row, seq=row.seq + 1) for row in ROWS[3:]),
    ]
    went = with_rows(rows)

    assert "I4b" in red(replace(went, records=[*went.records, *later]))


def test_a_message_before_what_its_sender_had_seen_breaks_i4c():
    assert red(with_rows(swapped(("m2", {"seen": 4})))) == {"I4c"}


# I5


def test_one_more_than_the_capacity_breaks_i5():
    second = [
        Row("c2", "dialogue", 1, "o2", "citizen:y", "opened", time=1, department="torget"),
        Row("c2", "desk", 1, "offer2", "router:0", "offered", time=3.5, agent="kari"),
    ]

    assert red(with_rows([*ROWS, *second])) == {"I5"}


def test_the_same_offer_after_the_end_does_not():
    second = [
        Row("c2", "dialogue", 1, "o2", "citizen:y", "opened", time=1, department="torget"),
        Row("c2", "desk", 1, "offer2", "router:0", "offered", time=7, agent="kari"),
    ]

    assert "I5" not in red(with_rows([*ROWS, *second]))


def test_a_load_that_is_not_what_is_counted_breaks_i5():
    agents = {**AGENTS, "kari": Agent("kari", 1, 3, 0)}

    assert red(replace(GOOD, archive=replace(GOOD.archive, agents=agents))) == {"I5"}


# I6


@pytest.mark.parametrize(
    "change",
    [
        ("accept", {"epoch": 2}),
        ("accept", {"kind": "handed_over"}),
        ("m2", {"epoch": 0}),
        ("m2", {"sender": OLA}),
        ("accept", {"kind": "opened"}),
        ("open", {"kind": "requeued"}),
    ],
)
def test_a_life_that_cannot_be_breaks_i6(change):
    assert "I6" in red(with_rows(swapped(change)))


def test_something_said_after_the_end_breaks_i6():
    assert "I6" in red(with_rows([*ROWS[:4], replace(ROWS[5], seq=4), replace(ROWS[4], seq=5)]))


def test_words_kept_under_another_epoch_than_they_were_said_under_break_i6():
    sent = next(r for r in RECORDS if r.id == "m2" and r.op is Op.SENT)

    assert red(with_records(replace(sent, epoch=0), without=[sent])) == {"I6"}


# I7


def test_an_opened_conversation_that_is_not_there_breaks_i7():
    assert red(with_conversation(None)) == {"I7"}


def test_an_owner_who_is_not_there_breaks_i7():
    gone = Conversation("c1", "active", owner="per", department="torget", agents=("kari",))

    assert red(with_conversation(gone)) == {"I7"}


WAITS = Conversation("c1", "waiting", department="torget", agents=("kari",), waited_s=6)


def test_waiting_while_somebody_has_room_breaks_i7():
    assert red(with_conversation(WAITS)) == {"I7"}


def test_who_walked_away_while_waiting_is_rightly_offered_to_nobody():
    left = Record(RECORDS[-1].at_ns + 1, "citizen:c1", Op.LEFT, conversation="c1")
    evidence = with_conversation(WAITS)

    assert red(replace(evidence, records=[*evidence.records, left])) == set()


@pytest.mark.parametrize("waited_s", [1, 100])
def test_waiting_for_a_while_or_while_nobody_has_room_does_not(waited_s):
    department = "torget" if waited_s == 1 else "plan"
    waits = Conversation("c1", "waiting", "", 0, department, ("kari",), waited_s)

    assert red(with_conversation(waits)) == set()


# I8


@pytest.mark.parametrize("stranger", ["citizen:c9", "agent:per"])
def test_an_event_on_a_strangers_screen_breaks_i8(stranger):
    prying = [*shown(stranger, DIALOGUE), Record(5, stranger, Op.LEFT)]

    assert red(with_records(*prying)) == {"I8"}


def test_a_desk_event_on_the_citizens_own_screen_breaks_i8():
    assert red(with_records(*shown(CITIZEN, ROWS[1:2]))) == {"I8"}


def test_a_desk_that_hears_of_another_departments_conversation_breaks_i8():
    assert red(with_records(Record(5, "agent:per", Op.SHOWN, "c1", code="torget"))) == {"I8"}


def test_a_colleague_of_the_department_may_see_it():
    assert red(with_records(*shown(OLA, DIALOGUE))) == set()


# I10, I11, I12


@pytest.mark.parametrize(
    "facts",
    [
        {"queues": {"ledger.cmd.0": (1, 0)}},
        {"queues": {"ledger.cmd.0": (0, 1)}},
        {"strange_dead_letters": 1},
        {"instance_queues": 7},
        {"descriptors": {"gateway": (30, 130)}},
    ],
)
def test_what_is_left_over_breaks_i10(facts):
    assert red(replace(GOOD, facts=replace(GOOD.facts, **facts))) == {"I10"}


@pytest.mark.parametrize("first", [1, 4, 6])
def test_a_resume_that_goes_on_elsewhere_breaks_i11(first):
    again = (
        Record(50, CITIZEN, Op.RESUMED, "c1", seq=4),
        Record(51, CITIZEN, Op.FIRST, "c1", seq=first),
    )

    assert red(with_records(*again)) == {"I11"}


def test_memory_that_grows_for_hours_breaks_i12_and_for_minutes_does_not():
    def grown(lived_s: float) -> Evidence:
        return replace(GOOD, facts=replace(GOOD.facts, growth=[Growth("gateway-1", lived_s, 9.0)]))

    assert (red(grown(7200)), red(grown(600))) == ({"I12"}, set())


# F5


def test_presence_that_is_whole_too_late_breaks_f5_unless_more_was_broken():
    def after(whole_s: float, *, alone: bool = True) -> Evidence:
        one = Rebuilt("wipe-redis", 1, 0.0, whole_s, 18, alone=alone)
        return replace(GOOD, facts=replace(GOOD.facts, rebuilt=[one]))

    assert (red(after(6.1)), red(after(6.0)), red(after(6.1, alone=False))) == (
        {"F5"},
        set(),
        set(),
    )
