"""Who finds what: exactly what they may read, whatever happened to it; and all of it is audited."""

import json
import random

import asyncpg
import pytest
from services.contracts import (
    BreakGlass,
    Close,
    Consult,
    EndWrapUp,
    MakeOffer,
    Move,
    OpenConversation,
    PostMessage,
    RequestHandover,
    TakeOver,
)
from services.errors import Transient
from transcript_service import rows
from transcript_service.core.rights import agent_may_read
from transcript_service.seals.erasing import erase_words, remove_conversation
from transcript_service.search import finding as finding_module
from transcript_service.search.noting import Digests

pytestmark = pytest.mark.integration

CITIZEN = "citizen:c1"
STAFF = ("kari", "ola", "lise", "per", "siv", "nora", "gro", "arve")
TOPICS = (None, "garasje", "omsorg")


async def words_in(replica, n, text="Plass", **fields):
    c = await replica.open(n, **fields)
    await replica.say(CITIZEN, PostMessage(conversation=c, text=text))
    return c


async def muddle(replica, rng, n):
    """Let something happen to a conversation, apt or not."""
    topic = rng.choice(TOPICS)
    c = replica.make.id(n)
    await replica.say(CITIZEN, OpenConversation(conversation=c, topic=topic))
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Plass"))
    about = {"conversation": c}
    for _ in range(rng.randrange(5)):
        known = await replica.state(
            replica.make.envelope(CITIZEN, PostMessage(conversation=c, text="x"))
        )
        agent, other = rng.choice(STAFF), rng.choice(STAFF)
        by = rng.choice([f"agent:{known.owner or agent}", f"agent:{agent}"])
        department = rng.choice(("torget", "bygg", "barn"))
        sender, body = rng.choice(
            [
                ("router:0", MakeOffer(**about, agent=agent, epoch=known.epoch)),
                (by, TakeOver(**about, epoch=known.epoch)),
                (by, TakeOver(**about, epoch=known.epoch)),
                (by, RequestHandover(**about, department=department, epoch=known.epoch)),
                (by, Consult(**about, agent=other, epoch=known.epoch)),
                (by, Close(**about, epoch=known.epoch)),
                (by, Close(**about, epoch=known.epoch)),
                (by, EndWrapUp(**about)),
                ("agent:gro", Move(**about, department=department, epoch=known.epoch)),
                (
                    f"agent:{rng.choice(('lise', 'gro', 'arve'))}",
                    BreakGlass(**about, reason="Tilsyn"),
                ),
            ]
        )
        await replica.say(sender, body)
    return c


async def readable(replica, admin, conversations):
    """Who may read what, as the ledger's own rule says."""
    make = replica.make
    directory = make.directory()
    now = await admin.fetchval("SELECT clock_timestamp()")
    read = await admin.fetch(
        "SELECT ledger.conversation_document(c)::text AS d FROM ledger.conversation AS c"
        " WHERE c.tenant = $1",
        make.tenant,
    )
    known = [rows.conversation(json.loads(row["d"])) for row in read]
    assert len(known) == len(conversations)
    return {
        agent: {
            str(one.summary.conversation)
            for one in known
            if agent_may_read(one, directory.agent(agent), directory, now)
        }
        for agent in (*STAFF, "ada")
    }


@pytest.mark.parametrize("seed", range(4))
async def test_everybody_finds_all_they_may_read_and_nothing_else(replica, duty, door, admin, seed):
    rng = random.Random(seed)
    conversations = [await muddle(replica, rng, n) for n in range(1, 13)]
    await duty.once()

    allowed = await readable(replica, admin, conversations)

    for agent in STAFF:
        assert set(await door.found("plass", agent, limit=50)) == allowed[agent], agent
        assert set(await door.found("", agent, limit=50)) == allowed[agent], agent
    # So that there is something to tell apart.
    assert len({frozenset(of) for of in allowed.values()}) > 3


async def test_what_was_open_to_somebody_is_not_found_behind_a_wall(replica, duty, door):
    c = await words_in(replica, 1)
    await duty.once()
    assert await door.found("plass", "kari") == [str(c)]

    await replica.say("agent:gro", Move(conversation=c, department="barn", epoch=0))

    # Before the keeper knows of it.
    assert await door.found("plass", "kari") == []
    assert await door.found("plass", "gro") == []
    await duty.once()
    assert await door.found("plass", "nora") == [str(c)]


async def test_pages_go_on_behind_what_may_no_longer_be_read(replica, duty, door, monkeypatch):
    monkeypatch.setattr(finding_module, "ROUNDS", 2)
    conversations = [await words_in(replica, n) for n in range(1, 7)]
    await duty.once()
    for c in conversations[1:]:
        await replica.say("agent:gro", Move(conversation=c, department="barn", epoch=0))

    answer = await door.answer("plass", "kari", limit=1)
    seen = []
    while True:
        seen += [result["conversation"] for result in answer["results"]]
        if answer["next"] is None:
            break
        answer = await door.answer("plass", "kari", limit=1, after=answer["next"])

    assert seen == [str(conversations[0])]


async def test_an_administrator_as_such_searches_nothing(door):
    assert (await door.ask("plass", "ada")).json() == {"code": "not_allowed"}
    assert (await door.ask("plass", "ada")).status_code == 403


@pytest.mark.parametrize("claims", [{"scope": "audit"}, {"agent": "nobody"}, {"tenant": "annet"}])
async def test_another_token_searches_nothing(door, claims):
    assert (await door.ask("plass", claims=claims)).status_code == 404


async def test_another_municipality_finds_nothing(replica, duty, door):
    other = type(replica.make)(f"{replica.make.tenant}x")
    await replica.carry_out(other.publish(other.directory()))
    await words_in(replica, 1)
    await duty.once()

    assert len(await door.found("plass")) == 1
    answer = await door.ask("plass", claims={"tenant": other.tenant})
    assert answer.json()["results"] == []


# What is gone


async def test_erased_words_and_removed_conversations_are_found_no_more(
    replica, duty, door, keeper, seal_key, admin
):
    erased, removed, stays = [await words_in(replica, n) for n in (1, 2, 3)]
    for c in (erased, removed):
        await replica.say("agent:kari", TakeOver(conversation=c, epoch=0))
        await replica.say("agent:kari", Close(conversation=c, epoch=1))
        await replica.say("agent:kari", EndWrapUp(conversation=c))
    await duty.once()
    assert len(await door.found("plass")) == 3
    why = {"reason": "rule", "basis": "law", "by": "keeper"}

    await erase_words(keeper, seal_key, replica.make.tenant, erased, **why)
    assert await remove_conversation(keeper, seal_key, replica.make.tenant, removed, **why)
    assert str(removed) not in await door.found("plass")
    await duty.once()

    assert await door.found("plass") == [str(stays)]
    rows_ = await admin.fetch(
        "SELECT conversation, words::text AS words FROM ledger.search WHERE tenant = $1",
        replica.make.tenant,
    )
    assert {row["conversation"] for row in rows_} == {erased, stays}
    assert not any("plass" in row["words"] for row in rows_ if row["conversation"] == erased)


async def test_what_is_removed_while_it_is_indexed_does_not_come_back(
    replica, duty, keeper, seal_key, admin
):
    c = await words_in(replica, 1)
    await replica.say("agent:kari", TakeOver(conversation=c, epoch=0))
    await replica.say("agent:kari", Close(conversation=c, epoch=1))
    await replica.say("agent:kari", EndWrapUp(conversation=c))
    tenant = replica.make.tenant
    assert await remove_conversation(
        keeper, seal_key, tenant, c, reason="rule", basis="law", by="keeper"
    )

    # What a keeper read before, and writes now.
    await keeper.execute(
        "SELECT ledger.put_searchable($1, $2, $3, $4, 1, $5)",
        [tenant], [c], [9], [0], ["'plass'"],
    )  # fmt: skip

    assert await admin.fetchval("SELECT count(*) FROM ledger.search WHERE tenant = $1", tenant) == 0


async def test_a_round_without_news_writes_nothing(replica, duty, admin):
    await words_in(replica, 1)
    await duty.once()
    at = "SELECT max(xmin::text::bigint) FROM ledger.search WHERE tenant = $1"
    before = await admin.fetchval(at, replica.make.tenant)

    await duty.once()
    duty_again = type(duty)(duty._database)
    await admin.execute("UPDATE ledger.searchable SET walked_at = now() - interval '2 days'")
    await duty_again.once()

    assert await admin.fetchval(at, replica.make.tenant) == before


async def test_a_row_of_an_older_form_is_written_anew(replica, duty, door, admin):
    c = await words_in(replica, 1)
    await duty.once()
    await admin.execute(
        "UPDATE ledger.search SET form = 0, words = '' WHERE tenant = $1", replica.make.tenant
    )
    await admin.execute("UPDATE ledger.searchable SET walked_at = now() - interval '2 days'")

    await duty.once()

    assert await door.found("plass") == [str(c)]


async def test_the_service_itself_cannot_write_the_index(app_url, replica, duty):
    await words_in(replica, 1)
    await duty.once()
    connection = await asyncpg.connect(app_url)
    try:
        for statement in ("DELETE FROM ledger.search", "UPDATE ledger.search SET version = 1"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SELECT ledger.tidy_search()")
    finally:
        await connection.close()


# The audit


async def audit_of(admin, replica):
    read = await admin.fetch(
        "SELECT who, action, conversation, about::text AS about FROM ledger.audit"
        " WHERE tenant = $1 ORDER BY n",
        replica.make.tenant,
    )
    return [
        (row["who"], row["action"], row["conversation"], json.loads(row["about"])) for row in read
    ]


async def test_a_search_is_in_the_audit_without_its_words(replica, duty, door, admin):
    c = await words_in(replica, 1, "Kari Hansen")
    await duty.once()

    await door.found("Hansen", "arve", state="closed")
    await door.found("Hansen", "lise")

    (closed, found, shown) = await audit_of(admin, replica)
    assert closed[:3] == ("arve", "searched", None)
    assert closed[3]["state"] == "closed"
    assert closed[3]["words"] == 1
    assert found[3]["digest"] == closed[3]["digest"]
    assert "ansen" not in json.dumps([closed, found, shown], default=str)
    assert shown == ("lise", "search_shown", c, {})


async def test_whom_it_concerns_is_not_noted_as_shown(replica, duty, door, admin):
    c = await words_in(replica, 1)
    await replica.join(c, "kari")
    await duty.once()

    assert await door.found("plass", "kari") == [str(c)]

    assert [row[1] for row in await audit_of(admin, replica)] == ["searched"]


async def test_a_search_that_cannot_be_noted_finds_nothing(replica, duty, door, monkeypatch):
    await words_in(replica, 1)
    await duty.once()

    async def away(*_):
        raise Transient("database")

    for part in ("note_search", "note_shown"):
        with monkeypatch.context() as patch:
            patch.setattr(finding_module, part, away)
            answer = await door.ask("plass")
        assert (answer.status_code, answer.json()) == (503, {"code": "busy"})


def test_the_same_words_have_the_same_digest_and_only_with_the_key():
    digests = Digests("0123456789abcdef0123456789abcdef")

    assert digests.of("testvik", ["a", "b"]) == digests.of("testvik", ["b", "a"])
    assert digests.of("testvik", ["a"]) != digests.of("annet", ["a"])
    assert digests.of("testvik", ["a"]) != Digests("x" * 32).of("testvik", ["a"])
