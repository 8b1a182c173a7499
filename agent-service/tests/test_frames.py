"""Reading frames: every fault has its code, and the id it is about."""

import json
from typing import get_args

import pytest
from agent_service.core.commands import Action, command_of
from agent_service.frames import BadFrame, read
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import wire_agent as wire
from services.topology import SAYS

ID = "01890000-0000-7000-8000-000000000001"
TALK = "01890000-0000-7000-8000-000000000002"
NIN = "13097248022"
CARD = "4111 1111 1111 1111"


def frame(kind, **fields):
    return json.dumps({"type": kind, "id": ID, "conversation": TALK, **fields})


def refused(data):
    with pytest.raises(BadFrame) as bad:
        read(data)
    return bad.value.refused


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "frame_invalid"),
        ("", "frame_invalid"),
        ("no json", "frame_invalid"),
        ("[" * 100_000, "frame_invalid"),
        ("9" * 10_000, "frame_invalid"),
        ("[]", "frame_invalid"),
        ("{}", "frame_unknown"),
        ('{"type": "nothing"}', "frame_unknown"),
        ('{"type": ["send"]}', "frame_unknown"),
        (frame("send", text="Hei"), "frame_invalid"),
        (frame("send", text=5, epoch=1), "frame_invalid"),
        (frame("send", text="Hei", epoch=10**30), "frame_invalid"),
        (frame("close", epoch=-(10**30)), "frame_invalid"),
        (frame("follow", stream="dialogue", after=2**53), "frame_invalid"),
        (frame("follow", stream="dialogue", after=-1), "frame_invalid"),
        (frame("follow", stream="secrets"), "frame_invalid"),
        (frame("accept", offer="x"), "frame_invalid"),
        (frame("presence", presence="forced_away"), "frame_invalid"),
        (frame("presence", presence="offline"), "frame_invalid"),
        (frame("presence", presence="away", reason="x" * 101), "frame_invalid"),
        ('{"type": "hello", "ticket": "\\ud800"}', "frame_invalid"),
        (frame("send", text="  \n", epoch=1), "text_blank"),
        (frame("send", text="a\x00b", epoch=1), "text_has_nul"),
        (frame("note", text="\ud800"), "text_has_lone_surrogate"),
        (frame("note", text="å" * 4_097), "text_too_long"),
        (frame("handover", epoch=1, department="byggesak", note=" "), "text_blank"),
        (frame("consult", epoch=1, agent="per", note="\ud800"), "text_has_lone_surrogate"),
        (frame("block", reason="  "), "text_blank"),
        (frame("block", reason="å" * 4_097), "text_too_long"),
        (frame("block"), "frame_invalid"),
        (frame("block", reason="x", hours=0), "frame_invalid"),
        (frame("block", reason="x", hours=721), "frame_invalid"),
        (frame("block", reason="x", hours=float("nan")), "frame_invalid"),
        (frame("alarm", alarm="loud"), "frame_invalid"),
        (frame("move", department="byggesak"), "frame_invalid"),
        (frame("move", department="Byggesak", epoch=1), "frame_invalid"),
        (frame("move", department="byggesak", epoch=2**53), "frame_invalid"),
        (frame("classify", outcome="perhaps"), "frame_invalid"),
        (frame("classify", archive="burn"), "frame_invalid"),
        (frame("break_glass"), "frame_invalid"),
        (frame("break_glass", reason=" "), "text_blank"),
        (frame("break_glass", reason="å" * 4_097), "text_too_long"),
        (frame("note", text="Hei", whisper="x"), "frame_invalid"),
        (frame("set_presence", agent="ola", presence="away"), "frame_invalid"),
        (frame("set_presence", agent="ola", presence="away", reason=" "), "text_blank"),
        (frame("set_presence", agent="ola", presence="away", reason="x" * 201), "frame_invalid"),
        (frame("set_presence", agent="ola", presence="forced_away", reason="x"), "frame_invalid"),
        (frame("make_written", epoch=10**30), "frame_invalid"),
    ],
)
def test_a_bad_frame_gets_its_own_code(data, code):
    assert refused(data).code == code


@pytest.mark.parametrize("kind", ["send", "note", "close", "unheard_of"])
def test_a_refusal_names_the_action_and_the_conversation(kind):
    told = refused(frame(kind, text=""))

    assert (str(told.id), str(told.conversation)) == (ID, TALK)


@pytest.mark.parametrize("made_up", [5, "x", None, [ID], {"a": 1}])
def test_an_id_that_is_none_is_not_repeated(made_up):
    told = refused(json.dumps({"type": "send", "id": made_up, "text": ""}))

    assert told.id is None


@pytest.mark.parametrize(
    "text", ["å" * 4_096, "\ud83d\ude00", "\u202e<script>", "\\u0000", "\ufeff."]
)
def test_every_other_text_is_kept_exactly(text):
    read_back = read(frame("note", text=text))

    assert read_back.text == text.encode("utf-16", "surrogatepass").decode("utf-16")


def test_fields_of_a_newer_client_are_ignored():
    assert isinstance(read('{"type": "heartbeat", "new": {"a": [1]}}'), wire.AHeartbeat)


FRAMES = get_args(get_args(wire.AgentFrame)[0])
KINDS = [model.model_fields["type"].default for model in FRAMES]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
near_frames = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS) | anything},
    optional={
        name: anything | st.just(ID)
        for name in (
            "id",
            "conversation",
            "text",
            "note",
            "epoch",
            "seen",
            "after",
            "stream",
            "offer",
            "handover",
            "department",
            "agent",
            "presence",
            "reason",
            "ticket",
            "outcome",
            "archive",
            "whisper",
        )
    },
)


@given(st.text() | anything.map(json.dumps) | near_frames.map(json.dumps))
def test_whatever_comes_is_a_frame_or_a_refusal_with_a_code(data):
    try:
        outcome = read(data)
    except BadFrame as bad:
        outcome = bad.refused

    assert getattr(outcome, "code", "") or type(outcome) in FRAMES


ACTIONS = {
    "send": {"text": "Hei", "epoch": 3, "seen": 7},
    "send_file": {"file": ID, "epoch": 3, "seen": 7},
    "nudge": {"epoch": 3},
    "note": {"text": "Hei", "whisper": True},
    "accept": {"offer": ID},
    "decline": {"offer": ID},
    "handover": {"epoch": 3, "department": "byggesak", "agent": "per", "note": "Hei"},
    "cancel_handover": {"handover": ID},
    "take_over": {"epoch": 3},
    "requeue": {"epoch": 3},
    "close": {"epoch": 3},
    "wrapup_done": {},
    "make_written": {"epoch": 3},
    "set_topic": {"topic": "garasje"},
    "consult": {"epoch": 3, "agent": "per", "note": "Hei"},
    "end_consult": {"agent": "per"},
    "alarm": {"alarm": "danger"},
    "clear_alarm": {},
    "block": {"reason": "Trusler", "hours": 2.5},
    "move": {"epoch": 3, "department": "byggesak"},
    "classify": {"outcome": "answered", "archive": "journal"},
    "break_glass": {"reason": "Bekymring"},
}
COMMANDS = {
    "send": "message.post.v1",
    "send_file": "file.post.v1",
    "nudge": "citizen.nudge.v1",
    "note": "note.post.v1",
    "accept": "offer.accept.v1",
    "decline": "offer.decline.v1",
    "handover": "handover.request.v1",
    "cancel_handover": "handover.return.v1",
    "take_over": "conversation.take_over.v1",
    "requeue": "conversation.requeue.v1",
    "close": "conversation.close.v1",
    "wrapup_done": "wrapup.end.v1",
    "make_written": "written.make.v1",
    "set_topic": "topic.set.v1",
    "consult": "consult.begin.v1",
    "end_consult": "consult.end.v1",
    "alarm": "alarm.raise.v1",
    "clear_alarm": "alarm.clear.v1",
    "block": "citizen.block.v1",
    "move": "conversation.move.v1",
    "classify": "conversation.classify.v1",
    "break_glass": "glass.break.v1",
}


def test_every_action_of_the_contract_is_in_the_table_below():
    kinds = {model.model_fields["type"].default for model in Action.__args__}

    assert kinds == set(COMMANDS)


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_action_becomes_the_command_the_desk_may_say(kind):
    command, masked = command_of(read(frame(kind, **ACTIONS[kind])))

    assert command.type == COMMANDS[kind]
    assert "agent" in SAYS[command.type]
    assert str(command.conversation) == TALK
    assert (masked.count, masked.kinds) == (0, ())
    for name in ACTIONS[kind]:
        assert str(getattr(command, name)) == str(ACTIONS[kind][name])


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        *(("send", "text"), ("note", "text"), ("handover", "note")),
        *(("consult", "note"), ("block", "reason"), ("break_glass", "reason")),
    ],
)
def test_numbers_are_masked_wherever_an_agent_writes(kind, field):
    words = {**ACTIONS[kind], field: f"Fnr {NIN}, kort {CARD}"}

    command, masked = command_of(read(frame(kind, **words)))

    assert getattr(command, field) == "Fnr ***********, kort ***********"
    assert masked.count == command.masked == 2
    assert masked.kinds == ("national_id", "card")
