"""A delivery pass: what is to be sent is planned, claimed, sent and settled, to several recipients at once.

At least once, whatever dies: a row is claimed before it is sent and settled right after the answer. Between the two a
kill leaves a message that may have arrived and is sent again under the same ``Idempotency-Key``: a receiver that heeds
the key sees every revision exactly once (docs/deliveries.md).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from data.delivering import ENV, Circuit, Receipt, is_reference
from data.errors import InputError
from data.store.deliveries import Settled
from feeds.delivering import (
    HOUR,
    QUIET,
    TOO_MANY,
    access,
    after,
    given_up,
    outcome_of,
    quiet_until,
    room_of,
)
from feeds.messages import trial_message
from flows.acknowledge import links
from flows.deliver_plan import DeliverTools, plan
from flows.holders import is_dead

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from datetime import datetime

    from data.delivering import Delivery, Message, Recipient
    from flows.settings import Settings

log = structlog.get_logger(__name__)

CLAIM: Final = timedelta(minutes=5)
"""How long a claim holds: five at a time by four at once and a minute each (mail, the slowest) take less by far."""

MARGIN: Final = timedelta(seconds=75)
"""A message is not begun whose claim ends sooner: a minute is what the slowest channel takes for one."""

AT_ONCE: Final = 4
"""Messages to one recipient at a time: what a small server takes from one client without queueing."""

CLAIMED: Final = 16
"""Messages to one recipient in one claim: as many as are sent in seconds, so that few are left behind by a kill."""

EVERYWHERE: Final = 64
"""Messages to all recipients at a time."""

GUARD: Final = "an exercise and a real recipient, or the other way round: never sent"
NO_CHANNEL: Final = "there is nothing that sends by this channel"


@dataclass(frozen=True, slots=True)
class _Hand:
    """What is in hand: a delivery, what is sent, to whom, and the circuit of the endpoint where this is its trial."""

    delivery: Delivery
    message: Message
    recipient: Recipient
    trial: Circuit | None


@asynccontextmanager
async def deliver_tools(
    settings: Settings, *, clock: Callable[[], datetime] | None = None
) -> AsyncIterator[DeliverTools]:
    """Yield what a delivery pass needs, made from the settings."""
    from flows.senders import open_senders
    from flows.tools import publish_tools, utc_now

    now = clock or utc_now
    with publish_tools(settings, clock=now) as publish:
        async with open_senders(settings, clock=now) as senders:
            link = links(publish.store, settings.desk_url, now)
            yield DeliverTools(publish, senders, now, random.SystemRandom().random, acknowledge=link)


async def deliver(tools: DeliverTools, *, until: datetime | None = None) -> Counter[str]:
    """Plan, then send all that is due, and return the counts: of decisions by state, of attempts as ``sent`` and so on.

    Nothing new is begun after ``until`` (None: until nothing is due). Any number of processes may do it at once.
    Raises what a sender raised that is its defect, after everybody else was served; what it had in hand is due again.
    """
    store = tools.store
    freed = store.deliveries.free_dead(is_dead)
    if freed:
        log.warning("deliveries_of_dead_process_freed", count=freed)
    counts = plan(tools)
    counts["parked"] += _park_old(tools)
    ledger, gate = _Ledger(tools), asyncio.Semaphore(EVERYWHERE)
    while until is None or tools.clock() < until:
        recipients = store.deliveries.due_recipients(tools.clock())
        served = await asyncio.gather(
            *(_serve(number, tools, ledger, gate, until) for number in recipients), return_exceptions=True
        )
        for failure in served:
            if isinstance(failure, BaseException):
                raise failure
        if not any(served):
            break
        counts += plan(tools)
    counts += ledger.counts
    log.info("deliver_done", **counts)
    return counts


async def send_trial(tools: DeliverTools, name: str) -> Delivery:
    """Send a recipient a message marked as a drill that says only that it arrived, and return what became of it.

    It goes out whatever hour it is and however often the other side has failed, and is not tried again: whoever asked
    for it sees how it ended. UnknownItemError: no such recipient.
    """
    store, now = tools.store, tools.clock()
    recipient = store.recipients.named(name)
    key = f"test.{recipient.id}.{now:%Y%m%dT%H%M%S.%fZ}"
    # For a drill is what it is marked as, whoever gets it: nobody may take it for an alert.
    message = trial_message(replace(recipient, exercise=True), key=key, now=now)
    put = store.deliveries.send_to(message, recipient.id, now, urgent=True)
    found = store.deliveries.claim(recipient.id, tools.holder, now, now + CLAIM, 1, only=put.id)
    once = replace(tools, policy=replace(tools.policy, attempts=1))
    for delivery, said in found:
        await _send(_Hand(delivery, said, recipient, None), once, _Ledger(once), asyncio.Semaphore(1))
    return store.deliveries.get(put.id)


def _park_old(tools: DeliverTools) -> int:
    """Park what is too old by now to be an early warning, and what ends every process that takes it in hand.

    Too old is what was tried, or whose endpoint is left alone: what nobody could try, because nothing ran, goes out.
    """
    store, now = tools.store, tools.clock()
    recipients = {one.id: one for one in store.recipients.all()}
    ended = []
    for one in store.deliveries.overdue(now, now - tools.policy.oldest, tools.policy.attempts):
        recipient = recipients.get(one.recipient_id)
        circuit = store.endpoints.get(recipient.endpoint) if recipient is not None else Circuit()
        if one.attempts or access(circuit, now) != "open":
            why = given_up(one.attempts, one.detail or circuit.detail)
            ended.append(Settled(one, "parked", why, one.may_have))
    store.deliveries.settle(ended, now)
    return len(ended)


async def _serve(
    recipient_id: int, tools: DeliverTools, ledger: _Ledger, gate: asyncio.Semaphore, until: datetime | None
) -> int:
    """Send a recipient what is due until nothing is, and return how much was taken in hand."""
    taken, mine = 0, asyncio.Semaphore(AT_ONCE)

    async def one(hand: _Hand) -> None:
        async with mine:
            await _send(hand, tools, ledger, gate)

    while until is None or tools.clock() < until:
        hands = _claim(recipient_id, tools)
        if not hands:
            break
        taken += len(hands)
        for failure in await asyncio.gather(*map(one, hands), return_exceptions=True):
            if isinstance(failure, BaseException):
                raise failure
    return taken


def _claim(recipient_id: int, tools: DeliverTools) -> list[_Hand]:
    """Take in hand what may go to a recipient now; what may not is put off or held back. [] where nothing may."""
    store = tools.store
    with store.transaction():
        recipient, now = store.recipients.hold(recipient_id), tools.clock()
        if recipient is None or not recipient.active:
            return []
        quiet = quiet_until(recipient.rule, recipient.timezone, now)
        if quiet is not None:
            store.deliveries.put_off(recipient.id, now, QUIET, quiet)
        circuit = store.endpoints.get(recipient.endpoint)
        way = access(circuit, now)
        if way == "closed":
            return []
        # In this order: what another process settles in between is counted twice then, and not left out.
        in_hand = store.deliveries.in_hand(recipient.id, now)
        sent = store.deliveries.sent_since(recipient.id, now - HOUR) if recipient.rule.most_per_hour else []
        room = room_of(recipient.rule, sent, in_hand)
        if room.hold_until is not None:
            store.deliveries.hold_due(recipient.id, now, TOO_MANY, room.hold_until)
        elif room.left == 0:
            return []
        limit = 1 if way == "try" else min(CLAIMED, room.left or CLAIMED)
        found = store.deliveries.claim(recipient.id, tools.holder, now, now + CLAIM, limit)
        if found and way == "try":
            # Nobody else tries while this one is under way.
            store.endpoints.put(recipient.endpoint, replace(circuit, open_until=now + CLAIM), now)
    trial = circuit if way == "try" else None
    return [_Hand(delivery, message, recipient, trial) for delivery, message in found]


async def _send(hand: _Hand, tools: DeliverTools, ledger: _Ledger, gate: asyncio.Semaphore) -> None:
    async with gate:
        claimed_until = hand.delivery.claimed_until
        if claimed_until is not None and tools.clock() > claimed_until - MARGIN:
            # This process stood still meanwhile; somebody else may have it by now.
            tools.store.deliveries.release([hand.delivery])
            return
        receipt = await _attempt(hand, tools)
    await ledger.write(hand, receipt)


async def _attempt(hand: _Hand, tools: DeliverTools) -> Receipt:
    recipient, message = hand.recipient, hand.message
    # Decided when it was planned; looked at again here, because it must never happen.
    if message.kind != "test" and message.exercise != recipient.exercise:
        return Receipt("refused", GUARD)
    sender = tools.senders.get(recipient.channel)
    if sender is None:
        return Receipt("refused", NO_CHANNEL)
    try:
        real = replace(
            recipient, target=_real(recipient.target, tools.environ), secret=_real(recipient.secret, tools.environ)
        )
    except InputError as error:
        return Receipt("retry", str(error))  # whoever set the variable mends it, and nothing may be lost by it
    return await sender.send(message, real)


def _real(value: str, environ: Mapping[str, str]) -> str:
    """Return a target or secret, looked up where it is a reference; InputError where there is nothing."""
    if not is_reference(value):
        return value
    variable = value.removeprefix(ENV)
    if not environ.get(variable):
        raise InputError(f"the variable {variable} of the environment is not set")
    return environ[variable]


class _Ledger:
    """Writes down what attempts came to: in one transaction all that came in while the last one was being written."""

    def __init__(self, tools: DeliverTools) -> None:
        self._tools = tools
        self._waiting: list[tuple[_Hand, Receipt, asyncio.Future[None]]] = []
        self.counts: Counter[str] = Counter()

    async def write(self, hand: _Hand, receipt: Receipt) -> None:
        """Write one down; it is kept when this returns."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((hand, receipt, done))
        if len(self._waiting) == 1:
            loop.call_soon(self._flush)
        await done

    def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            self._keep([(hand, receipt) for hand, receipt, _ in batch])
        except Exception as error:  # noqa: BLE001  # whoever waits for it raises it
            for _, _, done in batch:
                if not done.done():
                    done.set_exception(error)
            return
        for _, _, done in batch:
            if not done.done():
                done.set_result(None)

    def _keep(self, batch: Sequence[tuple[_Hand, Receipt]]) -> None:
        tools, store = self._tools, self._tools.store
        settled, known = [], dict[str, Circuit]()
        now, counts = tools.clock(), Counter[str]()
        with store.transaction():
            for hand, receipt in batch:
                outcome = outcome_of(hand.delivery, receipt, now, tools.lot(), tools.policy)
                settled.append(Settled(hand.delivery, outcome.state, outcome.detail, outcome.may_have, outcome.due))
                counts["retried" if outcome.state == "waiting" else outcome.state] += 1
                endpoint = hand.recipient.endpoint
                before = known.get(endpoint) or hand.trial or store.endpoints.get(endpoint)
                known[endpoint] = after(before, receipt, now, tools.policy)
                if known[endpoint] != before or hand.trial is not None:
                    store.endpoints.put(endpoint, known[endpoint], now)
            store.deliveries.settle(settled, now)
        self.counts += counts
        for one, (hand, _) in zip(settled, batch, strict=True):
            told = log.info if one.state == "sent" else log.warning
            told(
                "delivery",
                recipient=hand.recipient.name,
                channel=hand.recipient.channel,
                kind=hand.message.kind,
                key=hand.message.key,
                state=one.state,
                attempt=hand.delivery.attempts,
                why=one.detail,
            )
