"""A leader's board: the ledger's lines, and how those are who work there."""

import asyncio

import pytest
from services.contracts import AgentLoad, BoardLine, BoardRead

LINE = BoardLine(department="servicetorget", waiting=3, active=1, answered=4, within_target=3)


@pytest.fixture
async def web(house):
    async with house.web() as web:
        yield web


@pytest.fixture(autouse=True)
def counted(ledger, now):
    ledger.board = BoardRead(
        now=now,
        lines=(LINE,),
        loads=(
            AgentLoad(agent="kari", load=2, capacity=3),
            AgentLoad(agent="ola", load=1, capacity=3),
        ),
    )


@pytest.fixture
def board(house, web):
    async def board(name="mona"):
        return await web.get("/api/board", headers=await house.sign_in(web, name))

    return board


def agents(answer):
    return {one["agent"]: one for one in answer.json()["agents"]}


async def test_it_shows_the_lines_and_the_target(board, directory, now):
    answer = await board()
    told = answer.json()

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert told["lines"] == [LINE.model_dump(mode="json")]
    assert told["target_s"] == directory.timing.target_s
    assert told["now"].startswith(f"{now:%Y-%m-%dT%H:%M:%S}")


async def test_it_shows_how_each_is_who_works_there(house, board, eventually):
    kari = await house.console("kari")
    await kari.say("presence", presence="busy", reason="Telefon")
    await eventually(lambda: any('"busy"' in lease for lease in house.leases.held.values()))
    answer = await board()
    shown = agents(answer)["kari"]

    assert shown.pop("changed_at") is not None
    assert shown == {
        "agent": "kari",
        "presence": "busy",
        "reason": "Telefon",
        "misses": 0,
        "load": 2,
        "capacity": 3,
        "departments": ["servicetorget"],
    }
    assert agents(answer)["ola"] == {
        "agent": "ola",
        "presence": "offline",
        "reason": "",
        "misses": 0,
        "changed_at": None,
        "load": 1,
        "capacity": 3,
        "departments": ["servicetorget"],
    }
    assert agents(answer)["mona"]["load"] == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("mona", {"kari", "ola", "mona", "alma"}),
        ("berit", {"per", "berit"}),
        ("siv", {"kari", "ola", "mona", "alma", "per", "berit"}),
    ],
)
async def test_it_shows_those_of_the_departments_that_are_led(board, name, shown):
    assert set(agents(await board(name))) == shown


@pytest.mark.parametrize("name", ["kari", "per", "arne", "alma"])
async def test_who_leads_nothing_has_none_and_the_ledger_is_not_asked(ledger, board, name):
    answer = await board(name)

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})
    assert ledger.asked("board.read.v1") == 0


async def test_the_ledger_has_the_last_word(ledger, board, house):
    ledger.board = "not_found"
    answer = await board()

    assert (answer.status_code, answer.json()) == (403, {"code": "not_allowed"})


async def test_while_redis_is_away_nobody_knows_who_is_there(house, board):
    await house.console("kari")
    house.leases.away = True
    answer = await board()

    assert answer.status_code == 200
    assert {one["presence"] for one in agents(answer).values()} == {None}
    assert agents(answer)["kari"]["load"] == 2


async def test_many_screens_cost_one_question_a_second(house, ledger, web, eventually):
    cookie = await house.sign_in(web, "mona")
    ledger.answering.clear()
    asked = [
        asyncio.get_running_loop().create_task(web.get("/api/board", headers=cookie))
        for _ in range(5)
    ]
    await eventually(lambda: ledger.asked("board.read.v1") == 1)
    ledger.answering.set()
    answers = await asyncio.gather(*asked)

    assert {a.status_code for a in answers} == {200}
    assert ledger.asked("board.read.v1") == 1


async def test_what_failed_is_not_kept(ledger, board):
    whole, ledger.board = ledger.board, "busy"
    first = await board()
    ledger.board = whole
    second = await board()

    assert (first.status_code, first.json()) == (503, {"code": "busy"})
    assert second.status_code == 200


async def test_two_leaders_do_not_get_each_others(ledger, board):
    mona, berit = await board("mona"), await board("berit")

    assert set(agents(mona)).isdisjoint(agents(berit))
    assert ledger.asked("board.read.v1", "mona") == ledger.asked("board.read.v1", "berit") == 1


async def test_a_role_that_is_taken_away_takes_the_board_along_at_once(house, web, directory):
    cookie = await house.sign_in(web, "mona")
    before = await web.get("/api/board", headers=cookie)
    client = await house.console("kari")
    plain = tuple(a.evolve(roles=("agent",)) for a in directory.agents)
    house.store.tables["sarpsborg"] = directory.evolve(version=2, agents=plain)
    await client.until("directory")
    after = await web.get("/api/board", headers=cookie)

    assert (before.status_code, after.status_code) == (200, 403)
