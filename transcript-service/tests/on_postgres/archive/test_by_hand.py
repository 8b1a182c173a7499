"""`python -m transcript_service export`: a package by hand, and why there is none."""

import os
import subprocess
import sys

import pytest
from transcript_service.archive.rules import faults_of

pytestmark = pytest.mark.integration


@pytest.fixture
def export(parts, tmp_path):
    def export(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "transcript_service", "export", *map(str, arguments)],
            env={
                **os.environ,
                **parts.settings("transcript-service"),
                "PREK_FILES_DIR": str(tmp_path / "files"),
            },
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    return export


async def test_a_package_is_made_with_all_it_needs(house, export, tmp_path):
    await house.set_up("none")
    c = await house.closed(sent=[("a.txt", b"a")])
    out = tmp_path / "out"
    done = export("--conversation", c, "--out", out, "--tenant", house.tenant)
    files = {path.name: path.read_bytes() for path in (out / f"{c}-1").iterdir()}

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(out / f"{c}-1"), str(out / f"{c}-1.zip")]
    assert faults_of(files) == ()
    assert files["samtale.pdf"].startswith(b"%PDF-1.7")


@pytest.mark.parametrize("archive", [None, "none"])
async def test_what_is_not_classified_for_it_has_no_package(house, export, tmp_path, archive):
    c = await house.closed(archive=archive)
    done = export("--conversation", c, "--out", tmp_path / "out", "--tenant", house.tenant)

    assert (done.returncode, done.stderr) == (1, "no package: not_classified\n")


async def test_what_does_not_exist_has_none(house, export, tmp_path):
    done = export("--conversation", house.make.id(998), "--out", tmp_path, "--tenant", "ingen")

    assert (done.returncode, done.stderr) == (1, "no package: not_found\n")


async def test_a_folder_without_schemas_is_named(house, export, tmp_path):
    c = await house.closed()
    done = export("--conversation", c, "--out", tmp_path, "--schemas", tmp_path)

    assert done.returncode == 1
    assert "no package:" in done.stderr
