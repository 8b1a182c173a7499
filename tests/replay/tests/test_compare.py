"""The comparison is itself checked: each fault planted in a transcript turns its own count red."""

from hypothesis import given
from hypothesis import strategies as st
from replay.compare import Said, Verdict, compare

SAID = [Said(str(n), "citizen" if n % 2 else "agent", f"tekst {n}") for n in range(6)]


def test_the_same_is_clean():
    assert compare(SAID, SAID) == Verdict()
    assert compare(SAID, SAID).clean


@given(st.integers(0, 5))
def test_a_missing_row_is_lost(n):
    assert compare(SAID, SAID[:n] + SAID[n + 1 :]) == Verdict(lost=1)


@given(st.integers(0, 5), st.integers(0, 6))
def test_a_row_twice_is_duplicated(n, at):
    found = [*SAID]
    found.insert(max(at, n + 1), SAID[n])

    assert compare(SAID, found) == Verdict(duplicated=1)


def test_a_row_nobody_sent_is_duplicated():
    assert compare(SAID, [*SAID, Said("x", "agent", "hei")]) == Verdict(duplicated=1)


@given(st.integers(0, 4))
def test_two_rows_swapped_are_reordered(n):
    found = [*SAID]
    found[n], found[n + 1] = found[n + 1], found[n]

    assert compare(SAID, found) == Verdict(reordered=1)


@given(st.integers(0, 5))
def test_a_changed_byte_or_sender_is_altered(n):
    for changed in (
        Said(SAID[n].id, SAID[n].sender, SAID[n].text + "\u200b"),
        Said(SAID[n].id, "system", SAID[n].text),
    ):
        found = [*SAID]
        found[n] = changed

        assert compare(SAID, found) == Verdict(altered=1)
