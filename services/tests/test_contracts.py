"""An example of every message ever published is kept, and must be read for ever.

A new message needs a new sample here. A sample is never edited: a change is a new version. A new
field, which must be optional, is a further sample beside the first: `offer.make.v1@2.json`.
"""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from services.contracts import Body, Envelope, Event, EventBody, TextError, check_text
from services.contracts.leases import AgentLease
from services.contracts.model import MAX_TEXT_BYTES
from services.contracts.wire_agent import AgentFrame
from services.contracts.wire_citizen import CitizenFrame, ServerFrame
from services.contracts.wire_desk import DeskFrame

from services import topology

SAMPLES = Path(__file__).parent / "samples"
MAPS = {
    *("title", "name", "skills", "last_seq", "classes"),
    *("reason", "banner", "departments", "counts", "week", "half_days", "text"),
}
"""Fields that are maps when they are objects: every key of them means something."""

READERS: dict[str, Any] = {
    "bus": Envelope,
    "events": Event,
    "citizen": CitizenFrame,
    "server": ServerFrame,
    "agent": AgentFrame,
    "desk": DeskFrame,
    "leases": AgentLease,
}
UNIONS: dict[str, tuple[Any, str]] = {
    "bus": (Body, "type"),
    "events": (EventBody, "kind"),
    "citizen": (CitizenFrame, "type"),
    "server": (ServerFrame, "type"),
    "agent": (AgentFrame, "type"),
    "desk": (DeskFrame, "type"),
}


def members(union: Any) -> set[type[BaseModel]]:
    """Return the classes of a union of (unions of) contracts."""
    if isinstance(union, type):
        return {union}
    first, *_ = get_args(union)
    # `Annotated[A | B, Field()]` has the union first, `A | B` has its members.
    parts = get_args(union) if not hasattr(union, "__metadata__") else (first,)
    return set().union(*(members(part) for part in parts))


def names(union: Any, tag: str) -> set[str]:
    return {model.model_fields[tag].default for model in members(union)}


EACH_SAMPLE = pytest.mark.parametrize(
    ("folder", "path"),
    [
        pytest.param(path.parent.name, path, id=f"{path.parent.name}/{path.stem}")
        for path in sorted(SAMPLES.glob("*/*.json"))
    ],
)


def with_a_newer_field(node: Any, *, is_map: bool = False) -> Any:
    """Return the same JSON as a newer peer would say it: with a field we do not know."""
    if isinstance(node, list):
        return [with_a_newer_field(item) for item in node]
    if not isinstance(node, dict):
        return node
    newer = {k: with_a_newer_field(v, is_map=k in MAPS) for k, v in node.items()}
    return newer if is_map else {**newer, "of_a_newer_peer": {"deep": [1]}}


@pytest.mark.parametrize("folder", UNIONS)
def test_every_message_has_a_sample_and_every_sample_a_message(folder):
    union, tag = UNIONS[folder]

    kept = {path.stem.partition("@")[0] for path in (SAMPLES / folder).glob("*.json")}

    assert kept == names(union, tag)


def test_every_folder_of_samples_is_read():
    assert {path.name for path in SAMPLES.iterdir()} == set(READERS)


@EACH_SAMPLE
def test_a_sample_is_read_and_written_again_as_it_was(folder, path):
    reader = TypeAdapter(READERS[folder])
    sample = path.read_text("utf-8")
    message = reader.validate_json(sample, extra="ignore")

    # What a sample does not have is a field that became optional after it was published.
    written = reader.dump_json(message, exclude_unset=True)
    assert json.loads(written) == json.loads(sample)


@EACH_SAMPLE
def test_a_field_of_a_newer_peer_changes_nothing(folder, path):
    reader = TypeAdapter(READERS[folder])
    sample = json.loads(path.read_text("utf-8"))
    newer = json.dumps(with_a_newer_field(sample))

    assert reader.validate_json(newer, extra="ignore") == reader.validate_python(
        reader.validate_json(json.dumps(sample), extra="ignore")
    )


@EACH_SAMPLE
def test_a_field_we_do_not_know_is_an_error_where_we_build(folder, path):
    newer = with_a_newer_field(json.loads(path.read_text("utf-8")))

    with pytest.raises(ValidationError):
        TypeAdapter(READERS[folder]).validate_json(json.dumps(newer))


@pytest.mark.parametrize("path", sorted((SAMPLES / "bus").glob("*.json")), ids=lambda p: p.stem)
def test_who_says_a_sample_may_say_it(path):
    envelope = Envelope.read(path.read_text("utf-8"))

    assert envelope.source in topology.SAYS[envelope.body.type]


def test_types_end_in_their_version():
    for name in names(Body, "type"):
        assert name.rpartition(".v")[2].isdigit(), name


def test_what_follows_from_a_message_has_the_same_id_however_often_it_is_said(make):
    cause = make.post()
    says = {"body": make.range(cause.body.conversation), "source": "ledger", "now": make.now}
    once = cause.follow(name="answer", **says)
    again = cause.follow(name="answer", **says)
    other = cause.follow(name="other", **says)

    assert once == again
    assert once.id != other.id
    assert once.causation_id == once.correlation_id == cause.id


def test_the_first_cause_is_kept_through_a_chain(make):
    first = make.post()
    says = {"body": make.range(first.body.conversation), "source": "ledger", "now": make.now}
    third = first.follow(name="a", **says).follow(name="b", **says)

    assert third.correlation_id == first.id
    assert third.causation_id != first.id


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_blank"),
        (" \n\t\u00a0", "text_blank"),
        ("a\x00b", "text_has_nul"),
        ("a\ud800", "text_has_lone_surrogate"),
        ("a" * (MAX_TEXT_BYTES + 1), "text_too_long"),
        ("å" * (MAX_TEXT_BYTES // 2 + 1), "text_too_long"),
    ],
)
def test_a_text_that_may_not_be_stored_is_refused_with_its_code(text, code):
    with pytest.raises(TextError, match=code):
        check_text(text)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(
        str.strip
    )
)
def test_every_other_text_crosses_the_bus_exactly(text):
    envelope = Envelope.read((SAMPLES / "bus/message.post.v1.json").read_bytes())
    said = envelope.evolve(body=envelope.body.evolve(text=check_text(text)))

    assert Envelope.read(said.model_dump_json().encode()).body.text == text
