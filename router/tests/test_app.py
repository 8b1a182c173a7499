"""What other services ask of the router over HTTP, inside the network."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from router.app import add_routes
from router.trials import Trials
from services.contracts import PlanStep, RoutingPlan, Why


class Explained:
    """Stands in for the rounds: one conversation has a reason."""

    def __init__(self, conversation):
        self.conversation = conversation

    def explain(self, tenant, conversation):
        known = (tenant, conversation) == ("testvik", self.conversation)
        return Why(outcome="waiting", reason="nobody_free", counts={"full": 2}) if known else None


@pytest.fixture
async def web(make):
    app = FastAPI()
    add_routes(app, Explained(make.id(1)), Trials())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://router") as client:
        yield client


async def test_a_reason_is_told_as_json(web, make):
    answer = await web.get(f"/routing/explain/testvik/{make.id(1)}")
    assert (answer.status_code, answer.json()["counts"]) == (200, {"full": 2})
    assert Why.read(answer.content).reason == "nobody_free"


async def test_what_is_not_known_is_not_found(web, make):
    for path in (f"testvik/{make.id(2)}", f"elsewhere/{make.id(1)}"):
        assert (await web.get(f"/routing/explain/{path}")).status_code == 404


async def test_a_set_up_is_checked_before_it_goes_live(web, make):
    plan = RoutingPlan(id="p", topics=("gone",), steps=(PlanStep(),))
    set_up = make.directory(make.agent("a")).evolve(plans=(plan,))
    answer = await web.post("/routing/lint", content=set_up.model_dump_json())
    kinds = {one["kind"] for one in answer.json()["findings"]}
    assert answer.status_code == 200
    assert "topic_unknown" in kinds


async def test_what_is_no_set_up_is_refused_without_being_quoted(web):
    answer = await web.post("/routing/lint", content='{"name": "hemmelig"}')
    assert (answer.status_code, answer.json()) == (422, {"detail": "directory_invalid"})


async def test_a_set_up_is_tried_beside_the_one_in_force(web, make):
    now = make.directory(make.agent("a"), make.agent("b"))
    both = {"now": now.model_dump(mode="json"), "wanted": now.model_dump(mode="json")}
    answer = await web.post("/routing/simulate", json=both)
    days = answer.json()["scenarios"]

    assert answer.status_code == 200
    assert [day["name"] for day in days] == ["ordinary", "rush", "short_staffed"]
    assert all(day["now"] == day["wanted"] for day in days)
    assert set(days[0]["now"]) == {
        *("within_target_share", "mean_wait_s", "p90_wait_s", "gave_up_share", "occupancy"),
    }


async def test_no_two_set_ups_are_refused_and_two_trials_at_once_too(web, make):
    now = make.directory(make.agent("a")).model_dump(mode="json")
    both = {"now": now, "wanted": now}
    refused = await web.post("/routing/simulate", json={"now": now, "wanted": {"name": "hemmelig"}})
    answers = await asyncio.gather(*(web.post("/routing/simulate", json=both) for _ in range(2)))

    assert (refused.status_code, refused.json()) == (422, {"detail": "directory_invalid"})
    assert sorted(a.status_code for a in answers) == [200, 503]
