"""A set-up is looked at by the router's linter before it goes live, and then all follow it."""

import pytest
from desk_web import signed_in
from town import Town

pytestmark = pytest.mark.e2e


async def test_a_plan_that_nobody_can_meet_does_not_go_live(town: Town) -> None:
    """The administrator is told why, in the linter's words; what was in force still is."""
    async with signed_in(town.system, role="admin") as web:
        document = (await web.get("/api/set-up")).json()
        plan = {"id": "umulig", "topics": [], "skills": {"topic:drager": 5}, "steps": [{}]}
        answer = await web.put("/api/set-up", json={**document, "plans": [plan]})
        still = (await web.get("/api/set-up")).json()

    assert (answer.status_code, answer.json()["code"]) == (422, "set_up_faulty")
    assert ("skill_nobody", "error") in {
        (finding["kind"], finding["severity"]) for finding in answer.json()["findings"]
    }
    assert still == document


async def test_and_one_that_can_be_met_does(town: Town) -> None:
    """It is in force at once, as the next version; a leader may not change it."""
    async with (
        signed_in(town.system, role="admin") as web,
        signed_in(town.system, role="leader") as other,
    ):
        document = (await web.get("/api/set-up")).json()
        document["timing"]["target_s"] += 30
        trial = await web.put("/api/set-up", params={"trial": "true"}, json=document)
        refused = await other.put("/api/set-up", json=document)
        answer = await web.put("/api/set-up", json=document)
        then = (await web.get("/api/set-up")).json()

    assert (trial.status_code, trial.json()["version"]) == (200, document["version"])
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (answer.status_code, then["version"]) == (200, document["version"] + 1)
    assert then["timing"] == document["timing"]
