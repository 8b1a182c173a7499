"""Every patch finds what it changes in the services as they are."""

import subprocess
import sys

import pytest

APPLY = """
import sys
from pathlib import Path
from chaos.board import Board
from chaos.launcher import KNOWN
for patch in KNOWN.values():
    patch(sys.argv[1], Board(Path(sys.argv[2])))
print("patched")
"""


@pytest.mark.parametrize("module", ["gateway", "router", "agent_service", "transcript_service"])
def test_every_patch_can_be_applied_to_a_service(module, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", APPLY, module, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "patched\n", done.stderr
