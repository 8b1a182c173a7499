"""The proxy's configuration is one that HAProxy accepts, natively and in containers."""

import os
import re
import subprocess

import pytest
from native import proxy
from native.ports import MAX_REPLICAS, choose

PORTS = choose(0, free=lambda _: True)


def check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = proxy.find_program()
    return subprocess.run(
        [program, "-c", "-f", str(proxy.CONFIGURATION)],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_of_the_configuration_is_given() -> None:
    text = proxy.CONFIGURATION.read_text()
    named = set(re.findall(r"\$\{(\w+)\}", text)) - set(re.findall(r"defined\((\w+)\)", text))

    assert named == set(proxy.environment(PORTS))


def test_there_is_a_slot_for_every_replica() -> None:
    found = proxy.environment(PORTS)

    assert found[f"PREK_PROXY_LEDGER_{MAX_REPLICAS}"] == "127.0.0.1:27158"


@pytest.mark.parametrize("containers", [False, True])
def test_haproxy_accepts_it(containers: bool) -> None:
    environment = proxy.environment(PORTS)
    if containers:
        environment = {k: v for k, v in environment.items() if not re.search(r"_\d$", k)}
        environment |= {
            f"PREK_PROXY_{prefix}": f"{service}.invalid:8000"
            for prefix, service in proxy.BACKENDS.items()
        }

    done = check(environment)

    assert done.returncode == 0, done.stderr
    assert "ALERT" not in done.stderr
