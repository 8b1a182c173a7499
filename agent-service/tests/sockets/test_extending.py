"""A session is made to last longer by a person who asks for it, and by nobody else."""

import pytest

HOUR_S = 3600.0


async def test_it_lasts_as_long_from_now_as_a_new_one_and_the_cookie_with_it(house):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        house.store.now_s = 11.9 * HOUR_S
        before = (await web.get("/api/session", headers=cookie)).json()
        answer = await web.post("/api/session/extend", headers=cookie)
        house.store.now_s = 23.8 * HOUR_S
        after = await web.get("/api/session", headers=cookie)

    assert before["left_s"] == pytest.approx(360)
    assert answer.status_code == 200
    assert answer.json()["left_s"] == pytest.approx(12 * HOUR_S)
    assert answer.json()["agent"] == "kari"
    kept = answer.headers["set-cookie"]
    assert kept.startswith(cookie["Cookie"] + ";")
    for part in ("HttpOnly", "Secure", "Path=/", "SameSite=lax", "Max-Age=43200"):
        assert part in kept
    assert answer.headers["cache-control"] == "no-store"
    assert after.status_code == 200


async def test_it_may_be_done_again_and_again(house):
    """WCAG 2.2.1 asks for ten times."""
    async with house.web() as web:
        cookie = await house.sign_in(web)
        for _ in range(12):
            house.store.now_s += 11 * HOUR_S
            answer = await web.post("/api/session/extend", headers=cookie)

    assert answer.status_code == 200
    assert answer.json()["extendable"] is True


async def test_one_that_ran_out_is_over(house):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        house.store.now_s = 12 * HOUR_S
        answer = await web.post("/api/session/extend", headers=cookie)

    assert (answer.status_code, answer.json()) == (401, {"code": "token_invalid"})
    assert "set-cookie" not in answer.headers


async def test_another_sites_page_extends_nothing(house):
    async with house.web() as web:
        cookie = await house.sign_in(web)
        house.store.now_s = HOUR_S
        theirs = {**cookie, "Origin": "https://other.example"}
        bare = {**cookie, "X-Prek": ""}
        answers = [await web.post("/api/session/extend", headers=h) for h in (theirs, bare)]
        told = await web.get("/api/session", headers=cookie)

    assert [a.status_code for a in answers] == [403, 403]
    assert told.json()["left_s"] == pytest.approx(11 * HOUR_S)


class TestATotal:
    @pytest.fixture
    def changes(self):
        return {"session_total_hours": {"sarpsborg": 20}}

    async def test_a_tenants_own_rules_end_it_at_their_total(self, house):
        async with house.web() as web:
            cookie = await house.sign_in(web)
            house.store.now_s = 10 * HOUR_S
            first = await web.post("/api/session/extend", headers=cookie)
            second = await web.post("/api/session/extend", headers=cookie)
            told = await web.get("/api/session", headers=cookie)

        assert (first.status_code, first.json()["extendable"]) == (200, False)
        assert first.json()["left_s"] == pytest.approx(10 * HOUR_S)
        assert (second.status_code, second.json()) == (409, {"code": "not_extendable"})
        assert told.json()["left_s"] == pytest.approx(10 * HOUR_S)


class TestSockets:
    @pytest.fixture
    def changes(self):
        return {"session_check_s": 0.05}

    async def test_what_was_extended_at_one_replica_goes_on_at_the_others(self, house):
        """And what was not, ends: so the looking is known to have been done."""
        await house.add_replica()
        async with house.web() as web:
            cookie = await house.sign_in(web)
            (longer,) = house.store.sessions.values()
            other = await house.sign_in(web)
            shorter = next(s for s in house.store.sessions.values() if s is not longer)
            goes_on = await house.console("kari", replica=1, session=longer)
            ends = await house.console("kari", replica=1, session=shorter)
            house.store.now_s = 11 * HOUR_S
            await web.post("/api/session/extend", headers=cookie)
            house.store.now_s = 13 * HOUR_S
            code = await ends.close_code()
            told = [(await web.get("/api/session", headers=c)).status_code for c in (cookie, other)]

        assert code == 4001
        await goes_on.echo()
        assert told == [200, 401]

    async def test_a_database_that_is_away_extends_nothing_and_says_so(self, house):
        async with house.web() as web:
            cookie = await house.sign_in(web)
            house.store.away = True
            answer = await web.post("/api/session/extend", headers=cookie)
            house.store.away = False
            told = await web.get("/api/session", headers=cookie)

        assert (answer.status_code, answer.json()) == (503, {"code": "busy"})
        assert told.status_code == 200
