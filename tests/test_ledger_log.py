"""The readers of the log see what they are there to see."""

from ledger_log import Step, broken_epochs, most_at_once

QUIET = [
    Step("a", "offered", 0, "kari"),
    Step("a", "joined", 1, "kari"),
    Step("b", "offered", 0, "kari"),
    Step("b", "offer_ended", 0, "kari"),
    Step("a", "closed", 1),
    Step("c", "offered", 0, "ola"),
    Step("c", "joined", 1, "ola"),
    Step("c", "requeued", 2),
    Step("c", "taken_over", 3, "kari"),
]


def test_offers_and_ownerships_count_as_slots_until_they_end() -> None:
    assert most_at_once(QUIET) == {"kari": 2, "ola": 1}


def test_one_too_many_at_any_moment_is_seen() -> None:
    burst = [Step(name, "offered", 0, "kari") for name in "abcd"]

    assert most_at_once([*burst, Step("a", "offer_ended", 0, "kari")]) == {"kari": 4}


def test_an_epoch_that_stands_still_or_jumps_is_seen() -> None:
    assert broken_epochs(QUIET) == []
    assert broken_epochs([*QUIET, Step("c", "requeued", 3)]) == [Step("c", "requeued", 3)]
    assert broken_epochs([Step("a", "joined", 2, "kari")]) == [Step("a", "joined", 2, "kari")]
