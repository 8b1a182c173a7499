"""The accessibility statements answer each of the 47 requirements, and name tests there are."""

import ast
import json
from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "docs" / "accessibility"

# WCAG 2.1 A and AA but for 1.2.3, 1.2.4 and 1.2.5, which the regulation left out.
REQUIRED = """
1.1.1 1.2.1 1.2.2 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11
1.4.12 1.4.13 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7
2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.3.1 3.3.2 3.3.3 3.3.4 4.1.1
4.1.2 4.1.3
"""
VERDICTS = {"oppfylt", "ikke oppfylt", "ikke aktuelt"}


PAGES = {"widget": "README.md", "console": "console.md"}


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def page(name):
    return (FOLDER / PAGES[name]).read_text("utf-8")


@pytest.fixture(scope="module")
def statement(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def test_every_requirement_is_answered_once_and_in_order(statement):
    assert [row["criterion"] for row in statement["requirements"]] == REQUIRED.split()
    assert {row["verdict"] for row in statement["requirements"]} <= VERDICTS
    assert all(row["how"] for row in statement["requirements"])


def test_what_is_given_as_proof_is_a_test(statement):
    proofs = {proof for row in statement["requirements"] for proof in row["proof"]}
    for proof in proofs:
        file, name = proof.split("::")
        tree = ast.parse((REPOSITORY / file).read_text("utf-8"))
        functions = ast.FunctionDef | ast.AsyncFunctionDef
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, functions)}, proof
    assert proofs


def test_the_page_says_the_same_as_the_file(statement, page):
    """What people read and what a machine reads are one."""
    for row in statement["requirements"]:
        line = f"| {row['criterion']} {row['title']} | {row['level']} | {row['verdict']} |"
        assert f"{line} {row['how']} |" in page, row["criterion"]


def test_the_page_counts_its_answers_right(statement, page):
    verdicts = Counter(row["verdict"] for row in statement["requirements"])
    met, unmet, moot = (verdicts[each] for each in ("oppfylt", "ikke oppfylt", "ikke aktuelt"))

    assert f"{met} av 47 krav er oppfylt, {unmet} er ikke oppfylt, {moot} er ikke aktuelle." in page


def test_each_page_leads_to_the_other():
    for page, other in (("README.md", "console.md"), ("console.md", "README.md")):
        assert f"({other})" in (FOLDER / page).read_text("utf-8")


def test_pages_say_how_little_was_tried(page):
    """Nobody is to read more into it than there is."""
    assert all(each in page for each in ("vår egen", "Chromium", "skjermleser"))
