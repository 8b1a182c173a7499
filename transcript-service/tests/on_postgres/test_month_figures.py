"""What the keeper has counted, against the conversations themselves; and how it goes on."""

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.contracts import (
    AcceptOffer,
    Close,
    EndWrapUp,
    MakeOffer,
    PostMessage,
    Rate,
    RequestHandover,
)
from services.hours import OSLO
from transcript_service.counting import keeping
from transcript_service.counting.buckets import bucket
from transcript_service.counting.keeping import Numbers
from transcript_service.counting.months import Months
from transcript_service.counting.report import Report
from transcript_service.postgres import keeper_database
from transcript_service.seals.erasing import remove_conversation

pytestmark = pytest.mark.integration

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
YEAR = Months(date(2026, 12, 1), date(2027, 1, 1))

_SEED = """
INSERT INTO ledger.conversation (
    tenant, id, version, citizen, state, topic, department, language, priority, owner, epoch,
    opened_at, entered_at, last_seq, heads, missed, agents, closed_at, answered_at, answered_in,
    due_at, receipt, answer_by, rating, follows
)
SELECT $1, r.id, 1, 'citizen:c1', r.state, r.topic, r.department, r.language, 5, r.owner, 0,
    r.opened_at, r.opened_at, '{}', '{}', '{}', r.agents, r.closed_at, r.answered_at,
    r.answered_in, r.due_at, r.receipt, r.answer_by, r.rating, r.follows
FROM jsonb_populate_recordset(NULL::ledger.conversation, $2::jsonb) AS r
"""
_HANDED = """
INSERT INTO ledger.handover
SELECT $1, $2, gen_random_uuid(), 'kari', d, NULL, now(), now(), 'accepted'
FROM unnest($3::text[]) AS d
"""


@pytest.fixture
async def keepers(parts):
    """The keeper's pool, as its own role."""
    database = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=2)
    yield database
    await database.stop()


@st.composite
def rows(draw):
    """A conversation as the ledger leaves them, about the turn of a year."""
    opened = NEW_YEAR + timedelta(seconds=draw(st.integers(-3_000_000, 2_500_000)))
    state = draw(st.sampled_from(["waiting", "active", "closed", "closed", "closed", "written"]))
    had = state == "active" or (state == "closed" and draw(st.booleans()))
    written = state == "written" or (state == "closed" and draw(st.integers(0, 3)) == 0)
    answered = had and not (written and draw(st.booleans()))
    answered_at = opened + timedelta(seconds=draw(st.integers(0, 400))) if answered else None
    closed_at = (answered_at or opened) + timedelta(seconds=draw(st.integers(0, 5_000)))
    return {
        "id": str(uuid4()),
        "opened_at": opened,
        "state": state,
        "owner": "kari" if state == "active" else None,
        "topic": draw(st.sampled_from([None, "garasje", "skatt"])),
        "department": draw(st.sampled_from(["torget", "bygg", "nedlagt"])),
        "language": draw(st.sampled_from(["nb", "nn", "en"])),
        "agents": ["kari"] if had else [],
        "answered_at": answered_at,
        "answered_in": draw(st.sampled_from(["torget", "bygg"])) if answered else None,
        "closed_at": closed_at if state == "closed" else None,
        "due_at": opened + timedelta(days=2) if written else None,
        "receipt": str(uuid4()) if written else None,
        "answer_by": "receipt" if written else None,
        "rating": draw(st.sampled_from([None, "yes", "no"])) if state == "closed" else None,
        "follows": draw(st.sampled_from([None, str(uuid4())])),
        "handed": draw(st.sampled_from([[], [], ["bygg"], ["bygg", "torget", "bygg"]])),
    }


async def seed(admin, tenant, found):
    await admin.execute(_SEED, tenant, json.dumps(found, default=datetime.isoformat))
    for row in found:
        if row["handed"]:
            await admin.execute(_HANDED, tenant, row["id"], row["handed"])


def straight(found, departments):
    """Count in the order of the rows, by nothing of the keeper's but where a time belongs."""
    months = {"2026-12": Counter(), "2027-01": Counter()}
    hours, topics, languages, handed, waits = (Counter() for _ in range(5))
    for row in found:
        there = row["opened_at"].astimezone(OSLO)
        month = there.isoformat()[:7]
        department = row["answered_in"] or row["department"]
        if month not in months or (departments and department not in departments):
            continue
        add = months[month]
        add["opened"] += 1
        add["answered"] += row["answered_at"] is not None
        add["written"] += row["due_at"] is not None
        add["left"] += row["state"] == "closed" and not row["due_at"] and not row["agents"]
        add["ended"] += row["state"] == "closed" and bool(row["agents"])
        add["handed_over"] += bool(row["handed"])
        add["follows"] += row["follows"] is not None
        add[f"rated_{row['rating']}"] += 1
        hours[there.hour] += 1
        topics[row["topic"]] += 1
        languages[row["language"]] += 1
        handed.update(set(row["handed"]))
        if row["answered_at"]:
            waited_s = (row["answered_at"] - row["opened_at"]).total_seconds()
            add["within_target"] += waited_s <= 60
            waits[bucket(waited_s)] += 1
    return SimpleNamespace(**locals())


NAMES = (
    *["opened", "answered", "within_target", "written", "left", "ended", "handed_over", "follows"],
    *("rated_yes", "rated_no"),
)


def same(report, found, departments):
    wanted = straight(found, departments)
    got = {
        row["month"]: Counter({name: row[name] for name in NAMES if row[name]})
        for row in report["by_month"]
    }
    assert got == {
        month: Counter({name: n for name, n in counts.items() if n and name in NAMES})
        for month, counts in wanted.months.items()
    }
    totals = sum(got.values(), Counter())
    assert {name: report["totals"][name] for name in NAMES} == {n: totals[n] for n in NAMES}
    assert {
        row["hour"]: row["opened"] for row in report["by_hour"] if row["opened"]
    } == wanted.hours
    assert {row["topic"]: row["opened"] for row in report["by_topic"]} == wanted.topics
    assert {row["language"]: row["opened"] for row in report["by_language"]} == wanted.languages
    assert {row["department"]: row["handed"] for row in report["handed_to"]} == wanted.handed
    parts = sum(row["opened"] for row in report["by_department"])
    assert parts == report["totals"]["opened"]


CHANGES = (
    "rating = CASE WHEN state = 'closed' THEN 'yes' END",
    "topic = 'skatt'",
    "department = 'bygg'",
    "follows = follows",
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    found=st.lists(rows(), min_size=3, max_size=14),
    late=st.sampled_from(CHANGES),
    departments=st.sampled_from([None, ("torget",), ("torget", "bygg")]),
)
async def test_what_was_counted_is_what_one_counts_straight_from_the_conversations(
    keepers, replica, admin, found, late, departments
):
    """Also after a change that came when they had been counted."""
    tenant = f"t{uuid4().hex[:12]}"
    numbers, report = Numbers(keepers), Report(replica.database)
    await seed(admin, tenant, found)
    await numbers.once()
    same(await report.of(tenant, YEAR, departments), found, departments)

    changed = await admin.fetch(
        f"UPDATE ledger.conversation SET {late}"  # noqa: S608 - one of the changes above
        " WHERE tenant = $1 AND id = $2 RETURNING topic, department, rating",
        tenant,
        found[0]["id"],
    )
    await numbers.once()
    again = [{**found[0], **dict(changed[0])}, *found[1:]]
    same(await report.of(tenant, YEAR, departments), again, departments)


async def test_a_story_of_commands_is_counted(keepers, replica, admin, tenant):
    numbers, report = Numbers(keepers), Report(replica.database)
    c = await replica.open(topic="skatt", language="nn")
    await replica.join(c)
    await replica.say("agent:kari", PostMessage(conversation=c, text="Hei", epoch=1))
    asked = await replica.say(
        "agent:kari", RequestHandover(conversation=c, department="bygg", epoch=1)
    )
    handover = asked.events[0].id if asked.summary is None else asked.summary.handover.id
    offer = tenant.envelope(
        "router:0", MakeOffer(conversation=c, agent="per", epoch=1, handover=handover)
    )
    await replica.carry_out(offer)
    assert (
        await replica.say("agent:per", AcceptOffer(conversation=c, offer=offer.id))
    ).code is None
    await replica.say("agent:per", Close(conversation=c, epoch=2))
    await numbers.once()
    await replica.say("citizen:c1", Rate(conversation=c, rating="partly"))
    await numbers.once()
    now = await admin.fetchval("SELECT (now() AT TIME ZONE 'Europe/Oslo')::date")
    found = await report.of(tenant.tenant, Months(now.replace(day=1), now.replace(day=1)), None)
    totals = found["totals"]

    assert {n: v for n, v in totals.items() if v and not n.endswith("_s")} == {
        **dict.fromkeys(("opened", "answered", "within_target", "ended", "handed_over"), 1),
        **dict.fromkeys(("rated_partly", "open", "open_met"), 1),
    }
    assert totals["first_answer_median_s"] is not None
    assert totals["handle_median_s"] is not None
    assert found["handed_to"] == [{"department": "bygg", "handed": 1}]
    assert found["by_topic"] == [{"topic": "skatt", "opened": 1}]
    assert found["by_language"] == [{"language": "nn", "opened": 1}]


async def test_words_put_nothing_in_the_line_to_be_counted(keepers, replica, admin, tenant):
    c = await replica.open()
    await replica.join(c)
    await replica.say("agent:kari", PostMessage(conversation=c, text="Hei", epoch=1))
    await Numbers(keepers).once()
    for _ in range(3):
        await replica.say("agent:kari", PostMessage(conversation=c, text="Hei", epoch=1))
        await replica.say("citizen:c1", PostMessage(conversation=c, text="Hei"))

    waiting = "SELECT count(*) FROM ledger.uncounted WHERE tenant = $1"
    assert await admin.fetchval(waiting, tenant.tenant) == 0


async def test_a_promise_holds_as_it_was_when_the_citizen_came(keepers, replica, admin, tenant):
    """A new target, or new hours, judge nothing that was before them."""
    numbers, report = Numbers(keepers), Report(replica.database)
    opened = datetime(2027, 1, 5, 12, tzinfo=UTC)
    waited = {
        "id": str(uuid4()), "opened_at": opened, "state": "closed", "owner": None, "topic": None,
        "department": "torget", "language": "nb", "agents": ["kari"], "due_at": None,
        "answered_at": opened + timedelta(seconds=50), "answered_in": "torget", "receipt": None,
        "closed_at": opened + timedelta(seconds=90), "answer_by": None, "rating": None,
        "follows": None, "handed": [],
    }  # fmt: skip
    await seed(admin, tenant.tenant, [waited])
    await numbers.once()
    timing = tenant.directory().timing.evolve(target_s=10, offer_written_after_s=10)
    shut = {"week": {}}
    await replica.carry_out(tenant.publish(tenant.directory(version=2, timing=timing, hours=shut)))
    await admin.execute(
        "UPDATE ledger.conversation SET rating = 'yes' WHERE tenant = $1", tenant.tenant
    )
    await numbers.once()
    totals = (await report.of(tenant.tenant, YEAR, None))["totals"]

    assert (totals["within_target"], totals["open"], totals["open_met"]) == (1, 1, 1)
    assert totals["rated_yes"] == 1


@pytest.mark.parametrize("before", [True, False], ids=["counted before", "counted after"])
async def test_what_was_removed_stays_counted(
    keepers, keeper, seal_key, replica, admin, tenant, before
):
    """Also when the keeper had not counted it yet: then by what is left of it."""
    numbers, report = Numbers(keepers), Report(replica.database)
    c = await replica.open(topic="skatt")
    await replica.join(c)
    await replica.say("agent:kari", PostMessage(conversation=c, text="Hei", epoch=1))
    await replica.say("agent:kari", Close(conversation=c, epoch=1))
    await replica.say("agent:kari", EndWrapUp(conversation=c))
    if before:
        await numbers.once()
    why = {"reason": "none 30", "basis": "gdpr-5-1-e", "by": "retention"}
    # Something that changed just before it was removed is still to be looked at.
    queue = "INSERT INTO ledger.uncounted (tenant, conversation) VALUES ($1, $2)"
    await admin.execute(queue, tenant.tenant, c)
    assert await remove_conversation(keeper, seal_key, tenant.tenant, c, **why)
    await numbers.once()
    now = await admin.fetchval("SELECT (now() AT TIME ZONE 'Europe/Oslo')::date")
    month = Months(now.replace(day=1), now.replace(day=1))
    found = await report.of(tenant.tenant, month, None)
    totals = found["totals"]

    assert [totals[name] for name in ("opened", "answered", "ended", "first_line")] == [1] * 4
    assert found["by_topic"] == [{"topic": "skatt", "opened": 1}]
    assert (totals["first_answer_median_s"] is not None) == before


async def test_who_dies_between_two_steps_is_gone_on_from(
    keepers, replica, admin, tenant, monkeypatch
):
    numbers, report = Numbers(keepers), Report(replica.database)
    for n in range(1, 6):
        await replica.open(n)
    monkeypatch.setattr(keeping, "BATCH", 2)

    async def dies():
        raise asyncio.CancelledError

    monkeypatch.setattr(numbers, "_months", dies)
    with pytest.raises(asyncio.CancelledError):
        await numbers.once()
    await Numbers(keepers).once()
    now = await admin.fetchval("SELECT (now() AT TIME ZONE 'Europe/Oslo')::date")
    found = await report.of(tenant.tenant, Months(now.replace(day=1), now.replace(day=1)), None)

    assert found["totals"]["opened"] == 5


async def test_what_is_counted_names_nobody_and_the_service_cannot_change_it(admin, app_url):
    columns = await admin.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'ledger' AND table_name IN ('counted_enquiry', 'month_figures')"
    )
    names = {row["column_name"] for row in columns}

    assert not names & {"citizen", "owner", "agents", "sender", "author", "receipt", "contact"}
    app = await asyncpg.connect(app_url)
    try:
        for statement in (
            "UPDATE ledger.month_figures SET n = 1",
            "DELETE FROM ledger.month_figures",
            "SELECT * FROM ledger.counted_enquiry",
            "DELETE FROM ledger.channel_month",
            "UPDATE ledger.channel_month SET n = 1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)
    finally:
        await app.close()
