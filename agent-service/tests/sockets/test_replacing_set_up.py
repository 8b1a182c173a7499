"""The whole set-up is replaced by an administrator, and never by one the linter refuses."""

import json

import httpx
import pytest
from services.contracts import PlanStep, RoutingPlan

WARNING = {"kind": "step_adds_nobody", "severity": "warning", "message": "…"}
ERROR = {"kind": "skill_nobody", "severity": "error", "message": "…"}


@pytest.fixture
async def web(house):
    async with house.web() as web:
        yield web


@pytest.fixture
def wanted(directory):
    plan = RoutingPlan(id="bygg", topics=("garasje",), steps=(PlanStep(after_s=0),))
    return directory.evolve(plans=(plan,))


@pytest.fixture
def put(house, web):
    async def replace(document, name="alma", found=(), **options):
        house.told = httpx.Response(200, json={"findings": list(found)})
        content = document if isinstance(document, bytes) else document.model_dump_json().encode()
        cookie = await house.sign_in(web, name)
        return await web.put("/api/set-up", headers=cookie, content=content, **options)

    return replace


async def test_what_the_linter_finds_no_error_in_goes_live(house, ledger, put, wanted):
    client = await house.console("kari")
    answer = await put(wanted, found=[WARNING])
    shown = await client.until("directory")

    assert (answer.status_code, answer.json()) == (200, {"version": 2, "findings": [WARNING]})
    assert [plan["id"] for plan in shown["directory"]["plans"]] == ["bygg"]
    await ledger.until(lambda: ledger.published["sarpsborg"] == 2)


async def test_the_books_say_what_it_was_and_what_it_is(house, put, wanted):
    await put(wanted)
    ((tenant, version, by, what),) = house.store.books

    assert (tenant, version, by) == ("sarpsborg", 2, "alma")
    assert list(what["set_up"]) == ["plans"]
    assert what["set_up"]["plans"]["before"] == []
    assert [plan["id"] for plan in what["set_up"]["plans"]["after"]] == ["bygg"]


async def test_what_the_linter_refuses_does_not(house, put, wanted):
    answer = await put(wanted, found=[WARNING, ERROR])

    assert answer.status_code == 422
    assert answer.json() == {"code": "set_up_faulty", "findings": [WARNING, ERROR]}
    assert house.store.books == []


async def test_nothing_goes_live_unseen_by_the_linter(house, web, wanted):
    house.told = None
    cookie = await house.sign_in(web, "alma")
    answer = await web.put("/api/set-up", headers=cookie, content=wanted.model_dump_json())

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert house.store.books == []


async def test_a_trial_only_says_what_is_found(house, put, wanted):
    answer = await put(wanted, found=[WARNING], params={"trial": "true"})

    assert answer.json() == {"version": 1, "findings": [WARNING]}
    assert house.store.books == []


async def test_two_administrators_do_not_undo_each_other(house, put, wanted):
    await put(wanted)
    late = await put(wanted.evolve(name="Andre"))

    assert (late.status_code, late.json()["code"]) == (409, "set_up_outdated")
    assert len(house.store.books) == 1


async def test_the_same_again_changes_nothing(house, put, wanted):
    first, again = await put(wanted), await put(wanted)

    assert (first.json()["version"], again.json()["version"]) == (2, 2)
    assert len(house.store.books) == 1


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda d: {**d, "tenant": "halden"}, 404, "not_found"),
        (lambda d: {**d, "planz": []}, 422, "set_up_invalid"),
        (lambda d: {**d, "topics": [{"id": "Æ"}]}, 422, "set_up_invalid"),
        (lambda _: [], 422, "set_up_invalid"),
    ],
)
async def test_what_is_no_set_up_of_ours_is_refused(house, put, wanted, spoil, status, code):
    document = json.dumps(spoil(wanted.model_dump(mode="json"))).encode()
    answer = await put(document)

    assert (answer.status_code, answer.json()) == (status, {"code": code})
    assert house.asked == []


async def test_a_document_without_an_end_is_cut_off(put):
    assert (await put(b" " * (8 * 1024 * 1024 + 1))).status_code == 413


async def test_only_administrators_see_or_change_it(house, web, put, wanted):
    for name in ("kari", "mona", "siv", "arne"):
        read = await web.get("/api/set-up", headers=await house.sign_in(web, name))
        assert (read.status_code, read.json()["code"]) == (403, "not_allowed")
        assert (await put(wanted, name)).status_code == 403
    assert house.store.books == []


async def test_what_is_exported_can_be_put_back(house, web, put, directory):
    cookie = await house.sign_in(web, "alma")
    answer = await web.get("/api/set-up", headers=cookie)
    back = await put(answer.content)

    assert answer.json() == directory.model_dump(mode="json")
    assert (back.status_code, back.json()["version"]) == (200, 1)
    assert house.store.books == []


async def test_the_emergency_has_its_own_switch(house, web, put, wanted):
    cookie = await house.sign_in(web, "alma")
    await web.post("/api/emergency", headers=cookie, json={"banner": {"nb": "Kok vannet"}})
    answer = await put(wanted.evolve(version=2))

    assert answer.json()["version"] == 3
    assert (await web.get("/api/set-up", headers=cookie)).json()["emergency"]["by"] == "alma"
