"""The published description says what the code does, and every sample is as it describes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter
from services.asyncapi import CLOSE_CODES, document
from services.components import ANSWERS, models_of, query_of
from services.contracts import Body, Envelope
from services.contracts.wire_agent import AgentFrame
from services.contracts.wire_citizen import (
    CLOSE_RATE,
    CLOSE_SLOW,
    CLOSE_TOKEN,
    CitizenFrame,
    ServerFrame,
)
from services.contracts.wire_desk import DeskFrame

from services import topology

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).parent / "samples"
MESSAGES = {
    "bus": "{}",
    "citizen": "citizen.in.{}",
    "server": "citizen.out.{}",
    "agent": "agent.in.{}",
    "desk": "agent.out.{}",
}
READERS = {
    "bus": Envelope,
    "citizen": CitizenFrame,
    "server": ServerFrame,
    "agent": AgentFrame,
    "desk": DeskFrame,
}


def message_of(path):
    """The name of a sample's message in the document. `@2` is a newer form of the same."""
    return MESSAGES[path.parent.name].format(path.stem.partition("@")[0])


def each(paths):
    return pytest.mark.parametrize(
        ("message", "path"),
        [
            pytest.param(message_of(path), path, id=f"{path.parent.name}/{path.stem}")
            for path in paths
        ],
    )


KEPT = sorted(path for path in SAMPLES.glob("*/*.json") if path.parent.name in MESSAGES)
NEWEST = list({message_of(path): path for path in KEPT}.values())
OLDER = [path for path in KEPT if path not in NEWEST]


@pytest.fixture(scope="module")
def described():
    return document()


def objects(node):
    """Every object of a document."""
    if isinstance(node, dict):
        yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from objects(child)


def look_up(described, reference):
    node = described
    for key in reference.removeprefix("#/").split("/"):
        node = node[key]
    return node


def names(operation):
    return {each["$ref"].rpartition("/")[2] for each in operation["messages"]}


def operations(described, action, source, channel):
    found = described["operations"].get(f"{source}.{action}.{channel}")
    return names(found) if found else set()


def test_every_reference_leads_somewhere(described):
    references = [each["$ref"] for each in objects(described) if isinstance(each.get("$ref"), str)]

    assert len(references) > 100
    for reference in references:
        assert look_up(described, reference) is not None


def test_every_schema_is_one(described):
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@each(NEWEST)
def test_a_sample_is_as_described(described, message, path):
    sample = json.loads(path.read_text("utf-8"))

    assert list(errors_of(described, message, sample)) == []


@each(OLDER)
def test_an_older_sample_is_as_described_once_it_is_read(described, message, path):
    """It only lacks fields that came later: a reader fills them in."""
    reader = TypeAdapter(READERS[path.parent.name])
    read = reader.validate_json(path.read_text("utf-8"))

    assert list(errors_of(described, message, reader.dump_python(read, mode="json"))) == []


@each(KEPT)
def test_a_sample_without_its_type_is_not(described, message, path):
    sample = json.loads(path.read_text("utf-8"))
    sample.get("body", sample)["type"] = "of.another.v1"

    assert list(errors_of(described, message, sample))


def errors_of(described, message, sample):
    payload = described["components"]["messages"][message]["payload"]
    whole = {**payload, "components": described["components"]}
    return Draft202012Validator(whole).iter_errors(sample)


def test_every_message_is_described_and_no_other(described):
    bus = {name for name in described["components"]["messages"] if re.search(r"\.v\d+$", name)}

    assert bus == set(models_of(Body)) == set(topology.SAYS)


def test_every_exchange_and_queue_is_a_channel_with_its_real_arguments(described):
    channels = described["channels"]
    for name, kind in topology.EXCHANGES.items():
        exchange = channels[name]["bindings"]["amqp"]["exchange"]
        assert (exchange["name"], exchange["type"], exchange["durable"]) == (name, kind, True)
    for name, arguments in topology.queues().items():
        assert channels[name]["bindings"]["amqp"]["queue"]["name"] == name
        assert channels[name]["x-arguments"] == arguments


@pytest.mark.parametrize("source", ["gateway", "agent", "router", "ledger"])
def test_a_service_sends_what_it_may_say_and_the_broker_lets_it(described, source):
    sent = set()
    for exchange in topology.EXCHANGES:
        these = operations(described, "send", source, exchange) - {"dead.letter"}
        sent |= these
        for name in these:
            assert source in topology.SAYS[name]
            assert topology.exchange_of(name) in (exchange, None)

    assert sent == {name for name, who in topology.SAYS.items() if source in who}


def test_what_is_sent_is_received_by_somebody(described):
    received = {"dead.letter"}  # by people
    for operation in described["operations"].values():
        if operation["action"] == "receive":
            received |= names(operation)
    for exchange in topology.EXCHANGES:
        assert set(described["channels"][exchange]["messages"]) <= received, exchange


def test_nothing_of_a_desk_goes_to_a_gateway(described):
    received = operations(described, "receive", "gateway", "at.gateway")

    assert "range.v1" in received
    assert not received & {"desk.v1", "line.v1", "waits.v1", "agent.nudged.v1", "answer.ready.v1"}


def test_an_inbox_gets_only_the_events_it_is_bound_to(described):
    assert operations(described, "receive", "router", "router.inbox") == {"line.changed.v1"}
    assert operations(described, "receive", "agent", "desk.alerts") == {
        "department.alerted.v1",
        "answer.ready.v1",
        "copy.ready.v1",
        "milestone.reached.v1",
    }


def test_every_answer_has_its_question():
    assert {query_of(name) for name in ANSWERS - {"refused.v1"}} <= set(topology.SAYS)


def test_a_question_tells_where_it_is_answered(described):
    asks = described["operations"]["gateway.send.query"]

    assert asks["reply"]["channel"] == {"$ref": "#/channels/push.gateway"}
    assert names(asks["reply"]) == {"range.v1", "receipt.v1", "directory.v1", "refused.v1"}


@pytest.mark.parametrize("name", ["citizen", "agent"])
def test_a_socket_tells_its_path_frames_and_close_codes(described, name):
    socket = described["channels"][f"socket.{name}"]

    assert socket["address"] == f"/ws/{name}"
    assert socket["x-subprotocol"] == "prek.v1"
    assert f"{name}.in.hello" in socket["messages"]
    assert f"{name}.out.welcome" in socket["messages"]
    assert {str(code) for code in (CLOSE_TOKEN, CLOSE_SLOW, CLOSE_RATE)} <= set(
        socket["x-close-codes"]
    )
    assert set(socket["x-close-codes"]) == {str(code) for code in CLOSE_CODES}


def test_a_discriminator_is_the_name_of_a_property(described):
    found = [each["discriminator"] for each in objects(described) if "discriminator" in each]

    assert found
    assert set(found) <= {"type", "kind"}


def test_a_newer_field_is_allowed_everywhere(described):
    assert not any(each.get("additionalProperties") is False for each in objects(described))


def test_it_is_the_same_however_often_it_is_computed():
    def printed():
        return subprocess.run(
            [sys.executable, "-m", "services.asyncapi"],
            env={"PYTHONHASHSEED": "random"},
            capture_output=True,
            check=True,
        ).stdout

    once = printed()

    assert once == printed()
    assert once.endswith(b"}\n")


def test_the_published_document_is_this_one(described):
    """`make generate` writes it."""
    published = (ROOT / "docs/asyncapi.json").read_text("utf-8")

    assert json.loads(published) == json.loads(json.dumps(described))
