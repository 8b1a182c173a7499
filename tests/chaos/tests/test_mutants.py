"""Each mutant turns the invariant it breaks red, by name: so the checker sees what it must see."""

import json
import os
import random
import subprocess
import sys

import pytest
from chaos.experiments import MUTANTS
from chaos.runs import remove
from native import distribution

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(420)]

HARMLESS_ON_4 = {"M7"}
"""There a delivery limit of -1 loses nothing, so there is nothing to notice."""
NAMES = set(MUTANTS) - (HARMLESS_ON_4 if os.environ.get(distribution.BROKER) == "4" else set())


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    """A folder for the mutants that leave tables and broker as they are: prepared once."""
    folder = tmp_path_factory.mktemp("ordinary")
    folder.chmod(0o755)
    yield folder
    remove(folder)


@pytest.mark.parametrize("name", sorted(NAMES, key=lambda name: int(name[1:])))
def test_a_mutant_turns_its_invariant_red(name, request):
    experiment = MUTANTS[name]
    options = ["--mutant", name, "--seed", str(random.SystemRandom().getrandbits(32))]
    if not experiment.spoils:
        options += ["--folder", str(request.getfixturevalue("ordinary"))]
    done = subprocess.run(
        [sys.executable, "-m", "chaos", *options], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    result = json.loads(lines[-1]) if lines else {}

    assert done.returncode == 1, done.stderr[-4000:]
    assert experiment.breaks in result["violated"]
