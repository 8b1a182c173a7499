"""The containers, without Docker: the compose file's services run natively and have one chat."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from native import compose
from native.compose import NativeCompose
from native.frontends import node_environment
from native.layout import REPOSITORY

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

COMPOSE = REPOSITORY / "docker-compose.yml"
IMAGES = sorted((REPOSITORY / "deploy" / "images").glob("*.Dockerfile"))
DIALOGUE = {
    "id": "compose",
    "topic": "byggesak",
    "turns": [
        {"from": "citizen", "text": "Må jeg søke for å bygge garasje?"},
        {"from": "agent", "text": "Ikke når den er under 50 m² og står fritt. 🏠"},
        {"from": "citizen", "text": "Tusen takk!"},
    ],
}


def instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """Yield each instruction of a Dockerfile and its argument."""
    for line in dockerfile.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, argument = line.partition(" ")
            yield name, argument


def of(dockerfile: Path, name: str) -> list[str]:
    return [argument for found, argument in instructions(dockerfile) if found == name]


def run(argv: list[str]) -> None:
    """Run a command of a Dockerfile in the clone, with the locked Node and Python."""
    environment = node_environment(REPOSITORY, Path(sys.executable))
    done = subprocess.run(
        argv, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, f"{shlex.join(argv)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def test_the_compose_file_s_services_have_one_chat(tmp_path: Path) -> None:
    dialogues = tmp_path / "dialogues.jsonl"
    dialogues.write_text(json.dumps(DIALOGUE) + "\n")
    with NativeCompose(COMPOSE, tmp_path / "compose") as running:
        addresses = tmp_path / "addresses.json"
        users = running.path("seed", "/run/users/users.json")
        addresses.write_text(
            json.dumps(
                {
                    "gateway": f"http://localhost:{running.ports['chat']}",
                    "console": f"http://localhost:{running.ports['console']}",
                    "users": json.loads(users.read_text()),
                }
            )
        )
        argv = [sys.executable, "-m", "replay", str(dialogues), "--addresses", str(addresses)]
        played = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)

    assert played.returncode == 0, played.stderr
    result = json.loads(played.stdout.splitlines()[-1])
    assert result["messages"] == result["expected"] == 3
    assert [result[k] for k in ("lost", "duplicated", "reordered", "altered")] == [0, 0, 0, 0]


def test_every_image_that_is_built_has_its_dockerfile() -> None:
    services = compose.load(COMPOSE)["services"].values()
    named = {service["build"]["dockerfile"] for service in services if "build" in service}

    assert named == {str(path.relative_to(REPOSITORY)) for path in IMAGES}


@pytest.mark.parametrize("dockerfile", IMAGES, ids=lambda path: path.stem)
def test_what_an_image_copies_is_there(dockerfile: Path) -> None:
    for argument in of(dockerfile, "COPY"):
        words = [word for word in argument.split() if not word.startswith("--")]
        for source in words[:-1]:
            if "--from=packages" in argument:
                continue
            inside = source.removeprefix("/src/") if "--from=frontend" in argument else source

            assert (REPOSITORY / inside).exists(), f"COPY {argument}"


@pytest.mark.parametrize("dockerfile", IMAGES, ids=lambda path: path.stem)
def test_an_image_starts_what_the_compose_file_starts(dockerfile: Path) -> None:
    services = compose.load(COMPOSE)["services"]

    assert json.loads(of(dockerfile, "CMD")[-1]) == services[dockerfile.stem]["command"]


@pytest.mark.parametrize("dockerfile", IMAGES, ids=lambda path: path.stem)
def test_an_image_s_packages_can_be_installed(dockerfile: Path) -> None:
    """Run every pip command of the image, without changing the environment we run in."""
    for command in of(dockerfile, "RUN"):
        found = re.match(r"(?:/venv/bin/)?python -m pip install (.*)", command)
        if found is not None:
            install = ["pip", "install", "--dry-run", "--quiet", *shlex.split(found[1])]
            run([sys.executable, "-m", *install])


def test_the_front_ends_of_the_images_can_be_built() -> None:
    commands = {command for image in IMAGES for command in of(image, "RUN")}
    builds = sorted(command for command in commands if command.startswith("npm run build"))

    assert len(builds) == 2
    for command in builds:
        run(shlex.split(command))
    run(["npm", "ci", "--dry-run", "--no-audit", "--no-fund"])


def test_no_image_runs_a_service_as_root() -> None:
    for dockerfile in IMAGES:
        if dockerfile.stem != "keys":
            assert of(dockerfile, "USER") == ["65532:65532"]
