"""The composition root: builds the parts of the desk, and says how they start and stop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import httpx
from fastapi import FastAPI
from services.bus import Bus, OnPush, Subscription
from services.clock import utc_now
from services.contracts.leases import AGENTS, RENEW_S
from services.file_store import FileStoreClient, files_client
from services.health import add_health
from services.inbox import Inbox
from services.leases import LeaseTable, connect_redis
from services.lifecycle import Service
from services.rabbit import RabbitBus
from services.settings import KitSettings
from services.tokens import Signer
from starlette.routing import WebSocketRoute

from agent_service.alerting import Alerting
from agent_service.alerts import Alerts
from agent_service.api import add_routes
from agent_service.board import Boards
from agent_service.colleagues import Colleagues
from agent_service.desk import Desk
from agent_service.directories import Directories
from agent_service.emergency import Switch
from agent_service.files import Files
from agent_service.handlers import Handlers
from agent_service.mail import Mail
from agent_service.oidc.rows import OidcRows
from agent_service.oidc.signing import SignIns
from agent_service.outside.keys import Keys
from agent_service.outside.reading import Reading
from agent_service.outside.rows import PostgresKeys
from agent_service.people import Leases, People
from agent_service.postgres import PostgresStore
from agent_service.postgres_alerts import PostgresAlerts
from agent_service.records import Records
from agent_service.routing import Routing
from agent_service.sending import Channel, Sender
from agent_service.sessions import Sessions
from agent_service.set_up import SetUp
from agent_service.settings import Settings
from agent_service.store import Store
from agent_service.webhooks import Webhooks
from agent_service.writing import Writer
from agent_service.ws import Sockets
from services import topology

_TRANSCRIPT_TIMEOUT_S = 15
_ALERTS_AT_ONCE = 16


class LiveBus(Bus, Protocol):
    """The bus as its owner sees it: it can also be listened to, started and stopped."""

    def on_push(self, listener: OnPush) -> None:
        """Call `listener` with each push."""

    def on_reconnect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Await `callback` after each connect."""

    def consume(self, subscription: Subscription) -> None:
        """Read durable queues."""

    def missing(self) -> str | None:
        """Return what is missing."""

    async def start(self) -> None:
        """Begin to connect."""

    async def cancel_consumers(self) -> None:
        """Take no more deliveries."""

    async def stop(self) -> None:
        """Close the connections."""


class LiveStore(Store, Protocol):
    """The tables as their owner sees them."""

    def missing(self) -> str | None:
        """Return what is missing."""

    async def start(self) -> None:
        """Begin to connect."""

    async def stop(self) -> None:
        """Close the connections."""


class LiveKeys(Keys, Protocol):
    """The tables of keys and webhooks as their owner sees them."""

    async def stop(self) -> None:
        """Close the connections."""


class LiveAlerts(Alerts, Protocol):
    """The tables of alerts as their owner sees them."""

    async def stop(self) -> None:
        """Close the connections."""


async def build(settings: KitSettings) -> Service:
    """Return the agent-service on its real parts. Nothing is waited for: they may be away."""
    assert isinstance(settings, Settings)  # noqa: S101 - for the type checker
    redis = connect_redis(settings.redis_url)
    service = assemble(
        settings,
        bus=RabbitBus(settings.amqp_url, source="agent", instance=settings.instance),
        leases=LeaseTable(redis, AGENTS),
        store=PostgresStore(settings.database_url),
        alerts=PostgresAlerts(settings.database_url),
        http=httpx.AsyncClient(timeout=_TRANSCRIPT_TIMEOUT_S, trust_env=False),
        files=files_client(),
        rows=OidcRows(settings.database_url, settings.signing_key),
    )
    service.stop = (*service.stop, redis.aclose)
    return service


def assemble(
    settings: Settings,
    *,
    bus: LiveBus,
    leases: Leases,
    store: LiveStore,
    alerts: LiveAlerts,
    http: httpx.AsyncClient,
    files: httpx.AsyncClient,
    rows: OidcRows | None = None,
    providers: httpx.AsyncClient | None = None,
    keys: LiveKeys | None = None,
    renew_s: float = RENEW_S,
) -> Service:
    """Wire the parts.

    `files` moves files to and from the store, and nothing else. `rows` is what is kept of sign-ins
    by a provider, and `providers` asks them (None: `http`). `keys` is what other systems have.
    """
    directories = Directories(bus, store, utc_now, check_s=settings.directory_check_s)
    people = People(bus, leases, utc_now, departments=directories.departments_of, renew_s=renew_s)
    desk = Desk(bus, clock=utc_now, people=people, watermark_s=settings.watermark_s)
    sessions = Sessions(
        store,
        directories,
        desk,
        hours=settings.session_hours,
        check_s=settings.session_check_s,
        local_off=settings.local_accounts_off,
        total_hours=settings.session_total_hours,
    )
    keys = keys or PostgresKeys(settings.database_url)
    rows = rows or OidcRows(settings.database_url, settings.signing_key)
    sign_ins = SignIns(
        settings.oidc,
        providers or http,
        rows,
        sessions,
        directories,
        origin=settings.public_origin,
        hours=settings.session_hours,
        now=lambda: utc_now().timestamp(),
    )
    signer = Signer(settings.signing_key)
    records = Records(signer, http, settings.transcript_url)
    colleagues = Colleagues(people, records, utc_now)
    sockets = Sockets(desk, colleagues, sessions, store, settings)
    outside = _outside(settings, bus, alerts, directories, signer, http)

    bus.on_push(Handlers(desk, directories).on_push)
    bus.on_reconnect(directories.publish_all)
    bus.on_reconnect(desk.on_reconnect)
    directories.on_change(sockets.furnish)

    app = FastAPI(title="Prek med oss: agent-service", docs_url=None, redoc_url=None)
    service = Service(
        app,
        start=(
            store.start,
            lambda: bus.subscribe(topology.directory_topic()),
            outside.inbox.start,
            outside.sender.start,
            bus.start,
            directories.start,
            people.start,
            desk.start,
            sessions.start,
            sign_ins.start,
        ),
        stop=(
            sockets.close_all,
            sign_ins.stop,
            sessions.stop,
            directories.stop,
            bus.cancel_consumers,
            lambda: outside.inbox.drain(settings.drain_timeout_s),
            outside.sender.stop,
            colleagues.stop,
            desk.stop,
            people.stop,
            bus.stop,
            store.stop,
            alerts.stop,
            rows.stop,
            keys.stop,
            http.aclose,
            files.aclose,
        ),
    )
    add_health(
        app, {"bus": bus.missing, "database": store.missing, "leaving": service.leaving_probe}
    )

    app.router.routes.append(WebSocketRoute("/ws/agent", sockets.serve))
    routing = Routing(desk, http, settings.router_url)
    add_routes(
        app,
        store=store,
        sessions=sessions,
        sign_ins=sign_ins,
        directories=directories,
        records=records,
        boards=Boards(bus, people, utc_now),
        files=Files(
            desk.streams,
            records,
            FileStoreClient(files, signer, settings.transcript_url),
            utc_now,
        ),
        routing=routing,
        switch=Switch(store, directories, utc_now),
        set_up=SetUp(store, directories, routing),
        keys=keys,
        reading=Reading(signer, http, settings.transcript_url),
        settings=settings,
    )
    return service


@dataclass(frozen=True, slots=True)
class _Outside:
    """What tells people who are not at the desk."""

    inbox: Inbox
    sender: Sender


def _outside(
    settings: Settings,
    bus: LiveBus,
    alerts: Alerts,
    directories: Directories,
    signer: Signer,
    http: httpx.AsyncClient,
) -> _Outside:
    writer = Writer(directories, signer, console=settings.public_origin, chat=settings.chat_origin)
    channels: dict[str, Channel] = {"webhook": Webhooks(http, writer, utc_now)}
    if settings.smtp_url:
        channels["email"] = Mail(settings.smtp_url, settings.mail_from, writer, utc_now)
    sender = Sender(alerts, channels, check_s=settings.alert_check_s)
    alerting = Alerting(alerts, sender)
    inbox = Inbox(bus, alerting.handle, queues=topology.ALERTS, prefetch=_ALERTS_AT_ONCE)
    bus.consume(inbox.subscription)
    return _Outside(inbox, sender)
