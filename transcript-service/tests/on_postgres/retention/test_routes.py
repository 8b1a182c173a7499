"""Retention over internal HTTP: who may ask for what, and what they are answered."""

from uuid import UUID, uuid4

import pytest

pytestmark = pytest.mark.integration

NO_ARCHIVIST = ("kari", "lise", "gro", "ada")

NOTHING = UUID(int=1)
"""Nobody's run and nobody's hold. The same in every process that collects the tests."""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", "/runs"),
        ("GET", f"/runs/{NOTHING}"),
        ("POST", f"/runs/{NOTHING}/approval"),
        ("GET", "/holds"),
        ("POST", "/holds"),
        ("POST", f"/holds/{NOTHING}/lifting"),
        ("POST", "/access/preview"),
        ("POST", "/access"),
    ],
)
@pytest.mark.parametrize("who", NO_ARCHIVIST)
async def test_it_is_for_archivists(ask, method, path, who):
    answer = await ask(method, path, who, json={})

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})


async def test_a_token_for_something_else_opens_nothing(ask):
    assert (await ask("GET", "", scope="audit")).status_code == 404


async def test_an_archivist_looks_sees_what_would_go_and_approves_it(house, ask, admin):
    c = await house.closed()
    await admin.execute(
        "UPDATE ledger.conversation SET closed_at = closed_at - interval '31 days',"
        " opened_at = opened_at - interval '31 days' WHERE tenant = $1",
        house.tenant,
    )
    run = (await ask("POST", "/runs")).json()
    assert (run["state"], run["count"], run["made_by"]) == ("previewed", 1, "arve")
    shown = (await ask("GET", f"/runs/{run['id']}")).json()
    (group,), (step,) = shown["groups"], shown["steps"]
    assert (group["archive"], group["topic"], group["count"]) == ("none", "skatt", 1)
    assert (group["legal_basis"], group["kept_days"]) == ("fvl. § 11", 30)
    assert (step["conversation"], step["why"], shown["more"]) == (str(c), "over_time", False)

    approved = (await ask("POST", f"/runs/{run['id']}/approval")).json()
    assert (approved["state"], approved["approved_by"]) == ("running", "arve")
    assert (await ask("POST", f"/runs/{run['id']}/approval")).json() == approved
    await house.duty().once()
    overview = (await ask("GET", "")).json()
    assert [(one["id"], one["state"]) for one in overview["runs"]] == [(run["id"], "done")]
    assert overview["rules"][0]["kept_days"] == 30
    assert await noted(admin, house) == [
        ("arve", "retention_previewed"),
        ("arve", "retention_approved"),
        ("arve", "removed"),
        ("arve", "retention_done"),
    ]


async def noted(admin, house):
    found = await admin.fetch(
        "SELECT who, action FROM ledger.audit WHERE tenant = $1 AND action <> 'erased'"
        " AND action <> 'read' ORDER BY n",
        house.tenant,
    )
    return [tuple(row) for row in found]


async def test_a_look_of_yesterday_is_not_approved(house, ask, admin):
    run = (await ask("POST", "/runs")).json()
    await admin.execute(
        "UPDATE ledger.retention_run SET made_at = made_at - interval '25 hours' WHERE id = $1",
        run["id"],
    )
    answer = await ask("POST", f"/runs/{run['id']}/approval")

    assert (answer.status_code, answer.json()) == (409, {"code": "preview_old"})


async def test_pages_of_a_run_leave_nothing_out(house, ask, admin):
    for n in range(1, 6):
        await house.closed(n)
    run = await house.look()
    seen, after, more = [], {}, True
    while more:
        page = (await ask("GET", f"/runs/{run}", params={"limit": 2, **after})).json()
        seen += [step["conversation"] for step in page["steps"]]
        more, after = page["more"], {"after": seen[-1]}

    assert len(seen) == len(set(seen)) == 5


async def test_what_is_behind_a_wall_is_counted_and_not_named(house, ask, admin):
    walled, open_ = await house.closed(1), await house.closed(2)
    await admin.execute(
        "UPDATE ledger.conversation SET department = 'barn' WHERE tenant = $1 AND id = $2",
        house.tenant,
        walled,
    )
    run = await house.look()
    shown = (await ask("GET", f"/runs/{run}")).json()

    assert (shown["run"]["count"], shown["run"]["walled"]) == (2, 1)
    assert [step["conversation"] for step in shown["steps"]] == [str(open_)]
    assert sum(group["count"] for group in shown["groups"]) == 2


async def test_a_run_of_another_municipality_is_not_there(house, ask, admin):
    run = await house.look()
    await admin.execute("UPDATE ledger.retention_run SET tenant = 'annen' WHERE id = $1", run)

    assert (await ask("GET", f"/runs/{run}")).status_code == 404
    assert (await ask("POST", f"/runs/{run}/approval")).status_code == 404
    await admin.execute("DELETE FROM ledger.retention_run WHERE id = $1", run)


# Holds


async def test_a_hold_is_set_shown_and_lifted_with_its_reasons(house, ask, admin):
    c = await house.closed()
    asked = {"conversation": str(c), "reason": "Klage i sak 26/123"}
    hold = (await ask("POST", "/holds", json=asked)).json()
    assert (hold["reason"], hold["set_by"], hold["lifted_at"]) == (asked["reason"], "arve", None)
    again = await ask("POST", "/holds", json=asked)
    assert (again.status_code, again.json()) == (409, {"code": "held_already"})
    assert (await ask("GET", "/holds")).json() == {"holds": [hold]}
    kept = (await ask("GET", f"/conversations/{c}", "kari")).json()
    assert (kept["verdict"], kept["why"], kept["hold"]) == ("keep", "held", hold)

    lifted = (await ask("POST", f"/holds/{c}/lifting", json={"reason": "Avgjort"})).json()
    assert (lifted["lifted_by"], lifted["lifted_why"]) == ("arve", "Avgjort")
    assert (await ask("POST", f"/holds/{c}/lifting", json={"reason": "x"})).status_code == 404
    assert (await ask("GET", "/holds")).json() == {"holds": []}
    assert (await ask("GET", "/holds", params={"lifted": True})).json() == {"holds": [lifted]}
    assert await noted(admin, house) == [("arve", "hold_set"), ("arve", "hold_lifted")]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"reason": "x"},
        {"conversation": "x", "reason": "x"},
        {"conversation": str(uuid4()), "reason": " "},
        {"conversation": str(uuid4()), "reason": "x\x00"},
        {"conversation": str(uuid4()), "reason": "x" * 501},
        {"conversation": str(uuid4()), "reason": "x", "more": 1},
    ],
)
async def test_a_hold_without_sense_is_refused(ask, asked):
    answer = await ask("POST", "/holds", json=asked)
    assert (answer.status_code, answer.json()) == (422, {"code": "frame_invalid"})


async def test_what_an_archivist_may_not_read_is_neither_held_nor_shown(house, ask, admin):
    open_, walled = await house.replica.open(9, topic="skatt"), await house.closed(1)
    await ask("POST", "/holds", json={"conversation": str(walled), "reason": "Klage"})
    await admin.execute(
        "UPDATE ledger.conversation SET department = 'barn' WHERE tenant = $1 AND id = $2",
        house.tenant,
        walled,
    )
    for hidden in (open_, walled, uuid4()):
        asked = {"conversation": str(hidden), "reason": "Klage"}
        assert (await ask("POST", "/holds", json=asked)).status_code == 404
        assert (
            await ask("POST", f"/holds/{hidden}/lifting", json={"reason": "x"})
        ).status_code == 404
        assert (await ask("GET", f"/conversations/{hidden}")).status_code == 404
    assert (await ask("GET", "/holds")).json() == {"holds": []}


# Why it is kept, and wishes


async def test_whoever_may_read_it_is_told_why_and_how_long_it_is_kept(house, ask):
    c = await house.closed()
    for who in ("kari", "lise", "gro", "arve"):
        kept = (await ask("GET", f"/conversations/{c}", who)).json()
        assert (kept["why"], kept["kept_days"], kept["legal_basis"]) == ("not_due", 30, "fvl. § 11")
        assert kept["due_at"]
    for who in ("nora", "ada"):
        assert (await ask("GET", f"/conversations/{c}", who)).status_code == 404


async def test_wishes_say_what_becomes_of_them_to_who_may_read_them(house, ask):
    granted = await house.closed(1, forget=True)
    unclassified = await house.closed(2, archive=None, forget=True)
    journaled = await house.closed(3, archive="journal", forget=True)
    await house.closed(4)

    def states(answer):
        return {wish["conversation"]: wish["state"] for wish in answer.json()["wishes"]}

    expected = {
        str(granted): "erasing",
        str(unclassified): "to_classify",
        str(journaled): "to_archive",
    }
    assert states(await ask("GET", "/wishes")) == expected
    assert states(await ask("GET", "/wishes", "gro")) == expected
    assert states(await ask("GET", "/wishes", "nora")) == {}
    await house.duty().once()
    after = (await ask("GET", "/wishes")).json()
    assert {wish["conversation"] for wish in after["wishes"]} == {str(unclassified), str(journaled)}
    assert [gone["conversation"] for gone in after["erased"]] == [str(granted)]
    assert (await ask("GET", "/wishes", "gro")).json()["erased"] == []


@pytest.mark.parametrize(
    ("archive", "expected"), [(None, "to_classify"), ("journal", "to_archive"), ("none", "erasing")]
)
async def test_a_citizen_is_told_beside_the_copy_what_becomes_of_their_wish(
    house, ask, archive, expected
):
    asked, not_asked = await house.closed(1, archive=archive, forget=True), await house.closed(2)
    given = await ask.copy(asked)

    assert (given.status_code, given.headers["Prek-Forget"]) == (200, expected)
    assert "Prek-Forget" not in (await ask.copy(not_asked)).headers
