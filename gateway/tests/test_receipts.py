"""A receipt's secret is computed from its number, typed by people, and opens nothing else."""

from gateway.core.receipts import ALPHABET, number_of, opens, secret_of
from hypothesis import given
from hypothesis import strategies as st

KEY = "0123456789abcdef0123456789abcdef"
LETTERS = st.text(ALPHABET, min_size=8, max_size=8)
NUMBERS = st.builds(lambda code: f"OI-{code[:4]}-{code[4:]}", LETTERS)


def test_a_secret_is_the_same_for_ever():
    assert secret_of(KEY, "sarpsborg", "SA-0123-4567") == "9J89-KPFA-JHES-XX1X"


@given(NUMBERS)
def test_a_secret_is_four_groups_of_four_letters(number):
    groups = secret_of(KEY, "oslo", number).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(ALPHABET)


@given(NUMBERS, st.data())
def test_what_people_type_is_read_as_meant(number, data):
    def typed(text: str) -> str:
        for letter, lookalikes in (("0", "0oO"), ("1", "1iIlL"), ("-", ["-", " ", "", "–", "."])):
            text = text.replace(letter, data.draw(st.sampled_from(list(lookalikes))))
        return data.draw(st.sampled_from([text, text.lower(), f"  {text}\n"]))

    secret = secret_of(KEY, "oslo", number)
    place, code = number[:3], number[3:]
    assert number_of(place + typed(code)) == number
    assert opens(KEY, "oslo", number, typed(secret))


@given(NUMBERS, NUMBERS, st.sampled_from(["oslo", "oslos"]))
def test_a_secret_opens_its_own_receipt_only(number, other, tenant):
    secret = secret_of(KEY, "oslo", number)
    assert opens(KEY, tenant, other, secret) == ((tenant, other) == ("oslo", number))
    assert not opens(KEY[::-1], "oslo", number, secret)


@given(st.text(), st.text())
def test_nothing_else_opens_anything(number, secret):
    assert not opens(KEY, "oslo", number_of(number), secret)
