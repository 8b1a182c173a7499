"""Keys are read from texts, sign, and are told by their ids."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.seals.key import BadKey, PublicKey, SealKey

KEY = st.binary(min_size=32, max_size=32)


def text_of(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@given(KEY, st.binary(), st.binary(max_size=4))
def test_what_a_key_signed_is_known_by_its_public_half_alone(raw, data, more):
    key = SealKey.read(text_of(raw))
    public = PublicKey.read(str(key.public))

    assert public.id == key.public.id
    assert public.signed(data, key.sign(data))
    assert public.signed(data + more, key.sign(data)) == (more == b"")
    assert not SealKey(bytes(32)).public.signed(data, key.sign(data)) or raw == bytes(32)


@given(KEY, st.binary(min_size=32, max_size=32))
def test_the_salt_is_the_same_each_time_and_another_for_another_body(raw, gone):
    key = SealKey(raw)

    assert key.salt(gone) == key.salt(gone)
    assert len(key.salt(gone)) == 16
    assert key.salt(gone) != key.salt(gone[::-1] + b"x")


@pytest.mark.parametrize("text", ["", "kort", "ø" * 43, "=" * 43, text_of(b"x" * 31), "a" * 45])
def test_what_is_no_key_is_refused_without_being_repeated(text):
    for read in (SealKey.read, PublicKey.read):
        with pytest.raises(BadKey) as refused:
            read(text)
        assert not text or text not in str(refused.value)
