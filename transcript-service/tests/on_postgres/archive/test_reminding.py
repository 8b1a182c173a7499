"""Departments are reminded of what nobody has classified, without a word of it."""

from datetime import timedelta

import pytest
from services.errors import Transient
from transcript_service.archive.reminders import Reminders

pytestmark = pytest.mark.integration

DAYS = timedelta(days=1)


class Bus:
    """Keeps what is said of one municipality; away while told so."""

    def __init__(self, tenant):
        self.tenant, self.said, self.away = tenant, [], False

    async def send(self, envelope):
        if envelope.tenant == self.tenant:
            if self.away:
                raise Transient("broker")
            self.said.append(envelope)


@pytest.fixture
async def bus(house, admin):
    await admin.execute("DELETE FROM ledger.archive_reminder WHERE tenant = $1", house.tenant)
    return Bus(house.tenant)


async def age(admin, house, days):
    await admin.execute(
        "UPDATE ledger.conversation SET closed_at = closed_at - $2::interval,"
        " opened_at = opened_at - $2::interval WHERE tenant = $1",
        house.tenant,
        days * DAYS,
    )


async def remind(house, bus, ahead=timedelta(0)):
    await Reminders(house.keeper, bus, ahead=ahead).once()
    said, bus.said = bus.said, []
    return [(one.body.department, one.body.about, one.body.stage) for one in said]


async def test_one_that_nobody_classified_is_reminded_of_once_and_then_weekly(house, bus, admin):
    await house.closed(archive=None)
    assert await remind(house, bus) == []
    await age(admin, house, 4)

    assert await remind(house, bus) == [("torget", "unclassified", "department")]
    assert await remind(house, bus) == []
    assert await remind(house, bus, 6 * DAYS) == []
    assert await remind(house, bus, 8 * DAYS) == [("torget", "unclassified", "leader")]
    assert await remind(house, bus, 9 * DAYS) == []


async def test_many_are_one_reminder_about_the_oldest(house, bus, admin):
    oldest = await house.closed(1, archive=None)
    await age(admin, house, 1)
    for n in range(2, 5):
        await house.closed(n, archive=None)
    await age(admin, house, 4)
    await Reminders(house.keeper, bus).once()
    (said,) = bus.said

    assert said.body.conversation == oldest
    assert said.source == "ledger"


@pytest.mark.parametrize("archive", ["none", "archive", "journal"])
async def test_what_is_classified_is_not(house, bus, admin, archive):
    await house.closed(archive=archive)
    await age(admin, house, 40)

    assert await remind(house, bus) == []


async def test_the_days_are_the_municipalitys(house, bus, admin):
    await house.set_up(remind_days=30)
    await house.closed(archive=None)
    await age(admin, house, 29)
    assert await remind(house, bus) == []
    await age(admin, house, 2)

    assert len(await remind(house, bus)) == 1


async def test_while_the_broker_is_away_nothing_counts_as_said(house, bus, admin):
    await house.closed(archive=None)
    await age(admin, house, 4)
    bus.away = True
    with pytest.raises(Transient):
        await remind(house, bus)
    bus.away = False

    assert len(await remind(house, bus)) == 1


async def test_said_twice_it_has_the_same_id(house, bus, admin):
    await house.closed(archive=None)
    await age(admin, house, 4)
    duty = Reminders(house.keeper, bus)
    await duty.once()
    await admin.execute("DELETE FROM ledger.archive_reminder WHERE tenant = $1", house.tenant)
    await duty.once()
    one, other = bus.said

    assert one.id == other.id
