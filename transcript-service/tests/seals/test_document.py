"""A seal is read as it was written, and every change of it is noticed."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.seals.document import (
    BadSeal,
    Seal,
    chain_faults,
    day_period,
    make_seal,
    until_now,
)
from transcript_service.seals.folder import Folder, read
from transcript_service.seals.key import SealKey, keys_of
from transcript_service.seals.sealed_days import compare

KEY = SealKey(b"k" * 32)
OTHER = SealKey(b"o" * 32)
KEYS = keys_of([KEY.public])
NOW = datetime(2026, 11, 28, 0, 2, tzinfo=UTC)
DAY = day_period(date(2026, 11, 27))
IDS = st.sampled_from(["a", "b", "c"])
HASH = st.sampled_from(["00", "11", "22"])
HEADS = st.dictionaries(st.tuples(IDS, IDS, IDS), st.tuples(st.integers(1, 3), HASH), max_size=6)


def lines_of(heads):
    return [("head", *key, *value) for key, value in heads.items()]


def seal_of(lines, number=1, previous="", key=KEY, period=DAY):
    return make_seal(key, number, period, NOW, previous, lines)


@given(HEADS)
def test_a_seal_is_read_as_it_was_written(heads):
    seal = seal_of(lines_of(heads))

    assert Seal.read(seal.text()) == seal
    assert list(seal.faults(KEYS)) == []
    assert list(compare(seal, seal.lines, lines_of(heads), {})) == []


@given(HEADS, st.data())
def test_no_byte_of_a_seal_can_be_another(heads, data):
    text = seal_of(lines_of(heads)).text()
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from('0a1b[]{},": \n'))
    changed = text[:at] + other + text[at + 1 :]
    try:
        faults = list(Seal.read(changed).faults(KEYS))
    except BadSeal:
        faults = ["unreadable"]

    assert bool(faults) == (changed != text)


@given(HEADS, HEADS)
def test_the_ledger_agrees_with_a_seal_only_if_it_is_the_same(sealed, there):
    seal = seal_of(lines_of(sealed))

    differing = {key for key in {*sealed, *there} if sealed.get(key) != there.get(key)}
    assert len(list(compare(seal, seal.lines, lines_of(there), {}))) == len(differing)


def test_a_tombstone_accounts_for_what_is_missing_if_it_is_not_at_odds_with_the_seal():
    seal = seal_of([("head", "t", "c", "dialogue", 3, "33")])

    def faults(stones):
        return list(compare(seal, seal.lines, [], stones))

    assert faults({}) == ["t c dialogue 3: was sealed on 2026-11-27, and is not there"]
    assert faults({("t", "c"): {"dialogue": (3, "33")}}) == []
    assert faults({("t", "c"): {"dialogue": (4, "44")}}) == []
    odd = ["t c dialogue 3: its tombstone is at odds with the seal of 2026-11-27"]
    assert faults({("t", "c"): {"dialogue": (3, "00")}}) == odd
    assert faults({("t", "c"): {"dialogue": (2, "22")}}) == odd
    assert faults({("t", "c"): {}}) == odd


def test_another_key_vouches_for_nothing():
    assert list(seal_of([], key=OTHER).faults(KEYS)) == [
        f"is signed by the key {OTHER.public.id}, which nobody named"
    ]


def test_a_seal_that_was_edited_and_hashed_anew_is_not_signed():
    seal = seal_of([("head", "t", "c", "dialogue", 3, "33")])
    forged = make_seal(OTHER, 1, DAY, NOW, "", [("head", "t", "c", "dialogue", 2, "22")])
    text = forged.text().replace(OTHER.public.id, KEY.public.id)
    assert text != seal.text()

    assert list(Seal.read(text).faults(KEYS)) == ["is not the one that was signed"]


def test_seals_follow_each_other():
    first = seal_of([])
    second = seal_of([], 2, first.hash)

    assert list(chain_faults(None, first)) == list(chain_faults(first, second)) == []
    assert list(chain_faults(None, second)) == ["is number 2 and follows number 0"]
    assert list(chain_faults(second, first)) == ["is number 1 and follows number 2"]
    assert list(chain_faults(seal_of([("tombstone", "t", "c", "0")]), second)) == [
        "does not follow the one before it"
    ]


def test_a_seal_is_never_overwritten_and_lies_under_its_day(tmp_path):
    folder = Folder(tmp_path / "seals")
    by_hand = seal_of([], 1, period=until_now(DAY.since, datetime(2026, 11, 27, 8, tzinfo=UTC)))
    day = seal_of([], 2, by_hand.hash)
    assert folder.newest() is None
    folder.add(by_hand)
    path = folder.add(day)
    folder.add_key(KEY.public)
    folder.add_key(KEY.public)
    with pytest.raises(FileExistsError):
        folder.add(seal_of([("tombstone", "t", "c", "0")], 2))

    assert path == tmp_path / "seals" / "2026" / "2026-11-27.json"
    assert [read(file).number for file in folder.files()] == [1, 2]
    assert folder.newest() == day
    assert set(folder.keys()) == {KEY.public.id}
    assert not [file for file in path.parent.iterdir() if file.name.startswith(".")]
    json.loads(path.read_text())


def test_a_seal_under_another_name_or_of_another_form_cannot_be_read(tmp_path):
    folder = Folder(tmp_path)
    path = folder.add(seal_of([]))
    other = path.with_name("2026-11-28.json")
    path.rename(other)
    with pytest.raises(BadSeal):
        read(other)
    other.write_text(other.read_text().replace("{", "{ ", 1))
    other.rename(path)
    with pytest.raises(BadSeal):
        read(path)
