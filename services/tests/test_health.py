"""Health routes: alive is not the same as ready."""

import httpx
import pytest
from fastapi import FastAPI
from services.health import add_health


@pytest.fixture
async def client():
    app = FastAPI()
    state = {"bus": "broker", "leaving": None}
    add_health(app, {name: lambda n=name: state[n] for name in state})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        client.state = state
        yield client


async def test_a_service_is_alive_while_what_it_needs_is_away(client):
    answer = await client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "alive"}


async def test_a_service_is_not_ready_while_something_is_missing_and_says_what(client):
    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": {"bus": "broker"}}


async def test_a_service_is_ready_when_nothing_is_missing(client):
    client.state["bus"] = None
    answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "missing": {}}


async def test_the_measures_of_the_kit_are_told(client):
    answer = await client.get("/metrics")

    assert answer.status_code == 200
    for name in (
        "prek_messages_handled_total",
        "prek_message_handling_seconds",
        "prek_dead_letters_total",
        "prek_inbox_oldest_seconds",
        "prek_inbox_in_hand",
        "prek_bus_reconnects_total",
        "prek_bus_pushes_dropped_total",
        "prek_sockets",
        "prek_refusals_total",
    ):
        assert f"# HELP {name} " in answer.text


async def test_health_is_no_part_of_the_documented_interface(client):
    answer = await client.get("/openapi.json")

    assert answer.json()["paths"] == {}
