"""The emergency switch: one command on, one off; everybody sees it, and the books say who."""

import asyncio

import pytest

BANNER = {"nb": "Kok vannet", "nn": "Kok vatnet", "en": "Boil the water"}
ON = {"banner": BANNER, "topic": "garasje", "borrowed": ["byggesak"]}


@pytest.fixture
async def web(house):
    async with house.web() as web:
        yield web


async def switch(house, web, how, name="mona", **options):
    cookie = await house.sign_in(web, name)
    return await web.request(how, "/api/emergency", headers=cookie, **options)


async def test_a_leader_switches_it_on_for_every_console_and_the_ledger(house, ledger, web):
    client = await house.console("kari")
    answer = await switch(house, web, "POST", json=ON)
    shown = await client.until("directory")

    assert answer.status_code == 200
    assert answer.json()["version"] == shown["directory"]["version"] == 2
    assert shown["directory"]["emergency"] == answer.json()["emergency"]
    assert shown["directory"]["emergency"]["by"] == "mona"
    assert shown["directory"]["emergency"]["banner"] == BANNER
    await ledger.until(lambda: ledger.published["sarpsborg"] == 2)
    await client.echo()  # nobody was cut off


async def test_and_off_again_and_the_books_say_who_did_what(house, web):
    await switch(house, web, "POST", json=ON)
    off = await switch(house, web, "DELETE")
    (on_line, off_line) = house.store.books

    assert (off.status_code, off.json()["emergency"]) == (200, None)
    assert on_line[:3] == ("sarpsborg", 2, "mona")
    assert on_line[3]["emergency"]["topic"] == "garasje"
    assert off_line == ("sarpsborg", 3, "mona", {"emergency": None})


async def test_twice_is_as_good_as_once(house, web):
    first = await switch(house, web, "POST", json=ON)
    again = await switch(house, web, "POST", json=ON)
    other = await switch(house, web, "POST", json={**ON, "topic": None})
    off = await switch(house, web, "DELETE")
    off_again = await switch(house, web, "DELETE")

    assert again.json() == first.json()
    assert [a.json()["version"] for a in (first, again, other, off, off_again)] == [2, 2, 3, 4, 4]
    assert len(house.store.books) == 3


async def test_two_at_once_are_one(house, web):
    cookie = await house.sign_in(web, "mona")
    answers = await asyncio.gather(
        *(web.post("/api/emergency", headers=cookie, json=ON) for _ in range(4))
    )

    assert {a.json()["version"] for a in answers} == {2}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**ON, "topic": "ukjent"}, "topic_unknown"),
        ({**ON, "borrowed": ["byggesak", "ukjent"]}, "department_unknown"),
        ({**ON, "banner": {"nb": "  "}}, "text_blank"),
        ({**ON, "banner": {"nb": "x" * 1_001}}, "text_too_long"),
        ({**ON, "banner": {"de": "Wasser kochen"}}, "frame_invalid"),
        ({**ON, "borrowed": "byggesak"}, "frame_invalid"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_code_and_changes_nothing(house, web, body, code):
    answer = await switch(house, web, "POST", json=body)

    assert (answer.status_code, answer.json()) == (422, {"code": code})
    assert house.store.books == []


@pytest.mark.parametrize("name", ["mona", "siv", "alma"])
async def test_who_leads_the_first_line_or_all_or_administers_switches_it(house, web, name):
    on = await switch(house, web, "POST", name, json=ON)
    off = await switch(house, web, "DELETE", name)

    assert (on.status_code, off.status_code) == (200, 200)
    assert [line[2] for line in house.store.books] == [name, name]


@pytest.mark.parametrize("name", ["kari", "per", "berit", "arne"])
@pytest.mark.parametrize("how", ["POST", "DELETE"])
async def test_nobody_else_switches_it(house, web, how, name):
    answer = await switch(house, web, how, name, **({"json": ON} if how == "POST" else {}))

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert house.store.books == []


async def test_another_sites_page_does_not_switch_it(house, web):
    cookie = await house.sign_in(web, "mona")
    headers = {**cookie, "Origin": "http://evil.example"}
    for how in ("POST", "DELETE"):
        answer = await web.request(how, "/api/emergency", headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")


async def test_it_is_switched_though_the_broker_is_away_and_told_when_it_is_back(
    house, ledger, web
):
    cookie = await house.sign_in(web, "mona")
    house.broker.stop()
    answer = await web.post("/api/emergency", headers=cookie, json=ON)

    assert (answer.status_code, answer.json()["version"]) == (200, 2)

    house.broker.start()
    await ledger.until(lambda: ledger.published["sarpsborg"] == 2)


async def test_no_identity_number_stands_on_the_banner(house, web):
    answer = await switch(house, web, "POST", json={"banner": {"nb": "Ring 13097248022"}})

    assert answer.json()["emergency"]["banner"] == {"nb": "Ring ***********"}
