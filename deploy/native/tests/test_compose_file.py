"""What the compose file says is understood, and says what it must."""

import re

from native import compose
from native.layout import REPOSITORY
from native.ports import choose

SERVICES = compose.load(REPOSITORY / "docker-compose.yml")["services"]
PORTS = choose(0, free=lambda _: True)


def test_services_start_after_those_they_depend_on() -> None:
    order = compose.order(SERVICES)

    assert order[0] == "keys"
    for before, after in (
        ("broker", "gateway"),
        ("database", "migrate-transcript-service"),
        ("migrate-agent-service", "seed"),
        ("seed", "router"),
    ):
        assert order.index(before) < order.index(after)


def test_hosts_and_ports_become_those_of_this_machine() -> None:
    def here(text: str) -> str:
        return compose.localize(text, list(SERVICES), PORTS)

    assert here("broker:5672") == "127.0.0.1:27110"
    assert here("http://proxy:8083") == "http://127.0.0.1:27103"
    assert here("http://proxy:8084") == "http://127.0.0.1:27104"
    assert here("agent-service:8002") == "127.0.0.1:27141"
    assert here("http://localhost:8082") == "http://localhost:27102"
    assert here("0.0.0.0") == "127.0.0.1"  # noqa: S104  # a text of the file, not a listener
    assert here("0.0.0.0:8080") == "127.0.0.1:27100"
    assert here("127.0.0.11:53") == "127.0.0.11:53"
    assert here("transcript_service") == "transcript_service"


def test_images_are_pinned_to_a_patch() -> None:
    images = [service["image"] for service in SERVICES.values() if "image" in service]

    assert len(images) == 4
    for image in images:
        assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)?$", image), image
    assert SERVICES["broker"]["image"].startswith("rabbitmq:4.2.")


def test_nothing_is_published_beyond_this_machine() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_no_container_sees_another_s_keys() -> None:
    for name, service in SERVICES.items():
        mounted = [v.split(":")[0] for v in service.get("volumes", ()) if v.startswith("keys-")]

        if name != "keys":
            assert len(mounted) <= 1, name
