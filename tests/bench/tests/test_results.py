"""The document says what was measured under the names that other runs are compared by."""

import dataclasses
import json

import pytest

from bench import report, results, written


def test_both_floors_are_told_with_their_parts(found) -> None:
    assert found["floor_sum_p50_ms"] == 5
    assert found["floor_tight_p50_ms"] == 2
    assert sum(found["floor_parts"]["paced"].values()) == found["floor_sum_p50_ms"]
    assert sum(found["floor_parts"]["tight"].values()) == found["floor_tight_p50_ms"]


def test_the_middle_run_is_set_against_the_paced_floor(found) -> None:
    assert [run["conversations"] for run in found["end_to_end"]] == [1, 50, 200]
    assert [run["p50_ms"] for run in found["end_to_end"]] == [8, 10, 20]
    assert found["over_floor"] == 2


def test_the_sustained_rate_and_its_cost_are_of_the_confirmed_run(found) -> None:
    assert found["sustained_per_s"] == 400
    assert found["cpu_ms_per_message"] == 2
    assert found["closed_loop_per_s"] == 600
    assert [run["sustained"] for run in found["rates"]] == [True, True, False]
    assert found["processes"]["gateway-1"] == {
        "cpu_percent": 80,
        "cpu_ms_per_message": 2,
        "memory_mib": 64,
    }


def test_when_no_rate_held_the_document_says_none(measured) -> None:
    found = results.document(dataclasses.replace(measured, sustained=None))

    assert found["sustained_per_s"] == 0
    assert found["sustained_p99_ms"] is None


def test_many_conversations_and_idle_sockets_are_told_by_the_piece(found) -> None:
    assert found["processor_many_over_few"] == 1.5
    assert found["kib_per_idle_socket"] == 40
    assert found["idle_cpu_percent"] == 30


def test_every_row_of_a_table_is_as_wide_as_its_headings(found) -> None:
    for _, headings, rows in report.tables(found):
        assert rows
        assert {len(row) for row in rows} == {len(headings)}


def test_a_full_run_leaves_figures_pictures_and_tables_and_again_the_same(
    tmp_path, measured, found
) -> None:
    page = tmp_path / "docs" / "performance" / "README.md"
    page.parent.mkdir(parents=True)
    page.write_text(f"# Before\n\n{written.BEGIN}old{written.END}\n\nAfter\n", encoding="utf-8")

    def leave() -> dict[str, bytes]:
        written.write(measured, found, tmp_path)
        return {
            str(path.relative_to(tmp_path)): path.read_bytes()
            for path in tmp_path.rglob("*")
            if path.is_file()
        }

    first = leave()

    assert leave() == first
    assert set(first) == {
        "bench/results.json",
        "docs/performance/README.md",
        "docs/performance/latency.svg",
        "docs/performance/throughput.svg",
    }
    assert json.loads(first["bench/results.json"]) == found
    text = first["docs/performance/README.md"].decode()
    assert text.startswith("# Before")
    assert text.endswith("After\n")
    assert "old" not in text
    assert "| sum | 5.00 | 2.00 |" in text


def test_a_page_without_its_marks_is_not_touched() -> None:
    with pytest.raises(ValueError, match="no marks"):
        written.put_in("# A page", "tables")
