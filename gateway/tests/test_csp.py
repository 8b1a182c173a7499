"""A page's content policy, against what browsers make of it."""

import pytest
from gateway.core.csp import Wanted, blocked, policies, sandboxed
from hypothesis import given
from hypothesis import strategies as st

PAGE = "https://www.sarpsborg.example/kontakt"
LOADER = "https://chat.sarpsborg.example/prek.js"
FRAME = "https://chat.sarpsborg.example/widget/frame.html"


def loads(policy: str, *, page: str = PAGE, script: str = LOADER, **how) -> bool:
    return not blocked(page, Wanted("script", script, **how), policies([policy]))


def frames(policy: str) -> bool:
    return not blocked(PAGE, Wanted("frame", FRAME), policies([policy]))


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "img-src 'self'",
        "script-src *",
        "script-src https:",
        "script-src http:",
        "script-src https://chat.sarpsborg.example",
        "script-src http://chat.sarpsborg.example",
        "script-src chat.sarpsborg.example",
        "SCRIPT-SRC CHAT.Sarpsborg.Example",
        "script-src *.sarpsborg.example",
        "script-src https://chat.sarpsborg.example:443",
        "script-src chat.sarpsborg.example:*",
        "script-src chat.sarpsborg.example:80",
        "script-src chat.sarpsborg.example/",
        "script-src chat.sarpsborg.example/prek.js",
        "script-src chat.sarpsborg.example/%70rek.js",
        "default-src 'none'; script-src chat.sarpsborg.example",
        "script-src 'none' https://chat.sarpsborg.example",
        "script-src 'none'; script-src-elem chat.sarpsborg.example",
        "script-src chat.sarpsborg.example; script-src 'none'",
        "frame-src 'none'",
        "default-src chat.sarpsborg.example",
    ],
)
def test_the_loader_may_be_loaded(policy):
    assert loads(policy)


@pytest.mark.parametrize(
    "policy",
    [
        "script-src",
        "script-src 'none'",
        "script-src 'self'",
        "script-src 'unsafe-inline' 'unsafe-eval'",
        "script-src *.chat.sarpsborg.example",
        "script-src sarpsborg.example",
        "script-src chat.sarpsborg.example.evil.example",
        "script-src chat.sarpsborg.example:8443",
        "script-src chat.sarpsborg.example/js/",
        "script-src chat.sarpsborg.example/prek",
        "script-src ftp:",
        "default-src 'self'",
        "script-src chat.sarpsborg.example; script-src-elem 'self'",
        "script-src 'none', script-src chat.sarpsborg.example",
        "script-src 'nonce-abc' https://other.example",
        "script-src 'strict-dynamic' 'nonce-abc' https://chat.sarpsborg.example",
        "script-src 'Strict-Dynamic' https:",
    ],
)
def test_the_loader_may_not_be_loaded(policy):
    assert not loads(policy)


def test_a_nonce_is_worth_what_the_header_says():
    policy = "script-src 'nonce-abc' 'strict-dynamic'"
    assert loads(policy, nonce="abc")
    assert not loads(policy, nonce="ABC")
    assert not loads(policy)
    assert loads("script-src 'nonce-abc'", nonce="abc")


def test_what_a_trusted_script_inserts_is_trusted_where_that_is_dynamic():
    assert loads("script-src 'nonce-abc' 'strict-dynamic'", in_markup=False)
    assert not loads("script-src 'nonce-abc'", in_markup=False)


@pytest.mark.parametrize(
    ("policy", "may"),
    [
        ("frame-src https://chat.sarpsborg.example", True),
        ("child-src https://chat.sarpsborg.example", True),
        ("default-src https://chat.sarpsborg.example", True),
        ("frame-src 'none'; child-src https://chat.sarpsborg.example", False),
        ("child-src 'self'; default-src *", False),
        ("default-src 'self' 'nonce-abc' 'strict-dynamic'", False),
        ("script-src 'none'", True),
        ("frame-src https://chat.sarpsborg.example/widget/", True),
        ("frame-src https://chat.sarpsborg.example/prek.js", False),
    ],
)
def test_the_frame_falls_back_by_its_own_directives(policy, may):
    assert frames(policy) is may


def test_self_is_the_pages_own_origin_or_its_safer_twin():
    own = "https://www.sarpsborg.example/prek.js"
    assert loads("script-src 'self'", script=own)
    assert loads("script-src 'self'", script=own, page="http://www.sarpsborg.example/")
    assert not loads("script-src 'self'", script=own, page="https://www.sarpsborg.example:8443/")


def test_every_policy_has_to_be_satisfied():
    both = policies(["script-src *", "script-src 'self'"], ["script-src 'none'"])
    found = blocked(PAGE, Wanted("script", LOADER), both)
    assert [each.sources for each in found] == [("'self'",), ("'none'",)]


def test_a_page_in_a_sandbox_lacks_what_the_chat_needs_but_not_by_a_meta_element():
    assert sandboxed(policies(["sandbox"]))
    assert sandboxed(policies(["sandbox allow-scripts"]))
    assert not sandboxed(policies(["sandbox allow-scripts allow-same-origin allow-forms"]))
    assert not sandboxed(policies([], ["sandbox"]))


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_header_breaks_the_reading(header, nonce):
    read = policies([header], [header])
    for wanted in (Wanted("script", LOADER, nonce=nonce), Wanted("frame", FRAME)):
        assert set(blocked(PAGE, wanted, [*read, *read])) == set(blocked(PAGE, wanted, read))


@given(st.lists(st.sampled_from(["'self'", "https://a.example", "*.b.example", "http:"])))
def test_a_further_source_never_forbids(sources):
    text = " ".join(sources)
    assert loads(f"script-src {text} chat.sarpsborg.example")
    if loads(f"script-src {text}"):
        assert loads(f"script-src {text} 'self'")
