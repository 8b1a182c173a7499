"""The bench of the search, in small: all that it makes is indexed, found, and measured."""

import pytest
from bench.numbers import migrated
from native.infrastructure import Infrastructure

from bench import fulltext

pytestmark = pytest.mark.integration


async def test_what_was_made_is_indexed_and_found(tmp_path, monkeypatch):
    monkeypatch.setattr(fulltext, "VOCABULARY", 2_000)
    parts = Infrastructure(tmp_path / "run")
    try:
        parts.postgresql.prepare()
        parts.start_part("database")
        parts.postgresql.furnish()
        await migrated(parts)
        found = await fulltext.measure(parts, 2_000, asked=2)
    finally:
        parts.remove()

    assert found["rows"] == found["conversations"] == 2_000
    assert found["index_mb"] > 0
    assert set(found["by_reader"]) == set(fulltext.READERS)
    assert 0.3 * found["searches"] < found["with_results"] < found["searches"]
    assert found["busy"] == 0
    assert found["all"]["p50_ms"] > 0
