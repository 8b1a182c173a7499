"""What a provider says is believed when everything in it is right, and else never."""

import base64
import contextlib
import hashlib

import pytest
from agent_service.core.grants import Grant, granted
from agent_service.core.identity import (
    LOGOUT_EVENT,
    Expected,
    Fault,
    check_id_token,
    check_logout_token,
    check_response_issuer,
    groups_of,
)
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import AgentProfile

NOW = 1_800_000_000
US = Expected("https://issuer.example", "prek", acr=("high",))
GOOD = {
    "iss": "https://issuer.example",
    "aud": "prek",
    "sub": "kari",
    "iat": NOW,
    "exp": NOW + 300,
    "nonce": "n",
    "acr": "high",
}
LOGOUT = {
    "iss": "https://issuer.example",
    "aud": ["prek"],
    "iat": NOW,
    "exp": NOW + 120,
    "jti": "once",
    "sub": "kari",
    "sid": "session",
    "events": {LOGOUT_EVENT: {}},
}
GONE = Ellipsis


def changed(claims, change):
    return {name: value for name, value in (claims | change).items() if value is not GONE}


def half(token, made=hashlib.sha256):
    whole = made(token.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


def check(claims, *, algorithm="RS256", nonce="n", subject=None):
    return check_id_token(
        claims,
        US,
        now=NOW,
        algorithm=algorithm,
        nonce=nonce,
        access_token="token",
        subject=subject,
    )


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"aud": ["prek"]},
        {"aud": ["prek", "other"], "azp": "prek"},
        {"azp": "prek"},
        {"at_hash": half("token")},
        {"exp": NOW - 59},
        {"iat": NOW + 60},
        {"iat": NOW - 600},
        {"nbf": NOW + 60},
    ],
    ids=str,
)
def test_a_token_in_order_says_who_it_is(change):
    assert check(changed(GOOD, change)) == "kari"


WRONG = [
    ({"iss": GONE}, "wrong_issuer"),
    ({"iss": "https://issuer.example/"}, "wrong_issuer"),
    ({"iss": ["https://issuer.example"]}, "wrong_issuer"),
    ({"aud": GONE}, "wrong_audience"),
    ({"aud": "other"}, "wrong_audience"),
    ({"aud": []}, "wrong_audience"),
    ({"aud": {"prek": 1}}, "wrong_audience"),
    ({"aud": ["prek", "other"]}, "wrong_party"),
    ({"aud": ["prek", "other"], "azp": "other"}, "wrong_party"),
    ({"azp": "other"}, "wrong_party"),
    ({"exp": GONE}, "expired"),
    ({"exp": NOW - 60}, "expired"),
    ({"exp": "later"}, "expired"),
    ({"exp": True}, "expired"),
    ({"iat": GONE}, "wrong_time"),
    ({"iat": NOW + 61}, "wrong_time"),
    ({"iat": NOW - 601}, "wrong_time"),
    ({"nbf": NOW + 61}, "wrong_time"),
]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *WRONG,
        ({"sub": GONE}, "wrong_subject"),
        ({"sub": ""}, "wrong_subject"),
        ({"sub": 7}, "wrong_subject"),
        ({"nonce": GONE}, "wrong_nonce"),
        ({"nonce": "m"}, "wrong_nonce"),
        ({"nonce": 7}, "wrong_nonce"),
        ({"nonce": "å"}, "wrong_nonce"),
        ({"at_hash": half("other")}, "wrong_at_hash"),
        ({"at_hash": None}, "wrong_at_hash"),
        ({"acr": GONE}, "wrong_acr"),
        ({"acr": "low"}, "wrong_acr"),
        ({"acr": ["high"]}, "wrong_acr"),
    ],
    ids=str,
)
def test_each_fault_of_an_id_token_has_its_code(change, code):
    with pytest.raises(Fault) as refused:
        check(changed(GOOD, change))

    assert refused.value.code == code


def test_the_hash_of_the_access_token_goes_by_the_signatures_algorithm():
    longer = GOOD | {"at_hash": half("token", hashlib.sha512)}

    assert check(longer, algorithm="ES512") == "kari"
    with pytest.raises(Fault):
        check(longer, algorithm="RS256")
    with pytest.raises(Fault):
        check(longer, algorithm="EdDSA")


def test_a_refreshed_session_is_the_same_persons():
    assert check(changed(GOOD, {"nonce": GONE}), nonce=None, subject="kari") == "kari"
    with pytest.raises(Fault, match="wrong_subject"):
        check(GOOD, nonce=None, subject="ola")


@pytest.mark.parametrize(
    ("change", "who"),
    [
        ({}, ("kari", "session")),
        ({"sid": GONE}, ("kari", None)),
        ({"sub": GONE}, (None, "session")),
    ],
    ids=str,
)
def test_a_logout_token_names_a_person_a_session_or_both(change, who):
    told = check_logout_token(changed(LOGOUT, change), US, now=NOW)

    assert (told.subject, told.sid) == who
    assert told.jti == "once"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *WRONG,
        ({"events": GONE}, "no_logout"),
        ({"events": {}}, "no_logout"),
        ({"events": [LOGOUT_EVENT]}, "no_logout"),
        ({"events": {LOGOUT_EVENT: True}}, "no_logout"),
        ({"nonce": "n"}, "has_nonce"),
        ({"nonce": None}, "has_nonce"),
        ({"jti": GONE}, "no_jti"),
        ({"jti": 7}, "no_jti"),
        ({"sub": GONE, "sid": GONE}, "wrong_subject"),
    ],
    ids=str,
)
def test_each_fault_of_a_logout_token_has_its_code(change, code):
    with pytest.raises(Fault) as refused:
        check_logout_token(changed(LOGOUT, change), US, now=NOW)

    assert refused.value.code == code


@given(st.dictionaries(st.sampled_from([*GOOD, *LOGOUT]), st.none() | st.integers() | st.text()))
def test_whatever_is_changed_into_something_else_is_refused_or_harmless(change):
    for claims, judge in ((GOOD, check), (LOGOUT, lambda c: check_logout_token(c, US, now=NOW))):
        said = claims | change
        with contextlib.suppress(Fault):
            judge(said)
            assert (said["iss"], said["aud"]) == (claims["iss"], claims["aud"])


def test_the_responses_issuer_is_checked_where_it_is_given_and_missed_where_it_is_promised():
    check_response_issuer(None, "i", promised=False)
    check_response_issuer("i", "i", promised=True)
    for said, promised in ((None, True), ("j", True), ("j", False), ("", False)):
        with pytest.raises(Fault):
            check_response_issuer(said, "i", promised=promised)


def test_groups_are_a_list_or_a_single_one():
    assert groups_of({"groups": ["a", 7, "b"]}, "groups") == ("a", "b")
    assert groups_of({"groups": "a"}, "groups") == ("a",)
    assert groups_of({"groups": {"a": 1}}, "groups") == ()
    assert groups_of({}, "groups") == ()


NAMES = st.sampled_from(["servicetorget", "byggesak", "barnevern"])
ROLES = st.frozensets(st.sampled_from(["agent", "leader", "admin"]))
GRANTS = st.builds(Grant, ROLES, st.none() | st.frozensets(NAMES))
TABLES = st.dictionaries(st.sampled_from("abcd"), GRANTS)
PROFILES = st.builds(
    AgentProfile,
    id=st.just("kari"),
    name=st.just("Kari N."),
    departments=st.frozensets(NAMES).map(tuple),
    roles=ROLES.map(tuple),
)


@given(st.lists(st.sampled_from("abcdxy")), TABLES, PROFILES)
def test_nobody_has_anything_that_no_group_of_theirs_allows(groups, table, profile):
    grant = granted(groups, table)
    held = [table[group] for group in groups if group in table]

    assert (grant is None) == (not held)
    if grant is not None and grant.covers(profile):
        assert all(any(role in g.roles for g in held) for role in profile.roles)
        assert all(
            any(g.departments is None or name in g.departments for g in held)
            for name in profile.departments
        )


@given(st.lists(st.sampled_from("abcdxy")), st.sampled_from("abcd"), TABLES, PROFILES)
def test_one_more_group_takes_nothing_away(groups, more, table, profile):
    before, after = granted(groups, table), granted([*groups, more], table)

    if before is not None and before.covers(profile):
        assert after is not None
        assert after.covers(profile)


AGENTS = Grant(frozenset({"agent"}), frozenset({"servicetorget"}))
BUILDING = Grant(frozenset({"agent"}), frozenset({"byggesak"}))
LEADERS = Grant(frozenset({"leader"}), None)
TABLE = {"a": AGENTS, "b": BUILDING, "l": LEADERS}


@pytest.mark.parametrize(
    ("groups", "roles", "departments", "may"),
    [
        ("a", ("agent",), ("servicetorget",), True),
        ("a", ("agent",), (), True),
        ("a", ("agent",), ("byggesak",), False),
        ("a", ("agent",), ("servicetorget", "byggesak"), False),
        ("ab", ("agent",), ("servicetorget", "byggesak"), True),
        ("ba", ("agent",), ("servicetorget",), True),
        ("a", ("agent", "leader"), ("servicetorget",), False),
        ("l", ("agent", "leader"), ("servicetorget",), False),
        ("al", ("agent", "leader"), ("byggesak",), True),
    ],
)
def test_all_of_somebodys_groups_count_together(groups, roles, departments, may):
    profile = AgentProfile(id="kari", name="Kari N.", roles=roles, departments=departments)
    grant = granted(groups, TABLE)

    assert grant is not None
    assert grant.covers(profile) is may
