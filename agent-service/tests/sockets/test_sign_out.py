"""Signing out shuts every socket of the session, on every replica."""

import asyncio
from dataclasses import replace

import pytest
from agent_service.core.grants import Grant


async def test_signing_out_closes_every_tab_of_the_session_and_takes_its_lease_back(
    house, eventually
):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        tabs = []
        for _ in range(2):
            ticket = (await web.post("/api/ticket", headers=cookie)).json()["ticket"]
            tab = await house.socket()
            await tab.say("hello", ticket=ticket)
            await tab.until("welcome")
            tabs.append(tab)
        other = await house.console("kari")
        answer = await web.delete("/api/session", headers=cookie)
        again = await web.get("/api/session", headers=cookie)

    assert answer.status_code == 204
    assert again.status_code == 401
    assert [await tab.close_code() for tab in tabs] == [4001, 4001]
    await other.echo()  # another session of the same agent goes on
    await eventually(lambda: len(house.leases.held) == 1)


class TestSessionsEndedElsewhere:
    @pytest.fixture
    def changes(self):
        return {"session_check_s": 0.05}

    async def test_a_sign_out_reaches_the_sockets_of_other_replicas(self, house, eventually):
        await house.add_replica()
        session = house.store.sit("kari")
        here = await house.console("kari", replica=0, session=session)
        there = await house.console("kari", replica=1, session=session)
        colleague = await house.console("ola", replica=1)
        await house.store.end_session(session)

        assert await here.close_code() == 4001
        assert await there.close_code() == 4001
        await colleague.echo()
        await eventually(lambda: [n for _, n in house.leases.held if n.startswith("kari")] == [])

    async def test_a_database_that_is_away_signs_nobody_out(self, house):
        client = await house.console("kari")
        house.store.away = True
        for _ in range(5):
            await asyncio.sleep(0.05)
            await client.echo()
        house.store.away = False
        await client.echo()

        assert client.connection.close_code is None


class TestRightsThatOutgrowWhatAProviderLets:
    @pytest.fixture
    def changes(self):
        return {"session_check_s": 0.05}

    async def test_a_socket_closes_when_the_set_up_gives_more_than_the_groups(self, house):
        session = replace(house.store.sit("kari"), grant=Grant(frozenset({"agent"}), None))
        house.store.sessions[session.digest] = session
        client = await house.console("kari", session=session)
        await client.echo()
        directory = house.store.tables["sarpsborg"]
        agents = tuple(
            a.model_copy(update={"roles": ("agent", "leader")}) if a.id == "kari" else a
            for a in directory.agents
        )
        house.store.tables["sarpsborg"] = directory.model_copy(
            update={"version": directory.version + 1, "agents": agents}
        )

        assert await client.close_code() == 4001


class TestNoLocalAccounts:
    @pytest.fixture
    def changes(self):
        return {"local_accounts_off": ("sarpsborg",)}

    async def test_a_right_password_opens_nothing_and_the_console_is_told(self, house):
        async with house.web() as web:
            body = {"name": "kari", "password": house.store.password}
            answer = await web.post("/api/session", json=body)
            told = await web.get("/api/sign-in")

        assert answer.status_code == 401
        assert told.json() == {"providers": [], "local": False}
