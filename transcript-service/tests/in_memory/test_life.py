"""Every command in every state by every kind of sender: the life cycle as a table."""

from typing import get_args
from uuid import UUID

import pytest
from services.contracts import (
    AcceptOffer,
    AnswerNudge,
    AskForget,
    AskWritten,
    Block,
    BreakGlass,
    Classify,
    ClearAlarm,
    Close,
    Command,
    Consult,
    ConversationState,
    DeclineOffer,
    EndConsult,
    EndWrapUp,
    ExpireOffer,
    Leave,
    MailCopy,
    MakeOffer,
    MakeWritten,
    Move,
    Nudge,
    OpenConversation,
    PostFile,
    PostMessage,
    PostNote,
    RaiseAlarm,
    Rate,
    ReadBoard,
    RequestHandover,
    Requeue,
    ReturnHandover,
    SetReachable,
    SetTopic,
    TakeOver,
)
from transcript_service.core.life import may_say

CITIZEN, KARI, LISE, ROUTER = "citizen:c1", "agent:kari", "agent:lise", "router:0"
STATES = get_args(ConversationState)
FILE, OWN_FILE = UUID(int=(1 << 100) + 71), UUID(int=(1 << 100) + 72)

OK, RIGHT = "ok", "not_allowed"
WAIT, ACT, SHUT, GONE, NONE = "not_waiting", "not_active", "closed", "offer_gone", "no_handover"
WAY, WRIT, OPEN = "no_way_to_answer", "already_written", "not_closed"

# The offer of an offered conversation is to kari, who also owns an active one.
# No live one has a way to answer in writing.
TABLE = {
    #                            waiting offered active closed written
    ("open", CITIZEN):           (OK,     OK,     OK,    OK,    OK),
    ("message", CITIZEN):        (OK,     OK,     OK,    SHUT,  OK),
    ("message", KARI):           (ACT,    ACT,    OK,    SHUT,  ACT),
    ("file", CITIZEN):           (OK,     OK,     OK,    SHUT,  OK),
    ("own_file", KARI):          (ACT,    ACT,    OK,    SHUT,  ACT),
    ("note", KARI):              (OK,     OK,     OK,    OK,    OK),
    ("offer", ROUTER):           (OK,     WAIT,   WAIT,  SHUT,  OK),
    ("accept", KARI):            (GONE,   OK,     GONE,  GONE,  GONE),
    ("decline", KARI):           (GONE,   OK,     GONE,  GONE,  GONE),
    ("expire", ROUTER):          (GONE,   OK,     GONE,  GONE,  GONE),
    ("request_handover", KARI):  (ACT,    ACT,    OK,    SHUT,  ACT),
    ("cancel_handover", KARI):   (NONE,   NONE,   NONE,  NONE,  NONE),
    ("return_handover", ROUTER): (NONE,   NONE,   NONE,  NONE,  NONE),
    ("take_over", KARI):         (OK,     OK,     RIGHT, SHUT,  OK),
    ("requeue", KARI):           (ACT,    ACT,    OK,    SHUT,  ACT),
    ("lose_owner", ROUTER):      (ACT,    ACT,    OK,    SHUT,  ACT),
    ("leave", CITIZEN):          (OK,     OK,     OK,    SHUT,  OK),
    ("give_up", ROUTER):         (OK,     WAIT,   WAIT,  SHUT,  WAIT),
    ("close", KARI):             (ACT,    ACT,    OK,    SHUT,  ACT),
    ("nudge", KARI):             (ACT,    ACT,    OK,    SHUT,  ACT),
    ("answer_nudge", CITIZEN):   (OK,     OK,     OK,    SHUT,  OK),
    ("rate", CITIZEN):           (OPEN,   OPEN,   OPEN,  OK,    OPEN),
    ("mail_copy", CITIZEN):      (OPEN,   OPEN,   OPEN,  OK,    OPEN),
    ("forget", CITIZEN):         (OPEN,   OPEN,   OPEN,  OK,    OPEN),
    ("end_wrapup", KARI):        (ACT,    ACT,    ACT,   OK,    ACT),
    ("end_wrapup", ROUTER):      (ACT,    ACT,    ACT,   OK,    ACT),
    ("lose_silent", ROUTER):     (ACT,    ACT,    OK,    SHUT,  ACT),
    ("reachable", ROUTER):       (OK,     OK,     OK,    SHUT,  OK),
    ("ask_written", CITIZEN):    (OK,     OK,     OK,    SHUT,  OK),
    ("answer_later", KARI):      (ACT,    ACT,    WAY,   SHUT,  WRIT),
    ("write_to_gone", ROUTER):   (WAY,    WAIT,   WAIT,  SHUT,  WRIT),
    ("topic", KARI):             (OK,     OK,     OK,    SHUT,  OK),
    ("topic", ROUTER):           (OK,     OK,     OK,    SHUT,  OK),
    ("consult", KARI):           (ACT,    ACT,    OK,    SHUT,  ACT),
    ("end_consult", KARI):       (ACT,    ACT,    OK,    SHUT,  ACT),
    ("alarm", KARI):             (OK,     OK,     OK,    SHUT,  OK),
    ("clear_alarm", LISE):       (OK,     OK,     OK,    OK,    OK),
    ("block", LISE):             (OK,     OK,     OK,    OK,    OK),
    ("move", LISE):              (OK,     OK,     WAIT,  SHUT,  OK),
    ("move", KARI):              (RIGHT,  RIGHT,  WAIT,  SHUT,  RIGHT),
    ("classify", KARI):          (OK,     OK,     OK,    OK,    OK),
    ("glass", LISE):             (OK,     OK,     OK,    OK,    OK),
    ("whisper", LISE):           (ACT,    ACT,    OK,    ACT,   ACT),
    ("whisper", KARI):           (RIGHT,  RIGHT,  RIGHT, RIGHT, RIGHT),
}  # fmt: skip

WRONG_SENDERS = {
    "open": (KARI, ROUTER),
    "message": (ROUTER,),
    "file": (ROUTER,),
    "own_file": (ROUTER,),
    "note": (CITIZEN, ROUTER),
    "offer": (CITIZEN, KARI),
    "accept": (CITIZEN, ROUTER),
    "decline": (CITIZEN, ROUTER),
    "expire": (CITIZEN, KARI),
    "request_handover": (CITIZEN, ROUTER),
    "cancel_handover": (CITIZEN, ROUTER),
    "return_handover": (CITIZEN, KARI),
    "take_over": (CITIZEN, ROUTER),
    "requeue": (CITIZEN, ROUTER),
    "lose_owner": (CITIZEN, KARI),
    "leave": (KARI, ROUTER),
    "give_up": (CITIZEN, KARI),
    "close": (CITIZEN, ROUTER),
    "nudge": (CITIZEN, ROUTER),
    "answer_nudge": (KARI, ROUTER),
    "rate": (KARI, ROUTER),
    "mail_copy": (KARI, ROUTER),
    "forget": (KARI, ROUTER),
    "end_wrapup": (CITIZEN,),
    "lose_silent": (CITIZEN, KARI),
    "reachable": (CITIZEN, KARI),
    "ask_written": (KARI, ROUTER),
    "answer_later": (CITIZEN, ROUTER),
    "write_to_gone": (CITIZEN, KARI),
    "topic": (CITIZEN,),
    "consult": (CITIZEN, ROUTER),
    "end_consult": (CITIZEN, ROUTER),
    "alarm": (CITIZEN, ROUTER),
    "clear_alarm": (CITIZEN, ROUTER),
    "block": (CITIZEN, ROUTER),
    "move": (CITIZEN, ROUTER),
    "classify": (CITIZEN, ROUTER),
    "glass": (CITIZEN, ROUTER),
    "whisper": (CITIZEN, ROUTER),
}


def command(name, conversation, summary):
    about = {"conversation": conversation}
    offer = summary.offer.id if summary.offer else conversation
    epoch = summary.epoch
    return {
        "open": lambda: OpenConversation(**about),
        "message": lambda: PostMessage(**about, text="Hei", epoch=epoch),
        "file": lambda: PostFile(**about, file=FILE, epoch=epoch),
        "own_file": lambda: PostFile(**about, file=OWN_FILE, epoch=epoch),
        "note": lambda: PostNote(**about, text="Husk"),
        "offer": lambda: MakeOffer(**about, agent="ola", epoch=epoch),
        "accept": lambda: AcceptOffer(**about, offer=offer),
        "decline": lambda: DeclineOffer(**about, offer=offer),
        "expire": lambda: ExpireOffer(**about, offer=offer),
        "request_handover": lambda: RequestHandover(**about, epoch=epoch, department="bygg"),
        "cancel_handover": lambda: ReturnHandover(**about, handover=offer, reason="cancelled"),
        "return_handover": lambda: ReturnHandover(**about, handover=offer, reason="timeout"),
        "take_over": lambda: TakeOver(**about, epoch=epoch),
        "requeue": lambda: Requeue(**about, epoch=epoch, reason="returned_by_agent"),
        "lose_owner": lambda: Requeue(**about, epoch=epoch, reason="owner_lost"),
        "leave": lambda: Leave(**about, reason="citizen_left"),
        "give_up": lambda: Leave(**about, reason="citizen_gone"),
        "close": lambda: Close(**about, epoch=epoch),
        "nudge": lambda: Nudge(**about, epoch=epoch),
        "answer_nudge": lambda: AnswerNudge(**about),
        "rate": lambda: Rate(**about, rating="yes"),
        "mail_copy": lambda: MailCopy(**about, contact="nils@testvik.no"),
        "forget": lambda: AskForget(**about),
        "end_wrapup": lambda: EndWrapUp(**about),
        "lose_silent": lambda: Requeue(**about, epoch=epoch, reason="no_reply"),
        "reachable": lambda: SetReachable(**about, reachable=False),
        "ask_written": lambda: AskWritten(**about, answer_by="receipt"),
        "answer_later": lambda: MakeWritten(**about, reason="answer_later", epoch=epoch),
        "write_to_gone": lambda: MakeWritten(**about, reason="citizen_gone"),
        "topic": lambda: SetTopic(**about, topic="skatt"),
        "consult": lambda: Consult(**about, epoch=epoch, agent="per"),
        "end_consult": lambda: EndConsult(**about, agent="kari"),
        "alarm": lambda: RaiseAlarm(**about, alarm="threat"),
        "clear_alarm": lambda: ClearAlarm(**about),
        "block": lambda: Block(**about, reason="Trusler"),
        "move": lambda: Move(**about, department="bygg", epoch=epoch),
        "classify": lambda: Classify(**about, outcome="answered"),
        "glass": lambda: BreakGlass(**about, reason="Klage"),
        "whisper": lambda: PostNote(**about, text="Spør om adressen", whisper=True),
    }[name]()


@pytest.fixture
def at(world, make):
    """Bring a conversation into a state, with all deadlines passed and the citizen long gone."""

    def bring(state):
        c = make.id(1)
        world.say(CITIZEN, OpenConversation(conversation=c))
        world.put(c, CITIZEN, 71)
        world.put(c, KARI, 72)
        if state in ("offered", "active", "closed"):
            offer = make.envelope(ROUTER, MakeOffer(conversation=c, agent="kari", epoch=0))
            world.carry_out(offer)
        if state in ("active", "closed"):
            world.say(KARI, AcceptOffer(conversation=c, offer=offer.id))
        if state == "closed":
            world.say(KARI, Close(conversation=c, epoch=1))
        if state == "waiting":
            world.say(ROUTER, SetReachable(conversation=c, reachable=False))
        if state == "written":
            world.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
        world.wait(3600)
        return c

    return bring


CASES = [
    (name, sender, state, answer)
    for (name, sender), answers in TABLE.items()
    for state, answer in zip(STATES, answers, strict=True)
]


@pytest.mark.parametrize(("name", "sender", "state", "answer"), CASES)
def test_each_state_answers_each_command_as_the_table_says(world, at, name, sender, state, answer):
    c = at(state)
    before = world.of(c)
    outcome = world.say(sender, command(name, c, before.summary))

    assert (outcome.refusal or "ok") == answer
    if answer != "ok":
        assert world.of(c) == before
        assert not outcome.events


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("name", "sender"), [(name, who) for name, senders in WRONG_SENDERS.items() for who in senders]
)
def test_what_a_kind_of_sender_may_not_say_changes_nothing_in_any_state(
    world, at, name, sender, state
):
    c = at(state)
    before = world.of(c)
    outcome = world.say(sender, command(name, c, before.summary))

    assert outcome.refusal is not None
    assert not outcome.events
    assert world.of(c) == before


def test_the_table_names_every_command_there_is(world, at):
    c = at("waiting")
    named = {command(name, c, world.of(c).summary).type for name, _ in TABLE}
    every = {kind.model_fields["type"].default for kind in get_args(get_args(Command)[0])}

    assert named == every - {"directory.publish.v1"}


@pytest.mark.parametrize(
    ("source", "sender", "may"),
    [
        ("gateway", CITIZEN, True),
        ("gateway", KARI, False),
        ("agent", KARI, True),
        ("agent", CITIZEN, False),
        ("router", KARI, False),
        ("router", CITIZEN, False),
        ("ledger", CITIZEN, False),
        ("ledger", KARI, False),
    ],
)
def test_a_broker_user_speaks_only_for_its_own_kind_of_sender(make, source, sender, may):
    words = PostMessage(conversation=make.id(1), text="Hei", epoch=0)

    assert may_say(make.envelope(sender, words, source=source)) is may


def test_the_board_is_asked_for_by_agents_alone(make):
    assert may_say(make.envelope(LISE, ReadBoard()))
    assert not may_say(make.envelope(CITIZEN, ReadBoard()))
    assert not may_say(make.envelope(ROUTER, ReadBoard()))


def test_only_the_set_up_itself_is_published_and_by_no_agent(make):
    published = make.publish(make.directory())

    assert may_say(published)
    assert not may_say(published.evolve(sender=KARI))
    assert not may_say(published.evolve(sender=CITIZEN, source="gateway"))
