"""Excerpts: the text's own words, the hits marked, and never more than a few."""

from hypothesis import given
from hypothesis import strategies as st
from transcript_service.search.asked import read
from transcript_service.search.document import Said
from transcript_service.search.excerpts import MOST, excerpts
from transcript_service.search.words import tokens

words = st.lists(
    st.sampled_from(["skole", "plass", "hei", "👍", "x" * 900, "\n", "a-b"]), max_size=80
)


def parts_of(*texts):
    return [Said("dialogue", n, text, tokens(text)) for n, text in enumerate(texts, 1)]


def found_in(question, *texts):
    asked, parts = read(question), parts_of(*texts)
    stems = {token.word: token.word for part in parts for token in part.tokens}
    return excerpts(asked, parts, stems | {word: word for word in asked.words()})


def shown(excerpt):
    return "".join(part["text"] for part in excerpt["parts"])


@given(st.lists(words, max_size=5))
def test_an_excerpt_is_the_texts_own_words_with_the_hits_marked(texts):
    said = [" ".join(each) for each in texts]
    found = found_in("skole plass", *said)

    assert len(found) <= MOST
    assert bool(found) == any("skole" in text or "plass" in text for text in said)
    for excerpt in found:
        text = said[excerpt["seq"] - 1]
        inside = shown(excerpt).removeprefix("… ").removesuffix(" …")
        assert inside in text
        assert len(inside) <= 400
        hits = [part["text"] for part in excerpt["parts"] if part["hit"]]
        assert hits
        assert set(hits) <= {"skole", "plass"}


def test_the_event_with_most_of_the_words_is_shown_in_the_conversations_order():
    found = found_in("skole plass", "skole", "plass til skole", "skole skole", "plass plass plass")

    assert [excerpt["seq"] for excerpt in found] == [2, 4]


def test_a_long_text_is_cut_around_the_hit():
    (found,) = found_in("skole", f"{'ord ' * 50}skole {'ord ' * 50}")

    assert found["parts"][0] == {"text": "… ", "hit": False}
    assert found["parts"][-1] == {"text": " …", "hit": False}
    assert [part["text"] for part in found["parts"] if part["hit"]] == ["skole"]
