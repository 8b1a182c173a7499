"""A Merkle tree over lines, as in RFC 6962: one hash stands for all of them, in their order.

Leaves and nodes are hashed with different first bytes, so that no node passes for a leaf. That a
line is in the tree can be shown by a few hashes, without showing any other line.
"""

import hashlib
from collections.abc import Sequence

_LEAF, _NODE = b"\x00", b"\x01"


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the hash of all leaves; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return _leaf(leaves[0])
    half = _half(len(leaves))
    return _node(root(leaves[:half]), root(leaves[half:]))


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root, the leaf's neighbour first.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*path(leaves[:half], index), root(leaves[half:])]
    return [*path(leaves[half:], index - half), root(leaves[:half])]


def leads_to(leaf: bytes, index: int, size: int, way: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf and its path lead to, None when the path has no such length."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return _leaf(leaf) if not way else None
    if not way:
        return None
    half = _half(size)
    if index < half:
        left = leads_to(leaf, index, half, way[:-1])
        return _node(left, way[-1]) if left else None
    right = leads_to(leaf, index - half, size - half, way[:-1])
    return _node(way[-1], right) if right else None


def _half(size: int) -> int:
    """Return the largest power of two that is smaller."""
    return 1 << (size - 1).bit_length() - 1


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(_LEAF + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
