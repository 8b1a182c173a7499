"""Why the chat is, or is not, on a page: what is read of it, what is fetched, and what is said."""

import asyncio
import json
import socket
from pathlib import Path

import httpx
import pytest
from gateway.core.embedding import LEVELS, Finding, Seen, judge, line_for
from gateway.core.markup import Markup, read_markup
from gateway.fetching import FetchError, fetch, is_public
from gateway.reading import UnreadableError, read_apart
from hypothesis import given
from hypothesis import strategies as st

import gateway

ORIGIN = "https://chat.example"
PAGE = "https://www.sarpsborg.example/kontakt/"
LINE = line_for(ORIGIN, "sarpsborg")


def findings(html: str, *headers: tuple[str, str]) -> list[Finding]:
    seen = Seen(PAGE, headers, read_markup(html.encode(), "utf-8"))
    return judge(seen, origin=ORIGIN, tenant="sarpsborg")


def codes(html: str, *headers: tuple[str, str]) -> list[str]:
    return [each.code for each in findings(html, *headers)]


def policy(text: str) -> tuple[str, str]:
    return ("content-security-policy", text)


def changed(old: str, new: str) -> str:
    assert old in LINE
    return LINE.replace(old, new)


@pytest.mark.parametrize(
    "html",
    [
        f"<head>{LINE}</head>",
        f"<p>tekst</p>{LINE}",
        f"<table><tr>{LINE}</table>",
        LINE.replace('"', ""),
        LINE.upper()
        .replace("HTTPS://CHAT.EXAMPLE/PREK.JS", f"{ORIGIN}/prek.js")
        .replace('"SARPSBORG"', "sarpsborg"),
        changed("async", "defer"),
        changed("async", 'type="module"'),
        changed("async", 'async crossorigin type="text/javascript"'),
        changed("https://chat", "//chat"),
        changed('/prek.js" data-tenant="sarpsborg"', '/prek.js?tenant=sarpsborg"'),
        f'<base href="{ORIGIN}/">{LINE.replace(ORIGIN + "/", "")}',
        f"<noscript>{LINE}</noscript>{LINE}",
    ],
)
def test_a_line_that_works_is_found(html):
    assert codes(html) == ["line_found", "policy_none"]


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<p>Ingenting</p>", "line_missing"),
        (f"<textarea>{LINE}</textarea>", "line_missing"),
        (f"<!-- {LINE} -->", "line_in_comment"),
        (f"<noscript>{LINE}</noscript>", "line_within"),
        (f"<template><div>{LINE}</div></template>", "line_within"),
        (changed("async", 'async type="text/plain"'), "line_held_back"),
        (changed("src=", "data-src="), "line_held_back"),
        (changed(ORIGIN, ""), "line_elsewhere"),
        (changed("chat.example", "old.example"), "line_elsewhere"),
        (changed("https:", "http:"), "line_insecure"),
        (changed("async", 'async integrity="sha384-x"'), "line_integrity"),
        (LINE + LINE, "line_twice"),
        (changed("async ", ""), "line_waits"),
        (changed(' data-tenant="sarpsborg"', ""), "tenant_missing"),
        (changed("sarpsborg", "halden"), "tenant_other"),
        (changed("async", 'async data-lang="de"'), "language_unknown"),
        (changed("async", 'async data-colour="blue"'), "colour_invalid"),
        (changed("async", 'async data-button="none"'), "button_absent"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(html, code):
    found = codes(html)
    assert code in found
    assert ("line_found" in found) is (LEVELS[code] != "error")


def test_a_page_with_an_opener_of_its_own_needs_no_button():
    html = changed("async", 'async data-button="none"') + "<a href=/kontakt data-prek-open>Prek</a>"
    assert codes(html) == ["line_found", "policy_none"]


@pytest.mark.parametrize(
    ("header", "html", "expected"),
    [
        (f"script-src {ORIGIN}; frame-src {ORIGIN}", LINE, {}),
        ("script-src 'self'", LINE, {"policy_script": "script-src"}),
        ("default-src 'self'", LINE, {"policy_script": "script-src", "policy_frame": "frame-src"}),
        (
            f"script-src-elem 'none'; frame-src {ORIGIN}",
            LINE,
            {"policy_script": "script-src-elem"},
        ),
        ("script-src 'nonce-a' 'strict-dynamic'", LINE, {"policy_nonce": "script-src"}),
        ("script-src 'nonce-a' 'strict-dynamic'", changed("async", "async nonce=a"), {}),
        ("script-src 'nonce-a' 'strict-dynamic'", "", {}),
    ],
)
def test_a_content_policy_is_told_what_it_lacks(header, html, expected):
    found = findings(html, policy(header))
    told = {f.code: f.values["directive"] for f in found if "directive" in f.values}
    assert told == expected
    assert ("policy_ok" in {f.code for f in found}) is not expected


def test_a_policy_in_the_page_counts_too():
    meta = '<meta http-equiv="Content-Security-Policy" content="frame-src \'none\'">'
    assert codes(meta + LINE) == ["line_found", "policy_frame"]


def test_headers_that_do_not_matter_are_said_not_to():
    found = codes(
        LINE, ("x-frame-options", "DENY"), ("cross-origin-embedder-policy", "credentialless")
    )
    assert found == ["line_found", "policy_none", "embedder_fine", "framing_fine"]


@given(st.text(max_size=300))
def test_no_page_breaks_the_reading(text):
    for html in (text, f"<script {text} src=/prek.js>", f"<base href='{text}'>{LINE}"):
        for each in findings(html, policy(text)):
            assert each.code in LEVELS


def test_every_finding_has_its_words_in_every_language():
    texts = json.loads((Path(gateway.__file__).parent / "check" / "texts.json").read_text("utf-8"))
    assert set(texts) == {"nb", "nn", "en"}
    for language in texts.values():
        assert set(language["findings"]) == set(LEVELS)
        assert set(language["page"]) == set(texts["nb"]["page"])
        for words in language["findings"].values():
            assert all(text.count("`") % 2 == 0 for text in words.values())


async def test_a_page_is_read_in_a_process_of_its_own():
    assert (await read_apart(LINE.encode(), None)).scripts == read_markup(
        LINE.encode(), None
    ).scripts
    assert await read_apart(b"", "no-such-charset") == Markup()


async def test_a_reader_that_is_kept_too_long_is_ended(monkeypatch):
    monkeypatch.setattr("gateway.reading.READ_S", 0.001)
    with pytest.raises(UnreadableError):
        await read_apart(b"<div>" * 100_000, "utf-8")


class Site:
    """A web server of raw answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[str] = []

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.origin = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader, writer) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.asked.append(request)
        answer = self.answers.get(request.split()[1])
        if answer is None:
            await reader.read()  # says nothing until the other side gives up
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    def page(self, html: str, path: str = "/", **headers: str) -> None:
        self.answer(path, 200, html.encode(), Content_Type="text/html; charset=utf-8", **headers)

    def answer(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = (
            f"HTTP/1.1 {status} X\r\n{told}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.answers[path] = head.encode() + body


@pytest.fixture
async def site():
    site = Site()
    await site.start()
    yield site
    await site.stop()


async def refused(address: str, *, trusted: bool = True) -> str:
    with pytest.raises(FetchError) as caught:
        await fetch(address, agent="test", trusted=trusted)
    return caught.value.code


async def test_a_page_is_fetched_with_nothing_of_ours(site):
    site.page("<p>hei</p>", X_Frame_Options="DENY")
    fetched = await fetch(f"{site.origin}/", agent="prek-sjekk/1", trusted=True)
    assert (fetched.body, fetched.cut) == (b"<p>hei</p>", False)
    assert fetched.header("x-frame-options") == "DENY"
    (request,) = site.asked
    sent = {line.split(":")[0].lower() for line in request.splitlines()[1:] if line}
    assert sent == {"host", "user-agent", "accept", "accept-language", "accept-encoding"}


async def test_a_redirect_is_followed_within_the_site_only(site):
    site.page("<p>hei</p>", "/nb/")
    site.answer("/", 302, Location="/nb/")
    assert (await fetch(f"{site.origin}/", agent="t", trusted=True)).address == f"{site.origin}/nb/"
    for target in (
        "http://127.0.0.1:1/",
        "https://evil.example/",
        "//evil.example",
        "file:///etc/passwd",
    ):
        site.answer("/", 301, Location=target)
        assert await refused(f"{site.origin}/") == "page_elsewhere"
    site.answer("/", 302, Location="/")
    assert await refused(f"{site.origin}/") == "page_unreachable"


async def test_what_is_no_page_is_not_read(site):
    site.answer("/", 200, b"{}", Content_Type="application/json")
    assert await refused(f"{site.origin}/") == "page_no_html"
    site.answer("/", 200, b"\x1f\x8b", Content_Type="text/html", Content_Encoding="gzip")
    assert await refused(f"{site.origin}/") == "page_packed"
    site.answer("/", 404)
    assert await refused(f"{site.origin}/") == "page_status"
    site.answers["/"] = b"SSH-2.0-OpenSSH\r\n"
    assert await refused(f"{site.origin}/") == "page_unreachable"


async def test_a_page_is_read_up_to_a_megabyte_and_waited_for_five_seconds(site, monkeypatch):
    site.page("x" * 1_500_000)
    fetched = await fetch(f"{site.origin}/", agent="t", trusted=True)
    assert (len(fetched.body), fetched.cut) == (1_000_000, True)
    monkeypatch.setattr("gateway.fetching.FETCH_S", 0.05)
    assert await refused(f"{site.origin}/silent") == "page_slow"


async def test_an_address_inside_is_not_asked(site):
    site.page("<p>hemmelig</p>")
    port = site.origin.rpartition(":")[2]
    for host in (
        "127.0.0.1",
        "localhost",
        "0x7f000001",
        "2130706433",
        "[::ffff:127.0.0.1]",
    ):
        code = await refused(f"http://{host}:{port}/", trusted=False)
        assert code in {"page_inside", "page_unreachable"}
    assert await refused(f"http://127.0.0.1:{port}/", trusted=False) == "page_inside"
    assert site.asked == []


async def test_a_name_is_looked_up_once_and_no_address_of_it_may_be_inside(site, monkeypatch):
    lookups = []

    async def resolve(host: str, port: int, **_: object) -> list[tuple]:
        lookups.append(host)
        each = [("93.184.215.14", port), ("10.0.0.1", port)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in each]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve, raising=False)
    assert await refused("http://rebound.example/", trusted=False) == "page_inside"
    assert lookups == ["rebound.example"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::", False),
        ("64:ff9b::10.0.0.1", False),
    ],
)
def test_what_is_of_the_public_internet(address, public):
    assert is_public(address) is public


@pytest.fixture
def changes(request):
    """The demonstration's site is one that the operator vouches for."""
    return {"page_origins": (request.getfixturevalue("site").origin, "http://page.example")}


@pytest.fixture
async def http(house):
    async with httpx.AsyncClient(base_url=house.address, trust_env=False) as client:
        yield client


async def asked(http, **fields) -> list[str]:
    answer = await http.post("/api/embedding", json={"tenant": "sarpsborg", **fields})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return [each["code"] for each in answer.json()["findings"]]


async def test_a_page_is_looked_at_from_its_address_alone(site, http):
    site.page(line_for("http://chat.example", "sarpsborg"))
    found = await asked(http, page=f"{site.origin}/")
    assert found == ["tenant_known", "origin_allowed", "line_found", "policy_none"]


async def test_a_page_that_may_not_show_the_chat_is_not_fetched(site, http):
    port = site.origin.rpartition(":")[2]
    for page in (
        "https://evil.example/",
        f"http://localhost:{port}/",
        f"{site.origin}.evil.example/",
        f"http://user@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://[::1",
        "http://127.0.0.1:99999/",
        f"{site.origin}/\r\nX: y",
    ):
        assert (await asked(http, page=page))[1] in {"origin_missing", "address_invalid"}
    assert await asked(http, tenant="nowhere", page=f"{site.origin}/") == ["tenant_unknown"]
    assert site.asked == []


async def test_the_path_of_an_address_cannot_break_out_of_its_request(site, http):
    site.page("", "/s%C3%B8k?q=%20%22")
    assert "line_missing" in await asked(http, page=f'{site.origin}/søk?q= "#del')
    assert site.asked[0].startswith("GET /s%C3%B8k?q=%20%22 HTTP/1.1\r\n")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_page_says_what_to_change_and_shows_what_it_was_given_as_text(
    site, http, language
):
    site.page(f'<script async src="{site.origin}/prek.js?<b>" data-tenant="<i>x"></script>')
    form = {"lang": language, "tenant": "sarpsborg", "page": f"{site.origin}/"}
    answer = await http.post("/sjekk", data=form)
    assert f'<html lang="{language}"' in answer.text
    assert "&lt;i&gt;x" in answer.text
    assert "<i>x" not in answer.text
    assert '<li class="error">' in answer.text
    shown = "&lt;script async src=&quot;http://chat.example/prek.js&quot;"
    assert shown in answer.text
    csp = answer.headers["content-security-policy"]
    assert "form-action 'self'" in csp
    assert "unsafe" not in csp
    assert "script-src" not in csp


async def test_the_page_takes_what_it_is_asked_with_as_text(http):
    hostile = '"><script>alert(1)</script>'
    for answer in (
        await http.get("/sjekk", params={"tenant": hostile, "page": hostile, "lang": hostile}),
        await http.post("/sjekk", data={"tenant": hostile, "page": hostile}),
    ):
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


async def test_nobody_checks_without_end(http):
    for _ in range(10):
        await http.post("/sjekk", data={"tenant": "nowhere", "page": "https://x.example/"})
    answer = await http.post("/sjekk", data={"tenant": "nowhere", "page": "https://x.example/"})
    assert answer.status_code == 429
    assert 'role="alert"' in answer.text
    refusal = await http.post("/api/embedding", json={"tenant": "x", "page": "y"})
    assert (refusal.status_code, refusal.json()) == (429, {"code": "rate_limited"})
    assert int(refusal.headers["retry-after"]) > 0


async def test_what_is_no_question_is_refused(http):
    for body in (b"", b"[]", b"{}", b'{"tenant":1}', b"x" * 10_000):
        answer = await http.post("/api/embedding", content=body)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("identity", False),
        ("gzip;q=0", False),
        ("", False),
    ],
)
async def test_a_file_is_packed_for_who_can_unpack_it(http, accepts, packed):
    whole = (Path(gateway.__file__).parent / "demo" / "demo.css").stat().st_size
    async with http.stream("GET", "/demo/demo.css", headers={"Accept-Encoding": accepts}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["vary"] == "Accept-Encoding"
    assert ("content-encoding" in answer.headers) is packed
    assert (len(raw) < whole) is packed
    again = {"Accept-Encoding": accepts, "If-None-Match": answer.headers["etag"]}
    assert (await http.get("/demo/demo.css", headers=again)).status_code == 304
    assert answer.headers["etag"].endswith('-gzip"') is packed


async def test_isolated_pages_and_modules_may_have_the_chat_too(http):
    loader = (await http.get("/prek.js")).headers
    frame = (await http.get("/widget/frame.html")).headers

    assert loader["access-control-allow-origin"] == "*"
    assert loader["cross-origin-resource-policy"] == "cross-origin"
    assert frame["cross-origin-embedder-policy"] == "require-corp"
    assert frame["cross-origin-resource-policy"] == "cross-origin"
    assert "access-control-allow-origin" not in frame
