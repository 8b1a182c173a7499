"""A new set-up: every console gets it where it is, and only who is no longer in it is cut off."""

from services.contracts import AlertTargets, Messaged


def moved(directory, agent, **fields):
    """Return the next version, with an agent in it changed."""
    agents = tuple(a.evolve(**fields) if a.id == agent else a for a in directory.agents)
    return directory.evolve(version=directory.version + 1, agents=agents)


async def test_a_new_set_up_is_shown_without_cutting_anybody_off(house, ledger, directory):
    clients = [await house.console(agent) for agent in ("kari", "per")]
    house.store.tables["sarpsborg"] = directory.evolve(version=2, name="Nye Sarpsborg")
    for client in clients:
        shown = await client.until("directory")
        await client.echo()

        assert shown["directory"]["name"] == "Nye Sarpsborg"
        assert [f["type"] for f in client.frames].count("directory") == 1
    await ledger.until(lambda: ledger.published["sarpsborg"] == 2)


async def test_a_console_shows_the_lines_of_a_department_its_agent_was_moved_to(
    house, ledger, directory
):
    client = await house.console("kari")
    house.store.tables["sarpsborg"] = moved(directory, "kari", departments=("byggesak",))
    await client.until("directory")
    known = ledger.conversation(department="byggesak")
    await ledger.tell(known)
    told = await client.until("summary")

    assert told["summary"]["conversation"] == str(known.id)


async def test_rights_that_a_set_up_takes_end_as_soon_as_the_ledger_has_it(
    house, ledger, directory
):
    known = ledger.conversation(state="active", owner="ola", epoch=1)
    client = await house.console("kari")
    await client.follow(known.id)
    desks = ledger.asked("desk.read.v1", "kari")
    known.readers = {"ola"}
    house.store.tables["sarpsborg"] = moved(directory, "kari", departments=("byggesak",))
    await client.until("refused", code="not_found", conversation=str(known.id))
    await ledger.commit(known, Messaged(text="ikke for kari"))
    await client.echo()

    assert client.texts == []
    await ledger.until(lambda: ledger.asked("desk.read.v1", "kari") > desks)


async def test_rights_are_asked_for_again_when_the_ledger_says_that_a_set_up_holds(
    house, ledger, directory, eventually
):
    """Asked before, it answers by the old ones."""
    known = ledger.conversation(state="active", owner="ola", epoch=1)
    client = await house.console("kari")
    await client.follow(known.id)
    changed = moved(directory, "kari", departments=("byggesak",))
    house.store.tables["sarpsborg"] = changed
    await client.until("directory")
    await ledger.until(lambda: ledger.asked("range.read.v1", "kari") >= 3)
    await client.echo()
    known.readers = {"ola"}
    await ledger.tell_directory(changed)
    await client.until("refused", code="not_found", conversation=str(known.id))


async def test_who_is_no_longer_in_the_set_up_is_sent_away(house, directory):
    gone, stays = await house.console("kari"), await house.console("ola")
    agents = tuple(a for a in directory.agents if a.id != "kari")
    house.store.tables["sarpsborg"] = directory.evolve(version=2, agents=agents)

    assert await gone.close_code() == 1012
    await stays.until("directory")
    await stays.echo()


class TestOtherReplicas:
    """They hear of it from the ledger, long before they look at the tables."""

    async def test_they_take_it_over_from_the_ledger(self, house, ledger, directory):
        house.changes["directory_check_s"] = 3_600
        await house.add_replica()
        client = await house.console("kari", replica=1)
        await ledger.tell_directory(directory.evolve(version=7, name="Hørt"))
        shown = await client.until("directory")

        assert shown["directory"]["name"] == "Hørt"

    async def test_what_an_older_ledger_leaves_out_is_read_in_the_tables(
        self, house, ledger, directory
    ):
        house.changes["directory_check_s"] = 3_600
        await house.add_replica()
        client = await house.console("alma", replica=1)
        alerts = AlertTargets(department=("vakt@sarpsborg.example",))
        house.store.tables["sarpsborg"] = directory.evolve(version=2, name="Hel", alerts=alerts)
        await ledger.tell_directory(directory.evolve(version=2, name="Hel"))
        await client.until("directory")
        async with house.web(replica=1) as web:
            answer = await web.get("/api/set-up", headers=await house.sign_in(web, "alma"))

        assert answer.json()["alerts"] == {"department": ["vakt@sarpsborg.example"], "leader": []}
        whole = await client.until("directory")
        assert whole["directory"]["alerts"]["department"] == ["vakt@sarpsborg.example"]

    async def test_an_older_one_changes_nothing(self, house, ledger, directory):
        client = await house.console("kari")
        await ledger.tell_directory(directory.evolve(version=7, name="Ny"))
        await client.until("directory")
        await ledger.tell_directory(directory.evolve(version=6, name="Gammel"))
        await ledger.tell_directory(directory.evolve(version=8, name="Nyest"))
        shown = await client.until("directory")

        assert shown["directory"]["version"] == 8
