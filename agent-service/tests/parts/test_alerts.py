"""The tables of alerts in PostgreSQL: once each, whoever sends and whatever dies."""

import asyncio
import json
import socket
import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from uuid import UUID, uuid4

import asyncpg
import pytest
from agent_service.alerts import Addressee, Outcome, Target
from agent_service.core.matters import Matter
from agent_service.postgres_alerts import PostgresAlerts
from agent_service.sending import Sender
from aiosmtpd.controller import Controller
from services.contracts import AlertTargets
from services.errors import Transient

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

SECRET = "0123456789abcdef"  # a test's
CITIZEN = Addressee("email", "innbygger@post.example")


def matter(about="handover"):
    return Matter(about=about, conversation=uuid4(), said_at=datetime.now(UTC))


@pytest.fixture
async def clean(desk):
    connection = await asyncpg.connect(desk.owner_url)
    await connection.execute("TRUNCATE desk.alert, desk.alert_target CASCADE")
    yield connection
    await connection.close()


@pytest.fixture
async def alerts(desk, clean):
    alerts = PostgresAlerts(desk.url)
    yield alerts
    await alerts.stop()


@pytest.fixture
async def halden(store, clean, directory):
    """A municipality that has set up whom to tell."""
    of_all = AlertTargets(department=("felles@halden.example", "alle@halden.example"))
    own = AlertTargets(
        department=("bygg@halden.example", "felles@halden.example"),
        leader=("leder@halden.example",),
    )
    departments = tuple(
        each.evolve(alerts=own) if each.id == "byggesak" else each for each in directory.departments
    )
    await store.save_directory(
        directory.evolve(tenant="halden", departments=departments, alerts=of_all)
    )
    yield
    await clean.execute("DELETE FROM desk.directory WHERE tenant = 'halden'")


async def row(clean, alert):
    return await clean.fetchrow("SELECT * FROM desk.alert WHERE id = $1", alert)


async def due(alerts, about="handover", addressee=CITIZEN, state="due"):
    alert = uuid4()
    assert await alerts.add(alert, "sarpsborg", matter(about), addressee, state)
    return alert


async def test_targets_are_those_of_the_department_and_of_all_each_address_once(alerts):
    def target(department, address, stage="department", tenant="sarpsborg"):
        return Target(
            tenant=tenant, department=department, stage=stage, kind="email", address=address
        )

    await alerts.replace_targets(
        [
            target("byggesak", "bygg@x.example"),
            target("byggesak", "felles@x.example"),
            target("*", "felles@x.example"),
            target("barnevern", "barn@x.example"),
            target("*", "leder@x.example", stage="leader"),
            target("byggesak", "andre@x.example", tenant="fredrikstad"),
        ]
    )
    found = await alerts.targets("sarpsborg", "byggesak", "department")
    leaders = await alerts.targets("sarpsborg", "byggesak", "leader")

    assert [a.address for a in found] == ["bygg@x.example", "felles@x.example"]
    assert [a.address for a in leaders] == ["leder@x.example"]

    (before, _) = found
    await alerts.replace_targets(
        [target("byggesak", "bygg@x.example"), target("byggesak", "ny@x.example")]
    )
    found = await alerts.targets("sarpsborg", "byggesak", "department")
    others = await alerts.targets("fredrikstad", "byggesak", "department")

    assert [a.address for a in found] == ["bygg@x.example", "ny@x.example"]
    assert found[0] == before, "who stays keeps the id that alerts on their way refer to"
    assert [a.address for a in others] == ["andre@x.example"]


async def test_targets_of_the_set_up_are_told_beside_those_of_the_operator(alerts, halden):
    hook = Target(
        tenant="halden",
        stage="department",
        kind="webhook",
        address="https://hook.example/",
        secret=SECRET,
    )
    await alerts.replace_targets([hook])

    async def told(department, stage="department", tenant="halden"):
        return [each.address for each in await alerts.targets(tenant, department, stage)]

    everybody = ["https://hook.example/", "alle@halden.example"]
    assert await told("byggesak") == [
        *everybody,
        "bygg@halden.example",
        "felles@halden.example",
    ]
    assert await told("servicetorget") == [*everybody, "felles@halden.example"]
    assert await told("byggesak", "leader") == ["leder@halden.example"]
    assert await told("servicetorget", "leader") == []
    assert await told("byggesak", tenant="moss") == []


async def test_the_command_line_replaces_the_targets_of_the_tenants_it_names(
    desk, alerts, tmp_path
):
    file = tmp_path / "targets.json"
    hook = {"kind": "webhook", "address": "https://hook.example/", "secret": SECRET}
    file.write_text(json.dumps([{"tenant": "sarpsborg", "stage": "leader", **hook}]))
    await asyncio.to_thread(desk.run, "targets", "--targets-in", str(file))
    (found,) = await alerts.targets("sarpsborg", "byggesak", "leader")

    assert (found.kind, found.address) == ("webhook", "https://hook.example/")


async def test_an_alert_that_is_known_stays_as_it_is(alerts, clean):
    alert = await due(alerts)
    told = []

    async def send(one):
        told.append(one)
        return Outcome.SENT

    assert await alerts.send_one(send, "email") == "sent"
    assert not await alerts.add(alert, "sarpsborg", matter(), CITIZEN, "due")
    assert await alerts.send_one(send, "email") is None
    assert [one.id for one in told] == [alert]


async def test_what_is_sent_keeps_no_citizens_address(alerts, clean):
    alert = await due(alerts, "answer")

    async def send(one):
        assert one.address == "innbygger@post.example"
        return Outcome.SENT

    await alerts.send_one(send, "email")
    kept = await row(clean, alert)

    assert (kept["state"], kept["address"], kept["attempts"]) == ("sent", "", 1)
    assert kept["sent_at"] is not None


async def test_many_senders_send_each_alert_once(desk, alerts, clean):
    wanted = {await due(alerts) for _ in range(40)}
    told = []

    async def send(one):
        told.append(one.id)
        await asyncio.sleep(0)
        return Outcome.SENT

    async def work(store):
        while await store.send_one(send, "email") is not None:
            pass

    others = [PostgresAlerts(desk.url) for _ in range(3)]
    await asyncio.gather(*(work(store) for store in (alerts, *others, alerts)))
    for store in others:
        await store.stop()

    assert len(told) == 40
    assert set(told) == wanted


async def test_killed_between_sending_and_noting_it_is_sent_again_under_the_same_id(alerts, clean):
    """The only way to be told twice; and who is told can see that it is the same."""
    alert = await due(alerts)
    told = []

    async def send_and_die(one):
        told.append(one.id)
        await clean.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'agent-service alerts'"
        )
        return Outcome.SENT

    async def send(one):
        told.append(one.id)
        return Outcome.SENT

    with pytest.raises(Transient):
        await alerts.send_one(send_and_die, "email")
    before = await row(clean, alert)
    after = await alerts.send_one(send, "email")
    settled = await alerts.send_one(send, "email")

    assert (before["state"], before["attempts"]) == ("due", 0)
    assert (after, settled) == ("sent", None)
    assert told == [alert, alert]


async def test_killed_before_sending_it_is_sent_once(desk, clean):
    """A process that dies takes its lock with it."""
    dying, living = PostgresAlerts(desk.url), PostgresAlerts(desk.url)
    alert = await due(dying)
    holding = asyncio.Event()

    async def never(_):
        holding.set()
        await asyncio.Event().wait()

    async def send(one):
        return Outcome.SENT

    task = asyncio.create_task(dying.send_one(never, "email"))
    await holding.wait()
    meanwhile = await living.send_one(send, "email")  # locked: nobody else tries it
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await dying.stop()

    assert meanwhile is None
    assert await living.send_one(send, "email") == "sent"
    assert (await row(clean, alert))["attempts"] == 1
    await living.stop()


async def test_what_fails_is_tried_later_and_later_and_given_up_after_a_day(alerts, clean):
    alert = await due(alerts)

    async def fail(_):
        return Outcome.LATER

    waits = []
    for _ in range(4):
        assert await alerts.send_one(fail, "email") == "due"
        assert await alerts.send_one(fail, "email") is None  # not yet
        waits.append(
            await clean.fetchval(
                "SELECT extract(epoch FROM next_at - clock_timestamp()) FROM desk.alert"
            )
        )
        await clean.execute("UPDATE desk.alert SET next_at = now()")
    await clean.execute("UPDATE desk.alert SET give_up_at = now()")
    last = await alerts.send_one(fail, "email")
    kept = await row(clean, alert)

    assert [round(float(wait)) for wait in waits] == [5, 10, 20, 40]
    assert last == kept["state"] == "failed"
    assert (kept["address"], kept["attempts"]) == ("", 5)


async def test_what_can_never_be_delivered_is_given_up_at_once(alerts, clean):
    alert = await due(alerts)

    async def refuse(_):
        return Outcome.NEVER

    assert await alerts.send_one(refuse, "email") == "failed"
    assert (await row(clean, alert))["address"] == ""


async def test_the_webhooks_secret_comes_from_its_target_and_goes_with_it(alerts, clean):
    hook = Target(
        tenant="sarpsborg", stage="leader", kind="webhook", address="https://x/", secret=SECRET
    )
    await alerts.replace_targets([hook])
    (addressee,) = await alerts.targets("sarpsborg", "byggesak", "leader")
    for _ in range(2):
        await due(alerts, addressee=addressee)
    secrets = []

    async def send(one):
        secrets.append(one.secret)
        return Outcome.SENT

    await alerts.send_one(send, "webhook")
    await clean.execute("DELETE FROM desk.alert_target")
    await alerts.send_one(send, "webhook")

    assert secrets == [SECRET, ""]


async def test_mail_is_held_until_there_is_a_server_and_old_news_is_dropped(alerts, clean):
    answer, fresh, stale = [await due(alerts, about) for about in ("answer", "written", "written")]
    hook = await due(alerts, addressee=Addressee("webhook", "https://x/"))
    await alerts.mail_is(False)
    held = await alerts.counts()
    await clean.execute(
        "UPDATE desk.alert SET created_at = now() - interval '3 days', give_up_at = now()"
        " WHERE id = ANY ($1)",
        [answer, stale],
    )
    await alerts.mail_is(True)
    states = {r["id"]: r["state"] for r in await clean.fetch("SELECT id, state FROM desk.alert")}

    assert held == {"held": 3, "due": 1}
    assert states == {answer: "due", fresh: "due", stale: "failed", hook: "due"}
    assert await clean.fetchval(
        "SELECT min(give_up_at) > now() FROM desk.alert WHERE id = $1", answer
    )


async def test_what_was_settled_a_month_ago_is_forgotten_and_what_is_held_is_not(alerts, clean):
    sent = await due(alerts, state="sent")
    held = await due(alerts, state="held")
    new = await due(alerts, state="sent")
    await clean.execute(
        "UPDATE desk.alert SET created_at = now() - interval '31 days' WHERE id = ANY ($1)",
        [sent, held],
    )
    await alerts.tidy()

    assert {r["id"] for r in await clean.fetch("SELECT id FROM desk.alert")} == {held, new}


async def test_a_row_of_another_version_is_given_up_and_stops_nobody(alerts, clean):
    odd = await due(alerts)
    await clean.execute('UPDATE desk.alert SET matter = \'{"about": "new"}\'')
    await due(alerts)
    told: list[UUID] = []

    async def send(one):
        told.append(one.id)
        return Outcome.SENT

    assert await alerts.send_one(send, "email") == "failed"
    assert await alerts.send_one(send, "email") == "sent"
    assert odd not in told


async def test_a_sender_that_is_told_to_stop_finishes_what_it_is_sending(alerts, clean):
    alert = await due(alerts, addressee=Addressee("webhook", "https://x/"))
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        attempt_s = 60.0

        async def send(self, _, __):
            begun.set()
            await go_on.wait()
            return Outcome.SENT

    sender = Sender(alerts, {"webhook": Slow()}, check_s=3_600)
    await sender.start()
    await begun.wait()
    stopping = asyncio.create_task(sender.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping

    assert (await row(clean, alert))["state"] == "sent"


async def test_the_books_of_changes_cannot_be_rewritten_by_the_service(desk, store):
    (directory,) = await store.directories({})
    changed = await store.change_directory(
        directory.tenant,
        "mona",
        {"emergency": None},
        lambda d: d.evolve(version=d.version + 1),
    )
    same = await store.change_directory(directory.tenant, "mona", {}, lambda _: None)
    (line,) = await desk.rows("SELECT tenant, version, by, what::text FROM desk.change")
    service = await asyncpg.connect(desk.url)
    for statement in ("DELETE FROM desk.change", "UPDATE desk.change SET by = 'x'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute(statement)
    await service.close()

    assert changed == same
    assert tuple(line) == (directory.tenant, changed.version, "mona", '{"emergency": null}')
    assert await store.change_directory("ukjent", "mona", {}, lambda d: d) is None


async def test_a_change_that_is_refused_leaves_everything_as_it_was(desk, store):
    (before,) = await store.directories({})

    def refuse(_):
        raise ValueError("topic_unknown")

    with pytest.raises(ValueError, match="topic_unknown"):
        await store.change_directory(before.tenant, "mona", {}, refuse)

    assert await store.directories({}) == [before]


async def test_two_changes_at_once_are_two_versions(store):
    (before,) = await store.directories({})

    async def change():
        changed = await store.change_directory(
            before.tenant, "mona", {}, lambda d: d.evolve(version=d.version + 1)
        )
        return changed.version

    versions = await asyncio.gather(*(change() for _ in range(5)))

    assert sorted(versions) == [before.version + n for n in range(1, 6)]


# A whole process that is killed, and a real mail server


_ONE_LOOK = """
import asyncio, sys
from agent_service import mail
from agent_service.core.letters import Letter
from agent_service.postgres_alerts import PostgresAlerts
from agent_service.sending import Sender
from services.clock import utc_now

class Writer:
    def letter(self, alert):
        return Letter("Byggesak", "Se i konsollet.")

async def main():
    url, server, timeout_s = sys.argv[1:]
    mail._TIMEOUT_S = float(timeout_s)
    channel = mail.Mail(server, "prek@sarpsborg.example", Writer(), utc_now)
    await Sender(PostgresAlerts(url), {"email": channel}, check_s=1).look("email")

asyncio.run(main())
"""


class Mailbox:
    """A mail server with one fault: it kills its client, hangs up, refuses or takes its time."""

    def __init__(self):
        self.taken = []
        self.fault = ""
        self.client = None

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        self._kill("killed when a letter begins")
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.fault == "refuses":
            return "451 not now"
        self.taken.append(message_from_bytes(envelope.content)["Message-ID"])
        self._kill("killed when it was taken")
        if self.fault == "server killed when it was taken":
            server.transport.abort()
        if self.fault == "slow":
            await asyncio.sleep(1.5)
        return "250 OK"

    def _kill(self, when):
        if when == self.fault:
            self.client.kill()
            self.client.wait()


@pytest.fixture
def mailbox():
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    mailbox.controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    mailbox.url = f"smtp://127.0.0.1:{port}"
    yield mailbox
    if mailbox.controller.server is not None:
        mailbox.controller.stop()


def look_with(desk, mailbox):
    argv = [sys.executable, "-c", _ONE_LOOK, desk.url, mailbox.url, "1.0"]
    mailbox.client = subprocess.Popen(argv)
    return mailbox.client.wait()


async def look(desk, mailbox):
    return await asyncio.to_thread(look_with, desk, mailbox)


FAULTS = {
    "": ("sent", 1, 1),
    "down": ("sent", 1, 1),
    "slow": ("sent", 1, 1),
    "refuses": ("sent", 1, 1),
    "killed when a letter begins": ("sent", 1, 1),
    "killed when it was taken": ("uncertain", 1, 2),
    "server killed when it was taken": ("uncertain", 1, 2),
}
"""What becomes of a letter to a citizen, how many there are of it, and of an alert to a
department."""


@pytest.mark.parametrize("about", ["answer", "copy", "handover"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_citizen_gets_one_letter_and_a_department_at_least_one(
    desk, alerts, clean, mailbox, fault, about
):
    becomes, letters, told = FAULTS[fault]
    alert = await due(alerts, about)
    mailbox.fault = fault
    if fault != "down":
        mailbox.controller.start()
    await look(desk, mailbox)
    if fault == "down":
        mailbox.controller.start()
    mailbox.fault = ""
    await clean.execute("UPDATE desk.alert SET next_at = now()")
    await look(desk, mailbox)
    await look(desk, mailbox)

    wanted = told if about == "handover" else letters
    assert mailbox.taken == [f"<{alert}@sarpsborg.example>"] * wanted
    state = (await row(clean, alert))["state"]
    assert state == ("sent" if about == "handover" else becomes)
    assert await clean.fetchval("SELECT count(*) FROM desk.alert_handed") == 0


@pytest.mark.parametrize(("about", "told"), [("answer", 1), ("copy", 0)])
async def test_a_department_is_told_of_an_answer_that_may_not_have_come(
    desk, alerts, clean, mailbox, about, told
):
    target = Target(tenant="sarpsborg", stage="department", kind="email", address="bygg@x.example")
    await alerts.replace_targets([target])
    letter = await due(alerts, about)
    await alerts.handing(letter)  # and then whoever noted it died
    mailbox.controller.start()
    for _ in range(2):
        await look(desk, mailbox)

    assert len(mailbox.taken) == told
    assert f"<{letter}@sarpsborg.example>" not in mailbox.taken
    others = await clean.fetch(
        "SELECT matter->>'about' AS about FROM desk.alert WHERE id <> $1", letter
    )
    assert [each["about"] for each in others] == ["unsure"] * told
    kept = await row(clean, letter)
    assert (kept["state"], kept["address"]) == ("uncertain", "")
