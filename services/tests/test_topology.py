"""The table of who says what to whom, checked without a broker."""

import re
from typing import get_args

import pytest
from services.contracts import Body, Envelope, Push, Source

from services import contracts, topology

SERVICES = get_args(Source)
WORK = [*topology.COMMANDS, *topology.ROUTER_INBOX, *topology.ALERTS]


DOMAIN = {
    "line.changed.v1": "line.#",
    "department.alerted.v1": "department.#",
    "answer.ready.v1": "answer.#",
    "copy.ready.v1": "copy.#",
    "milestone.reached.v1": "milestone.#",
}
"""Domain events and the binding that leads each to its inbox."""


def types_of(union) -> set[str]:
    if isinstance(union, type):
        return {union.model_fields["type"].default}
    parts = get_args(union)[:1] if hasattr(union, "__metadata__") else get_args(union)
    return set().union(*(types_of(part) for part in parts))


def test_every_message_is_said_by_somebody_and_nobody_says_what_is_none():
    assert set(topology.SAYS) == types_of(Body)
    assert all(topology.SAYS.values())


def test_only_services_say_something():
    assert set().union(*topology.SAYS.values()) <= set(SERVICES)


def test_the_ledger_gives_no_commands_and_nobody_else_answers():
    for name in types_of(contracts.Command) | types_of(contracts.Query):
        assert "ledger" not in topology.SAYS[name], name
    for name in types_of(contracts.Answer):
        assert topology.SAYS[name] == {"ledger"}, name


def test_every_queue_is_a_quorum_queue_with_a_positive_delivery_limit():
    """-1 drops a message at its first redelivery on RabbitMQ 3.10."""
    for name, arguments in topology.queues().items():
        assert arguments["x-queue-type"] == "quorum", name
        assert arguments["x-delivery-limit"] > 1_000, name


@pytest.mark.parametrize("queue", WORK)
def test_what_a_work_queue_gives_up_is_a_dead_letter_and_what_it_has_no_room_for_is_refused(queue):
    arguments = topology.queues()[queue]

    assert arguments["x-dead-letter-exchange"] == "dead"
    assert arguments["x-dead-letter-strategy"] == "at-least-once"
    assert arguments["x-overflow"] == "reject-publish"  # at-least-once needs it, too
    assert arguments["x-max-length"] == topology.MAX_COMMANDS


def test_nothing_is_set_that_a_newer_broker_refuses():
    for arguments in topology.queues().values():
        assert not {"x-queue-mode", "x-queue-version", "x-max-priority"} & set(arguments)


def test_every_queue_is_bound_and_every_binding_is_between_what_there_is():
    bindings = topology.bindings()

    assert {queue for _, queue, _ in bindings} == set(topology.queues())
    assert {exchange for exchange, _, _ in bindings} <= set(topology.EXCHANGES)


def test_dead_letters_are_never_dropped_for_room_or_age():
    arguments = topology.queues()[topology.DEAD_LETTERS]

    assert not {"x-max-length", "x-message-ttl", "x-dead-letter-exchange"} & set(arguments)


def test_commands_of_one_conversation_go_to_one_queue_and_all_queues_are_used(make):
    keys = {topology.route(make.post()).routing_key for _ in range(200)}
    post = make.post()
    again = make.post(conversation=post.body.conversation)

    assert keys == {str(n) for n in range(topology.COMMAND_SHARDS)}
    assert topology.route(post) == topology.route(again)


def test_every_command_and_query_has_a_queue_and_a_push_has_none(make):
    """The samples are one of each."""
    samples = [Envelope.read(path.read_bytes()) for path in make.samples("bus")]
    confirmed = types_of(contracts.Command) | types_of(contracts.Query) | DOMAIN.keys()
    bound = {(exchange, key) for exchange, _, key in topology.bindings()}
    for envelope in samples:
        if envelope.body.type in confirmed:
            where = topology.route(envelope)
            key = DOMAIN.get(where.routing_key, where.routing_key)
            assert (where.exchange, key) in bound, envelope.body.type
        else:
            with pytest.raises(ValueError):
                topology.route(envelope)


def test_only_the_ledger_answers_and_it_can_reach_everyone_who_asks():
    askers = set().union(*(topology.SAYS[name] for name in types_of(contracts.Query)))

    assert askers <= set(topology.PUSHES_TO["ledger"])


def test_who_says_a_push_may_write_some_push_exchange():
    for name in types_of(Push) - types_of(contracts.Answer):
        for source in topology.SAYS[name]:
            assert topology.PUSHES_TO[source], name


def test_who_hears_a_push_can_be_reached_by_all_who_say_it():
    for name, who in topology.HEARD_BY.items():
        for source in topology.SAYS[name]:
            assert set(who) <= set(topology.PUSHES_TO[source]), name


@pytest.mark.parametrize("source", SERVICES)
def test_nobody_may_write_the_default_exchange_or_read_the_dead_letters(source):
    rights = topology.permissions(source)

    assert not re.match(rights["write"], "amq.default")
    for right in rights.values():
        assert not re.match(right, topology.DEAD_LETTERS)


@pytest.mark.parametrize("source", SERVICES)
def test_nobody_may_declare_anything_durable(source):
    configure = topology.permissions(source)["configure"]

    assert not any(re.match(configure, name) for name in topology.queues())
    assert not any(re.match(configure, name) for name in topology.EXCHANGES)


def test_one_services_own_queue_is_no_others():
    for mine in SERVICES:
        queue = topology.instance_queue(mine, "i1", 1)
        for other in set(SERVICES) - {mine}:
            for right in topology.permissions(other).values():
                assert not re.match(right, queue), (mine, other)


def test_only_the_administrator_may_name_another_user():
    users = topology.definitions(dict.fromkeys(["admin", *SERVICES], "x"))["users"]
    tags = {user["name"]: user["tags"] for user in users}

    assert tags == {"admin": topology.ADMIN_TAGS, **{name: [] for name in SERVICES}}


def test_definitions_hold_no_password():
    text = str(topology.definitions({"admin": "tops3cret", "ledger": "als0secret"}))

    assert "tops3cret" not in text
    assert "als0secret" not in text
