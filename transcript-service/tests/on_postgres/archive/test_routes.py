"""The archive over internal HTTP: who may ask, what they see, and what stays of it in the audit."""

from uuid import UUID, uuid4

import pytest
from transcript_service.archive.package import sha256, unpack
from transcript_service.archive.rules import faults_of
from transcript_service.archive.spool import Spooled

pytestmark = pytest.mark.integration

NO_ARCHIVIST = ("kari", "lise", "gro", "ada")
ONE = UUID(int=77)
ROUTES = [
    ("GET", "?state=waiting"),
    ("GET", f"/{ONE}"),
    ("POST", f"/{ONE}/retry"),
    ("POST", f"/{ONE}/receipt"),
    ("GET", f"/{ONE}/package"),
]
NUMBERS = {"case_number": "2026/1", "record_number": "2026/1-1"}


async def states(ask, **params):
    wanted = ("unclassified", "waiting", "on_its_way", "received", "failed")
    found = {}
    for state in wanted:
        answer = (await ask("GET", params={"state": state, **params})).json()
        found[state] = [one["conversation"] for one in answer["conversations"]]
    return found


async def noted(admin, house):
    found = await admin.fetch(
        "SELECT who, action FROM ledger.audit WHERE tenant = $1 ORDER BY n", house.tenant
    )
    return [tuple(row) for row in found]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("who", NO_ARCHIVIST)
async def test_it_is_for_archivists(ask, method, path, who):
    answer = await ask(method, path, who, json=NUMBERS)

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_token_for_something_else_opens_nothing(ask, method, path):
    assert (await ask(method, path, scope="audit", json=NUMBERS)).status_code == 404


async def test_each_enquiry_is_in_the_state_it_is_in(house, ask):
    unchosen = await house.closed(1, archive=None)
    await house.closed(2, archive="none")
    gone = await house.closed(3)
    await house.rounds(2)
    broken = await house.closed(4, sent=[("a.txt", b"a")])
    async for place in house.store.older_than(house.make.after(10**9)):
        await house.store.delete(place)
    await house.rounds(1)
    waiting = await house.closed(5)
    house.put_receipt(f"{gone}-1")
    found = await states(ask)

    assert found == {
        "unclassified": [str(unchosen)],
        "waiting": [str(waiting)],
        "on_its_way": [str(gone)],
        "received": [],
        "failed": [str(broken)],
    }
    await house.rounds(1)
    counts = (await ask("GET", params={"state": "failed"})).json()["counts"]
    assert counts == {
        "unclassified": 1,
        "waiting": 0,
        "on_its_way": 1,
        "received": 1,
        "failed": 1,
    }


async def test_pages_follow_each_other_without_a_gap(house, ask):
    made = [str(await house.closed(n, archive=None)) for n in range(1, 6)]
    seen, after = [], {}
    while True:
        params = {"state": "unclassified", "limit": 2, **after}
        answer = (await ask("GET", params=params)).json()
        seen += [one["conversation"] for one in answer["conversations"]]
        if answer["next"] is None:
            break
        after = {"after": answer["next"]}

    assert seen == made[::-1]
    unknown = await ask("GET", params={"state": "waiting", "after": str(uuid4())})
    assert unknown.status_code == 404


async def test_a_department_can_be_asked_for_alone(house, ask):
    c = str(await house.closed(archive=None))

    assert (await states(ask, department="torget"))["unclassified"] == [c]
    assert (await states(ask, department="bygg"))["unclassified"] == []


async def test_what_is_behind_a_wall_is_not_there(house, ask, admin):
    c = await house.closed(archive="journal")
    await admin.execute(
        "UPDATE ledger.conversation SET department = 'barn' WHERE tenant = $1", house.tenant
    )
    found = await states(ask)

    assert {name: len(ones) for name, ones in found.items()} == dict.fromkeys(found, 0)
    for method, path in (
        ("GET", ""),
        ("POST", "/retry"),
        ("POST", "/receipt"),
        ("GET", "/package"),
    ):
        assert (await ask(method, f"/{c}{path}", json=NUMBERS)).status_code == 404
    # Neither does anybody learn of it by its going: it is handed over all the same.
    await house.rounds(2)
    assert b"skjerming" in house.taken()[0]["arkivmelding.xml"]


async def test_one_that_failed_is_tried_again_and_no_other(house, ask):
    await house.set_up("http")
    c = await house.closed()
    house.theirs.answers = [422]
    await house.rounds(3)
    opened = (await ask("GET", f"/{c}")).json()
    assert (opened["export"]["state"], opened["export"]["error"]) == ("failed", "refused: 422")
    again = await ask("POST", f"/{c}/retry")
    twice = await ask("POST", f"/{c}/retry")
    await house.rounds(2)

    assert (again.status_code, again.json()["export"]["state"]) == (200, "waiting")
    assert (twice.status_code, twice.json()) == (409, {"code": "not_failed"})
    assert (await ask("GET", f"/{c}")).json()["export"]["state"] == "received"


@pytest.mark.parametrize("way", ["none", "folder"])
async def test_one_that_was_put_there_by_hand_is_received_and_not_sent(house, ask, way):
    await house.set_up(way)
    c = await house.closed()
    answer = await ask("POST", f"/{c}/receipt", json=NUMBERS)
    told = answer.json()["export"]
    assert (told["state"], told["case_number"], told["record_number"]) == (
        "received",
        "2026/1",
        "2026/1-1",
    )
    await house.rounds(2)

    assert (await ask("POST", f"/{c}/receipt", json=NUMBERS)).status_code == 409
    (version,) = (await ask("GET", f"/{c}")).json()["versions"]
    assert (version["way"], version["confirmed_by"]) == ("hand", "arve")
    assert house.lying() == []


async def test_one_that_is_on_its_way_can_be_said_to_have_arrived(house, ask):
    c = await house.closed()
    await house.rounds(2)
    answer = await ask("POST", f"/{c}/receipt", json={"record_number": "2026/7-1"})
    await house.rounds(1)

    assert answer.json()["export"]["state"] == "received"
    assert house.lying() == []


@pytest.mark.parametrize("body", [{}, {"record_number": ""}, {"record_number": "a\nb"}])
async def test_a_number_is_a_number(house, ask, body):
    c = await house.closed()

    assert (await ask("POST", f"/{c}/receipt", json=body)).status_code == 422


async def test_the_package_is_the_one_that_was_handed_over(house, ask):
    c = await house.closed(sent=[("a.txt", b"a")])
    before = await ask("GET", f"/{c}/package")
    await house.rounds(2)
    (version,) = (await ask("GET", f"/{c}")).json()["versions"]
    after = await ask("GET", f"/{c}/package")

    assert faults_of(unpack(before.content)) == ()
    assert before.content == after.content == house.dropped()[0].read_bytes()
    assert version["sha256"] == sha256(after.content)
    assert version["size"] == len(after.content)
    assert "a.txt" not in str(version["files"])


@pytest.mark.parametrize("archive", [None, "none"])
async def test_there_is_no_package_of_what_is_not_for_the_archive(house, ask, archive):
    c = await house.closed(archive=archive)

    assert (await ask("GET", f"/{c}/package")).status_code == 404


async def test_all_of_it_is_in_the_audit(house, ask, admin):
    await house.set_up("http")
    c = await house.closed()
    house.theirs.answers = [422]
    await house.rounds(2)
    await ask("GET", params={"state": "failed", "department": "torget"})
    await ask("GET", f"/{c}")
    await ask("GET", f"/{c}/package")
    await ask("POST", f"/{c}/retry")
    await ask("POST", f"/{c}/receipt", json=NUMBERS)

    assert await noted(admin, house) == [
        ("arve", "archive_listed"),
        ("arve", "archive_opened"),
        ("arve", "archive_downloaded"),
        ("arve", "archive_retried"),
        ("arve", "archive_confirmed"),
    ]


async def test_what_is_refused_is_not_in_the_audit(house, ask, admin):
    c = await house.closed()
    await ask("POST", f"/{c}/retry")

    assert await noted(admin, house) == []


async def test_retention_finds_what_lies_here_of_an_enquiry(house):
    c = await house.closed()
    await house.rounds(2)
    spooled = Spooled(house.spool())
    async with house.keeper.connection() as connection:
        (left,) = await spooled.take(connection, house.tenant, c)
    assert house.lying() != []
    await spooled.delete(left)
    await spooled.delete(left)

    assert house.lying() == []
