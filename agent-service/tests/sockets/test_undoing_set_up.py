"""The books of the set-up are read, a change is taken back, and one is tried on paper before."""

import json

import httpx
import pytest
from services.contracts import PlanStep, RoutingPlan

ERROR = {"kind": "skill_nobody", "severity": "error", "message": "…"}
PLAN = RoutingPlan(id="bygg", topics=("garasje",), steps=(PlanStep(after_s=0),))
OTHERS = ["kari", "mona", "siv", "arne"]


@pytest.fixture(autouse=True)
def linter(house):
    house.told = httpx.Response(200, json={"findings": []})


@pytest.fixture
async def web(house):
    async with house.web() as web:
        yield web


@pytest.fixture
def ask(house, web):
    async def ask(how, path="", name="alma", **options):
        cookie = await house.sign_in(web, name)
        return await web.request(how, f"/api/set-up{path}", headers=cookie, **options)

    return ask


@pytest.fixture
def change(ask, house):
    """Put another set-up in force, made from the one that is."""

    async def change(**parts):
        now = house.store.tables["sarpsborg"]
        answer = await ask("PUT", content=now.evolve(**parts).model_dump_json())
        assert answer.status_code == 200
        return answer.json()["version"]

    return change


def undo(version, now):
    return {"json": {"version": version, "now": now}}


async def test_the_books_are_read_from_the_newest(ask, change):
    for name in ("A", "B", "C"):
        await change(name=name)
    first = (await ask("GET", "/changes", params={"limit": 2})).json()
    rest = (await ask("GET", "/changes", params={"limit": 2, "before": 3})).json()

    assert [line["version"] for line in first["changes"]] == [4, 3]
    assert [line["version"] for line in rest["changes"]] == [2]
    assert (first["more"], rest["more"]) == (True, False)
    assert first["changes"][0] == {
        "version": 4,
        "by": "alma",
        "at": "2026-11-27T09:00:00+00:00",
        "what": {"set_up": {"name": {"before": "B", "after": "C"}}},
    }


async def test_a_change_is_taken_back_for_every_console_and_the_books_say_of_which(
    house, ask, change, directory
):
    client = await house.console("kari")
    version = await change(plans=(PLAN,), name="Nytt")
    answer = await ask("POST", "/undo", **undo(version, version))
    await client.until("directory")
    shown = await client.until("directory")

    assert (answer.status_code, answer.json()) == (200, {"version": 3, "findings": []})
    assert shown["directory"] == directory.evolve(version=3).model_dump(mode="json")
    assert house.store.books[-1][3]["undo_of"] == 2
    assert set(house.store.books[-1][3]["set_up"]) == {"plans", "name"}


async def test_what_was_taken_back_can_be_had_again(ask, change, house):
    version = await change(name="Nytt")
    await ask("POST", "/undo", **undo(version, version))
    again = await ask("POST", "/undo", **undo(3, 3))

    assert again.json()["version"] == 4
    assert house.store.tables["sarpsborg"].name == "Nytt"


async def test_an_older_change_is_taken_back_where_nobody_touched_it_since(ask, change, house):
    version = await change(name="Nytt")
    await change(plans=(PLAN,))
    answer = await ask("POST", "/undo", **undo(version, 3))

    assert answer.json()["version"] == 4
    assert house.store.tables["sarpsborg"].name == "Sarpsborg (demo)"
    assert house.store.tables["sarpsborg"].plans == (PLAN,)


async def test_what_was_changed_since_is_named_and_nothing_is_taken_back(ask, change, house):
    version = await change(name="Nytt", plans=(PLAN,))
    await change(name="Nyere")
    answer = await ask("POST", "/undo", **undo(version, 3))

    assert answer.status_code == 409
    assert answer.json() == {"code": "set_up_changed_since", "parts": ["name"]}
    assert len(house.store.books) == 2


async def test_who_looks_at_an_old_screen_takes_nothing_back(ask, change, house):
    version = await change(name="Nytt")
    await change(plans=(PLAN,))
    answer = await ask("POST", "/undo", **undo(version, version))

    assert (answer.status_code, answer.json()) == (409, {"code": "set_up_outdated"})
    assert len(house.store.books) == 2


async def test_what_the_linter_refuses_today_is_not_put_back(ask, change, house):
    version = await change(plans=(PLAN,))
    house.told = httpx.Response(200, json={"findings": [ERROR]})
    answer = await ask("POST", "/undo", **undo(version, version))

    assert answer.status_code == 422
    assert answer.json() == {"code": "set_up_faulty", "findings": [ERROR]}
    assert len(house.store.books) == 1


async def test_the_emergency_stands_in_the_books_and_is_not_undone_here(ask, house, web):
    cookie = await house.sign_in(web, "alma")
    await web.post("/api/emergency", headers=cookie, json={"banner": {"nb": "Kok vannet"}})
    (line,) = (await ask("GET", "/changes")).json()["changes"]
    answer = await ask("POST", "/undo", **undo(2, 2))

    assert line["what"]["emergency"]["banner"] == {"nb": "Kok vannet"}
    assert (answer.status_code, answer.json()) == (422, {"code": "not_undoable"})


async def test_a_change_that_never_was_is_not_found(ask, change):
    await change(name="Nytt")
    for version in (0, 1, 3, 2**53 - 1):
        answer = await ask("POST", "/undo", **undo(version, 2))

        assert (answer.status_code, answer.json()) == (404, {"code": "not_found"})


@pytest.mark.parametrize(
    "body", [{}, {"version": 1}, {"version": -1, "now": 1}, {"version": 2**70, "now": 1}]
)
async def test_what_says_no_change_is_refused(ask, body):
    answer = await ask("POST", "/undo", json=body)

    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})


@pytest.mark.parametrize("name", OTHERS)
async def test_all_of_it_is_for_administrators(house, ask, directory, name):
    answers = [
        await ask("GET", "/changes", name),
        await ask("POST", "/undo", name, **undo(1, 1)),
        await ask("POST", "/simulate", name, content=directory.model_dump_json()),
    ]

    assert {a.status_code for a in answers} == {403}
    assert {a.json()["code"] for a in answers} == {"not_allowed"}
    assert house.asked == []


async def test_another_sites_page_takes_nothing_back(house, web):
    cookie = await house.sign_in(web, "alma")
    headers = {**cookie, "Origin": "http://evil.example"}
    for path in ("undo", "simulate"):
        answer = await web.post(f"/api/set-up/{path}", headers=headers, json={})

        assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")


# In the simulator


async def test_it_is_tried_beside_the_one_in_force(house, ask, directory):
    house.told = httpx.Response(200, json={"findings": [], "scenarios": []})
    wanted = directory.evolve(plans=(PLAN,))
    answer = await ask("POST", "/simulate", content=wanted.model_dump_json())
    linted, simulated = house.asked

    assert (answer.status_code, answer.json()["scenarios"]) == (200, [])
    assert (linted.url.path, simulated.url.path) == ("/routing/lint", "/routing/simulate")
    assert json.loads(simulated.content) == {
        "now": directory.model_dump(mode="json"),
        "wanted": wanted.model_dump(mode="json"),
    }
    assert house.store.books == []


async def test_what_the_linter_refuses_is_not_tried(house, ask, directory):
    house.told = httpx.Response(200, json={"findings": [ERROR]})
    answer = await ask("POST", "/simulate", content=directory.model_dump_json())

    assert answer.json() == {"code": "set_up_faulty", "findings": [ERROR]}
    assert len(house.asked) == 1


@pytest.mark.parametrize("told", [None, httpx.Response(503)])
async def test_a_router_that_is_away_or_busy_is_busy(house, ask, directory, told):
    house.told = told
    answer = await ask("POST", "/simulate", content=directory.model_dump_json())

    assert (answer.status_code, answer.json()) == (503, {"code": "busy"})


async def test_what_is_no_set_up_is_not_tried(house, ask):
    answer = await ask("POST", "/simulate", content=b"{}")

    assert (answer.status_code, answer.json()) == (422, {"code": "set_up_invalid"})
    assert house.asked == []
