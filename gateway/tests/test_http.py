"""What the door serves over plain HTTP."""

from uuid import uuid4

import httpx
import pytest
from gateway.api import widget
from services.clock import utc_now
from services.tokens import Signer

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def http(house):
    async with httpx.AsyncClient(base_url=house.address, trust_env=False) as client:
        yield client


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A widget that has been built."""
    for name in ("prek.js", "frame.html", "frame.js", "frame.css", "answer.html"):
        (tmp_path / name).write_text(f"/* {name} */")
    monkeypatch.setattr(widget, "FOLDER", tmp_path)
    return tmp_path


async def test_the_loader_is_cached_for_five_minutes_and_revalidated(built, http):
    answer = await http.get("/prek.js")
    assert answer.text == "/* prek.js */"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    again = await http.get("/prek.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    (built / "prek.js").write_text("/* a new build */")
    assert (await http.get("/prek.js")).headers["etag"] != answer.headers["etag"]


async def test_the_frame_may_be_embedded_by_the_municipalitys_pages_only(built, house, http):
    await (await house.client()).hello()  # by now the directory is known
    answer = await http.get("/widget/frame.html", params={"tenant": "sarpsborg"})
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws://chat.example"
    assert policy["frame-ancestors"].split() == [
        "http://chat.example",
        "http://page.example",
        "https://www.sarpsborg.example",
    ]
    assert policy["require-trusted-types-for"] == "'script'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_the_page_of_a_written_answer_is_framed_by_nobody_and_tells_nobody_its_link(
    built, http
):
    answer = await http.get("/svar", params={"lang": "nn"})
    assert answer.text == "/* answer.html */"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fprek.js", ".", "%2e%2e"])
async def test_nothing_outside_the_widgets_folder_is_served(built, http, name):
    assert (await http.get(f"/widget/{name}")).status_code in {404, 307}


async def test_a_closed_conversation_can_be_had_in_writing(house, http):
    client = await house.client()
    await client.hello()
    conversation = await client.open()
    await client.say("end", id=str(uuid4()))
    token = (await client.until("status", state="closed"))["token"]
    answer = await http.get(
        f"/copy/{conversation}",
        params={"format": "txt"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.text == "Hei\n"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["cache-control"] == "no-store"
    (asked,) = house.transcript
    assert asked.url.path == f"/internal/v1/conversations/{conversation}/transcript"
    inner = Signer(KEY, utc_now).verify("transcript", asked.headers["authorization"][7:])
    assert inner["tenant"] == "sarpsborg"
    assert inner["scope"] == "dialogue"
    assert inner["conversation"] == str(conversation)


async def test_a_copy_token_opens_its_own_conversation_only(house, http):
    signer = Signer(KEY, utc_now)
    claims = {"tenant": "sarpsborg", "conversation": str(uuid4())}
    for token in (
        signer.sign("copy", claims, ttl_s=60),
        signer.sign("citizen", claims, ttl_s=60),
        "forged",
    ):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await http.get(f"/copy/{uuid4()}", headers=headers)
        assert answer.status_code == 401
        assert answer.json() == {"code": "token_invalid"}
    assert house.transcript == []


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [
        ("/demo/", "nb", "Start en samtale"),
        ("/demo/nn/", "nn", "Start ein samtale"),
        ("/demo/en/", "en", "Start a conversation"),
    ],
)
async def test_the_demonstration_page_embeds_the_widget_in_one_line(http, path, language, words):
    answer = await http.get(path)
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text
    line = '<script async src="http://chat.example/prek.js" data-tenant="sarpsborg"></script>'
    assert line in answer.text
    policy = answer.headers["content-security-policy"]
    assert "script-src http://chat.example;" in policy
    assert "frame-src http://chat.example" in policy
    assert "unsafe" not in policy


async def test_the_demonstration_page_finds_its_files(http):
    for name, kind in (("demo.css", "text/css"), ("foss.svg", "image/svg+xml")):
        answer = await http.get(f"/demo/{name}")
        assert answer.headers["content-type"].startswith(kind)
    for name in ("texts.json", "page.html", "xx/"):
        assert (await http.get(f"/demo/{name}")).status_code == 404


async def test_readiness_tells_of_the_broker(house, http):
    assert (await http.get("/readyz")).status_code == 200
    house.broker.stop()
    answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == {"bus": "broker"}
    assert (await http.get("/healthz")).status_code == 200


async def test_the_protocol_is_documented(http):
    assert "/openapi.json" in (await http.get("/api/docs")).text
    assert "/copy/{conversation}" in (await http.get("/openapi.json")).json()["paths"]


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [("to_archive", "to_archive"), ("erasing", "erasing"), ("<script>", None), ("", None)],
)
async def test_what_becomes_of_a_wish_to_be_forgotten_is_told_beside_the_copy(
    house, http, said, passed_on
):
    house.archive = lambda _: httpx.Response(200, text="Hei", headers={"Prek-Forget": said})
    conversation = uuid4()
    claims = {"tenant": "sarpsborg", "conversation": str(conversation)}
    token = Signer(KEY, utc_now).sign("copy", claims, ttl_s=60)
    headers = {"Authorization": f"Bearer {token}"}
    answer = await http.get(f"/copy/{conversation}", headers=headers)

    assert answer.headers.get("Prek-Forget") == passed_on
