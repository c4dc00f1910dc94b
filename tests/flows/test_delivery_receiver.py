"""Alerts to twenty real webhooks on loopback, of which some are slow, fail, redirect, break off or cannot be trusted.

The full size (1,000 alerts) is run by ``make soak`` (scripts/soak_deliveries.py).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from feeds.delivering import DEFAULT_POLICY
from flows.deliver import deliver
from flows.senders import open_senders
from flows.settings import Settings
from tests.flows.webhook_receivers import BAD, FORGETFUL, GOOD, KEY, MENDED, NAMES, SLOW, Receivers, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from flows.deliver_plan import DeliverTools
    from tests.flows.delivery_house import House

REASONS = {
    "rusak1": "answered 500",
    "rusak2": "answered 500",
    "pindah": "answered 307: it redirects, and no redirect is followed; enter the new URL",
    "putus": "the answer broke off or was not HTTP",
    "palsu": "the secure connection failed: self-signed certificate",
}


def settings_of(receivers: Receivers, folder: Path) -> Settings:
    hosts = receivers.hosts()
    return Settings(
        home=folder,
        database_url=f"sqlite:///{folder / 'store.sqlite3'}",
        allow_private_hosts=frozenset(hosts),
        connect_to=tuple(hosts.items()),
    )


@pytest.fixture(scope="module")
def certificates():
    return httpx.create_ssl_context(trust_env=False)


@asynccontextmanager
async def street(house: House, folder: Path, certificates) -> AsyncIterator[tuple[Receivers, DeliverTools]]:
    """Open the webhooks, enter each as a recipient, and yield them with what a pass needs to send to them."""
    async with listening(folder) as receivers:
        for name in NAMES:
            house.add(name, target=receivers.url(name), secret=KEY)
        async with open_senders(
            settings_of(receivers, folder), clock=lambda: house.now, ssl_context=certificates
        ) as senders:
            yield receivers, replace(house.tools, senders=senders, policy=DEFAULT_POLICY)


async def until_all_ended(house: House, tools: DeliverTools) -> None:
    """Deliver, and let time pass where something waits: what fails rests longer and longer, and is a day old in the end."""
    for _ in range(200):
        await deliver(tools)
        if not house.store.deliveries.counts().get("waiting"):
            return
        house.later(hours=1)
    pytest.fail("something waits for ever")


def judge(house: House, receivers: Receivers, raised: dict[str, int]) -> None:
    """Check what everybody got of alerts that have each so many revisions."""
    recipients = {one.name: one for one in house.store.recipients.all()}
    for name in (*GOOD, *SLOW, *MENDED):
        number = recipients[name].id
        expected = {f"{uid}.{revision}.{number}" for uid, most in raised.items() for revision in range(1, most + 1)}
        assert set(receivers.seen[name]) == expected, name
        order = defaultdict(list)
        for key in dict.fromkeys(receivers.posts[name]):
            uid, revision, _ = key.rsplit(".", 2)
            order[uid].append(int(revision))
        assert all(revisions == sorted(revisions) for revisions in order.values()), name
    for name in BAD:
        rows = house.store.deliveries.log(recipient_id=recipients[name].id, limit=10_000)
        # Nobody is told that something was taken back that they never got; all else that is last was given up.
        assert {row.state for row in rows} <= {"parked", "superseded", "not_wanted"}
        assert {row.why for row in rows if row.state == "not_wanted"} <= {"belum_pernah_dikirim"}
        last = [row for row in rows if row.revision == raised[row.alert_uid] and row.state != "not_wanted"]
        assert {row.state for row in last} == {"parked"}
        assert [row.detail for row in rows if row.state == "parked" and REASONS[name] not in row.detail] == []
    assert receivers.secret_contacts == 0, "a redirect led to the private stand-in"
    assert receivers.posts["palsu"] == [], "a certificate that nobody vouches for got a message"
    assert (receivers.forged, receivers.changed) == ([], [])


async def test_each_good_webhook_gets_each_revision_once_in_order_and_the_bad_are_parked_with_a_reason(
    house, tmp_path, certificates
):
    async with street(house, tmp_path, certificates) as (receivers, tools):
        alerts = [house.raised() for _ in range(12)]
        await deliver(tools)
        for name in MENDED:  # they are good in the end, and shall not miss a revision for a later one
            while len(receivers.seen[name]) < len(alerts):
                house.later(minutes=2)
                await deliver(tools)
        for alert in alerts[:6]:
            house.updated(alert, verified=True)
        await deliver(tools)
        for alert in alerts[:3]:
            house.updated(alert, "cancelled")
        await until_all_ended(house, tools)
        raised = {alert.uid: 3 if alert in alerts[:3] else 2 if alert in alerts[:6] else 1 for alert in alerts}
        judge(house, receivers, raised)
        for name in (*GOOD, *SLOW):
            assert receivers.duplicates(name) == 0, name
        assert 0 < receivers.duplicates("pelupa") <= FORGETFUL
        # The circuit breaker: an endpoint that only fails is left alone, not asked for each alert ten times.
        assert all(len(receivers.posts[name]) < 150 for name in BAD)


async def test_a_delivering_process_that_is_killed_again_and_again_loses_nothing_and_sends_nothing_that_is_new_twice(
    house, tmp_path, certificates
):
    house.now = datetime.now(UTC)
    async with street(house, tmp_path, certificates) as (receivers, tools):
        alerts = [house.raised() for _ in range(40)]
        kills = 0
        for _ in range(2):
            receivers.wake_at(receivers.total + 60)
            child = await delivering(settings_of(receivers, tmp_path))
            ended, enough = asyncio.ensure_future(child.wait()), asyncio.ensure_future(receivers.enough.wait())
            await asyncio.wait({ended, enough}, return_when=asyncio.FIRST_COMPLETED)
            enough.cancel()
            if child.returncode is None:
                child.kill()
                kills += 1
            await ended
        assert kills == 2, "it was done before it could be killed"
        house.now = datetime.now(UTC)
        await until_all_ended(house, tools)
        judge(house, receivers, {alert.uid: 1 for alert in alerts})
        twice = {name: receivers.duplicates(name) for name in (*GOOD, *SLOW)}
        # What was on the way when it was killed, and nothing else: four to each recipient at a time.
        assert max(twice.values()) <= 4 * kills
        rows = house.store.deliveries.log(limit=10_000)
        assert Counter(row.state for row in rows)["sent"] == len(alerts) * len((*GOOD, *SLOW, *MENDED))


async def delivering(settings: Settings) -> asyncio.subprocess.Process:
    """Start a real process that delivers what is due."""
    environment = os.environ | {
        "KENTONGAN_HOME": str(settings.home),
        "KENTONGAN_DATABASE_URL": settings.database_url,
        "KENTONGAN_ALLOW_PRIVATE_HOSTS": ",".join(sorted(settings.allow_private_hosts)),
        "KENTONGAN_CONNECT_TO": ",".join(f"{name}={host}:{port}" for name, (host, port) in settings.connect_to),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "kentongan",
        "deliver",
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
