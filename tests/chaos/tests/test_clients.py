"""What a client shows: a faithful one each event once, a heedless one whatever comes."""

from chaos.clients import Heedless, Told
from hypothesis import given
from hypothesis import strategies as st

SEQS = st.lists(st.integers(1, 12), max_size=40)


def shown(kind: type[Told], seqs: list[int]) -> list[int]:
    found: list[int] = []
    sequence = kind(lambda event: found.append(event["seq"]))
    for seq in seqs:
        sequence.take({"seq": seq})
    return found


@given(SEQS)
def test_a_faithful_client_shows_a_gapless_beginning_of_the_stream(seqs):
    found = shown(Told, seqs)

    assert found == list(range(1, len(found) + 1))
    assert len(found) + 1 not in seqs


@given(SEQS)
def test_a_heedless_client_shows_everything(seqs):
    assert shown(Heedless, seqs) == seqs
