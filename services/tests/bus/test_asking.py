"""Questions and their answers, on every bus."""

import asyncio

import pytest
from services.bus import Push, decode
from services.contracts import RangeRead, Refused
from services.errors import Transient


async def test_a_question_is_answered_to_the_one_who_asked(
    bench, gateway, ledger, deliveries, make
):
    question = make.question()
    asking = asyncio.ensure_future(gateway.ask(question, timeout_s=30))
    (delivery,) = await deliveries.until(1)
    asked = decode(delivery.body, delivery.vouched)
    answer = asked.follow(
        make.range(question.body.conversation), name="answer", source="ledger", now=make.now
    )
    await ledger.push(Push("gateway", asked.reply_to, answer))

    assert asked.id == question.id
    assert isinstance(await asking, RangeRead)


async def test_a_refusal_is_an_answer_too(bench, gateway, ledger, deliveries, make):
    question = make.question()
    asking = asyncio.ensure_future(gateway.ask(question, timeout_s=30))
    (delivery,) = await deliveries.until(1)
    asked = decode(delivery.body, delivery.vouched)
    refused = make.envelope(Refused(about=question.id, code="not_found"), source="ledger")
    await ledger.push(Push("gateway", asked.reply_to, refused))

    assert await asking == refused.body


async def test_a_question_nobody_answers_fails_for_now(bench, gateway, make):
    with pytest.raises(Transient):
        await gateway.ask(make.question(), timeout_s=0.05)


async def test_an_answer_that_comes_too_late_is_news_like_any_other(
    bench, ledger, deliveries, pushes, make
):
    gateway = bench.bus("gateway")
    gateway.on_push(pushes.take)
    await gateway.start()
    await gateway.wait_connected()
    question = make.question()
    with pytest.raises(Transient):
        await gateway.ask(question, timeout_s=0.05)
    refused = make.envelope(Refused(about=question.id, code="not_found"), source="ledger")
    await ledger.push(Push("gateway", gateway.instance, refused))
    ((_, envelope),) = await pushes.until(1)

    assert envelope == refused
