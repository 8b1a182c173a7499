"""One hash stands for all lines in their order, and for no others."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st
from transcript_service.seals.tree import leads_to, path, root

LINES = st.lists(st.binary(max_size=8), max_size=40)


def test_the_root_is_that_of_rfc_6962():
    """The hashes that its text gives rise to, by hand."""

    def leaf(data):
        return hashlib.sha256(b"\x00" + data).digest()

    def node(left, right):
        return hashlib.sha256(b"\x01" + left + right).digest()

    three = node(node(leaf(b"a"), leaf(b"b")), leaf(b"c"))

    assert root([]) == hashlib.sha256(b"").digest()
    assert root([b"a"]) == leaf(b"a")
    assert root([b"a", b"b", b"c"]) == three
    assert root([b"a", b"b", b"c", b"d", b"e"]) == node(
        node(node(leaf(b"a"), leaf(b"b")), node(leaf(b"c"), leaf(b"d"))), leaf(b"e")
    )


@given(LINES, LINES)
def test_other_lines_have_another_root(some, others):
    assert (root(some) == root(others)) == (some == others)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_every_line_leads_to_the_root_and_no_other_does(lines, data):
    index = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.binary(max_size=8))
    way = path(lines, index)

    assert leads_to(lines[index], index, len(lines), way) == root(lines)
    assert (leads_to(other, index, len(lines), way) == root(lines)) == (other == lines[index])
    assert leads_to(lines[index], index, len(lines), [*way, b"x" * 32]) != root(lines)
