"""The desk's tables in PostgreSQL: migrated, seeded, and holding no secret anybody could use."""

import asyncio
import hashlib
import json
import secrets
import stat

import pytest
from agent_service import passwords
from agent_service.core import set_up
from agent_service.postgres import PostgresStore
from agent_service.seed import demonstration
from services.contracts import Timing
from services.errors import Transient

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


async def test_migrating_twice_and_by_two_at_once_leaves_one_schema(desk):
    revisions = await desk.rows("SELECT version_num FROM desk.alembic_version")
    tables = await desk.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'desk'")

    assert len(revisions) == 1
    assert {row[0] for row in tables} == {
        "alembic_version",
        "account",
        "alert",
        "alert_handed",
        "alert_target",
        "api_key",
        "change",
        "directory",
        "identity",
        "logout",
        "session",
        "sign_in",
        "ticket",
        "webhook",
    }


async def test_seeding_again_keeps_every_password(desk, store):
    before = json.loads(desk.users.read_text())
    hashes = {u["name"]: await store.password_hash(u["tenant"], u["name"]) for u in before}
    after = desk.seed()

    assert after == before
    assert {u["name"] for u in after} == {agent.id for agent in demonstration().agents}
    for user in after[:2]:
        known = await store.password_hash(user["tenant"], user["name"])

        assert known == hashes[user["name"]]
        assert await passwords.check(known, user["password"])


async def test_the_users_file_is_for_nobody_elses_eyes(desk):
    assert stat.S_IMODE(desk.users.stat().st_mode) == 0o600


async def test_a_lost_users_file_means_new_passwords_that_work(desk, store):
    before = json.loads(desk.users.read_text())
    desk.users.unlink()
    after = desk.seed()
    known = await store.password_hash(after[0]["tenant"], after[0]["name"])

    assert after[0]["password"] != before[0]["password"]
    assert await passwords.check(known, after[0]["password"])
    assert not await passwords.check(known, before[0]["password"])


async def test_only_newer_directories_are_read_and_kept(store, desk):
    (directory,) = await store.directories({})
    newer = directory.evolve(version=directory.version + 1, name="Nytt navn")
    await store.save_directory(newer)
    await store.save_directory(directory)

    assert await store.directories({directory.tenant: directory.version}) == [newer]
    assert await store.directories({directory.tenant: newer.version}) == []
    assert await store.directories({"moss": 9}) == [newer]


async def test_the_books_are_read_from_the_newest_as_they_were_written(store, desk):
    await store.save_directory(demonstration().evolve(tenant="moss", version=1))
    what = {"set_up": {"name": {"before": "Æ", "after": "Ø"}}, "undo_of": 7}
    for version in (2, 3, 4):
        await store.change_directory(
            "moss", "alma", what, lambda d, version=version: d.evolve(version=version)
        )
    await store.save_directory(demonstration().evolve(tenant="rygge", version=1))
    await store.change_directory("rygge", "per", {}, lambda d: d.evolve(version=9))
    newest, older = await store.changes("moss", None, 2)
    (oldest,) = await store.changes("moss", 3, 2)

    assert [line.version for line in (newest, older, oldest)] == [4, 3, 2]
    assert (newest.by, newest.what) == ("alma", what)
    assert newest.at >= older.at >= oldest.at
    assert newest.at.tzinfo is not None
    assert await store.changes("moss", 2, 2) == []
    assert await store.changes("nowhere", None, 2) == []
    await desk.rows("DELETE FROM desk.change WHERE tenant IN ('moss', 'rygge')")
    await desk.rows("DELETE FROM desk.directory WHERE tenant IN ('moss', 'rygge')")


async def test_undoing_gives_back_the_very_document(store, desk):
    """Through the books of the database, which keep no order of keys."""
    before = demonstration().evolve(tenant="moss", version=1)
    after = before.evolve(
        version=2,
        topics=before.topics[1:],
        timing=Timing(offer_s=20.5),
        hours=None,
        agents=before.agents[::-1],
    )
    await store.save_directory(before)
    what = {"set_up": set_up.changes(before, after)}
    await store.change_directory("moss", "alma", what, lambda _: after)
    (line,) = await store.changes("moss", None, 1)

    assert set_up.undone(after, line.what["set_up"]) == before.evolve(version=2)
    await desk.rows("DELETE FROM desk.change WHERE tenant = 'moss'")
    await desk.rows("DELETE FROM desk.directory WHERE tenant = 'moss'")


@pytest.fixture
async def signed_in(store):
    """A new session: its secret, and itself."""
    return await store.open_session("sarpsborg", demonstration().agents[0].id, hours=1)


async def test_a_session_is_opened_by_its_secret_alone_and_ends(store, signed_in):
    secret, session = signed_in

    assert await store.session(secret) == session
    assert await store.session(secret + "x") is None
    assert await store.session(session.key) is None

    await store.end_session(session)

    assert await store.session(secret) is None


async def test_a_session_runs_out(store, desk, signed_in):
    secret, session = signed_in
    await desk.rows("UPDATE desk.session SET expires_at = now() WHERE digest = $1", session.digest)

    assert await store.session(secret) is None
    assert await store.ended([session]) == {session}


async def test_a_session_is_extended_from_now_and_never_shortened(store, desk, signed_in):
    secret, session = signed_in
    longer = await store.extend(session, 5, None)
    shorter = await store.extend(session, 2, None)
    await desk.rows(
        "UPDATE desk.session SET expires_at = now() + interval '1 minute' WHERE digest = $1",
        session.digest,
    )
    again = await store.extend(session, 3, None)

    assert longer.left_s == pytest.approx(5 * 3600, abs=60)
    assert shorter.left_s == pytest.approx(5 * 3600, abs=60)
    assert again.left_s == pytest.approx(3 * 3600, abs=60)
    assert again.extendable
    assert again.provider is None
    assert await store.session(secret) == session


async def test_a_session_that_ended_lasts_no_longer_whoever_asks(store, desk, signed_in):
    secret, session = signed_in
    _, signed_out = await store.open_session("sarpsborg", demonstration().agents[0].id, 1)
    await store.end_session(signed_out)
    await desk.rows("UPDATE desk.session SET expires_at = now() WHERE digest = $1", session.digest)

    for ended in (session, signed_out):
        assert await store.extend(ended, 5, None) is None
        assert await store.lasting(ended, None) is None
    assert await store.session(secret) is None


async def test_a_total_counts_from_the_sign_in(store, desk, signed_in):
    _, session = signed_in
    await desk.rows(
        "UPDATE desk.session SET began_at = began_at - interval '9 hours' WHERE digest = $1",
        session.digest,
    )
    before = await store.lasting(session, 11 * 3600)
    extended = await store.extend(session, 5, 11 * 3600)
    beyond = await store.extend(session, 5, 11 * 3600)
    without = await store.lasting(session, None)

    assert before.extendable
    assert extended.left_s == pytest.approx(2 * 3600, abs=60)
    assert not extended.extendable
    assert beyond.left_s == pytest.approx(2 * 3600, abs=60)
    assert without.extendable


async def test_of_many_sessions_those_that_ended_are_told(store):
    opened = [(await store.open_session("sarpsborg", "admin", 1))[1] for _ in range(3)]
    await store.end_session(opened[1])

    assert await store.ended(opened) == {opened[1]}
    assert await store.ended([]) == set()


async def test_an_account_that_is_taken_away_takes_its_sessions_along(store, desk):
    await store.save_account("sarpsborg", "vikar", "x")
    secret, session = await store.open_session("sarpsborg", "vikar", 1)
    ticket = await store.make_ticket(session)
    await desk.rows("DELETE FROM desk.account WHERE agent = 'vikar'")

    assert await store.session(secret) is None
    assert await store.use_ticket(ticket) is None


async def test_a_ticket_is_good_once_however_many_try_at_once(store, desk, signed_in):
    _, session = signed_in
    ticket = await store.make_ticket(session)
    others = [PostgresStore(desk.url) for _ in range(4)]
    try:
        used = await asyncio.gather(
            *(tried.use_ticket(ticket) for tried in (store, *others) for _ in range(5))
        )
    finally:
        for other in others:
            await other.stop()

    assert [session_ for session_ in used if session_ is not None] == [session]


async def test_a_ticket_runs_out(store, desk, signed_in):
    _, session = signed_in
    ticket = await store.make_ticket(session)
    await desk.rows("UPDATE desk.ticket SET expires_at = now()")

    assert await store.use_ticket(ticket) is None


async def test_a_ticket_of_an_ended_session_opens_nothing(store, signed_in):
    _, session = signed_in
    ticket = await store.make_ticket(session)
    await store.end_session(session)

    assert await store.use_ticket(ticket) is None
    assert await store.use_ticket(await store.make_ticket(session)) is None


async def test_what_has_run_out_is_cleared_away(store, desk, signed_in):
    _, session = signed_in
    await store.make_ticket(session)
    await desk.rows("UPDATE desk.ticket SET expires_at = now()")
    await desk.rows("UPDATE desk.session SET expires_at = now()")
    _, other = await store.open_session("sarpsborg", "admin", 1)
    await store.make_ticket(other)

    assert len(await desk.rows("SELECT FROM desk.session")) == 1
    assert len(await desk.rows("SELECT FROM desk.ticket")) == 1


async def test_the_tables_hold_digests_only(store, desk, signed_in):
    secret, session = signed_in
    ticket = await store.make_ticket(session)
    everything = [
        str(tuple(row))
        for table in ("account", "session", "ticket")
        for row in await desk.rows(f"SELECT t::text FROM desk.{table} AS t")  # noqa: S608 - own names
    ]
    passwords_ = [user["password"] for user in json.loads(desk.users.read_text())]

    for told in (secret, ticket, *passwords_):
        assert not [row for row in everything if told in row]
        assert not [row for row in everything if told.encode().hex() in row]
    assert any(hashlib.sha256(secret.encode()).hexdigest() in row for row in everything)


async def test_the_service_may_change_rows_and_nothing_else(desk):
    rights = await desk.rows(
        "SELECT has_schema_privilege('agent_app', 'desk', 'CREATE'),"
        " has_table_privilege('agent_app', 'desk.account', 'SELECT, INSERT, UPDATE, DELETE'),"
        " has_table_privilege('agent_app', 'desk.account', 'TRUNCATE')"
    )

    assert tuple(rights[0]) == (False, True, False)


async def test_without_rights_or_tables_the_database_counts_as_away(desk):
    """A replica that comes up before its migration waits for it, instead of falling over."""
    connection_url = desk.url.rsplit("/", 1)[0] + "/postgres"
    for url in (connection_url, desk.url.replace("agent_app:", f"nobody{secrets.token_hex(3)}:")):
        store = PostgresStore(url)

        with pytest.raises(Transient):
            await store.directories({})
        await store.stop()
