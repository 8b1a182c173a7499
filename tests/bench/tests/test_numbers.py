"""The bench of the numbers, in small: it makes what it says, and what it made is counted."""

import pytest
from native.infrastructure import Infrastructure

from bench import numbers

pytestmark = pytest.mark.integration


async def test_what_was_made_is_counted_and_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(numbers, "TIMES", 1)
    parts = Infrastructure(tmp_path / "run")
    try:
        parts.postgresql.prepare()
        parts.start_part("database")
        parts.postgresql.furnish()
        await numbers.migrated(parts)
        found = await numbers.measure(parts, 0.0005)
    finally:
        parts.remove()

    assert found["municipalities"] == 357
    # The last hours of the year are the next one's in Norway.
    assert 0.99 < found["counted"] / found["conversations"] <= 1
    assert found["rows"]["counted_enquiry"] == found["conversations"]
    assert found["year_of_all"]["p50_ms"] > 0
