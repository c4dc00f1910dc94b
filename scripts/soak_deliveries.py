"""Deliver 1,000 alerts to 20 webhooks on loopback, good and bad ones, by processes that are killed again and again.

    python scripts/soak_deliveries.py [--alerts 1000] [--kills 20] [--processes 2] [--seed 7]

`kentongan deliver` runs as several processes at once, each of which is killed (SIGKILL) at a random moment and started
again, until everything has gone out that can. Every tenth alert is updated and every twentieth taken back meanwhile.
After that each good webhook must have every revision once by its ``Idempotency-Key``, the revisions of an incident in
their order; what came twice is counted and must be no more than what was on the way at a kill; the bad ones' deliveries
must wait or be parked with a reason, and nobody may have come to the private address that one of them redirects to.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the webhooks are those of the tests

from data.store import Store  # noqa: E402
from tests.flows.delivery_house import House  # noqa: E402
from tests.flows.webhook_receivers import BAD, GOOD, KEY, MENDED, NAMES, SLOW, listening  # noqa: E402

if TYPE_CHECKING:
    from data.records import Alert
    from tests.flows.webhook_receivers import Receivers

FINE = (*GOOD, *SLOW, *MENDED)
LIVES_S = (2.0, 12.0)
"""How long a process lives before it is killed: from its first post to a few hundred on two cores."""

AT_ONCE = 4
"""Messages to one recipient that a process has on the way at a time (flows/deliver.py)."""

PATIENCE_S = 3600.0


async def soak(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run it, and return what was counted; a failed check is in ``wrong``."""
    chance = random.Random(arguments.seed)  # noqa: S311
    url = f"sqlite:///{folder / 'store.sqlite3'}"
    with Store.open(url) as store:
        house = House(store, folder)
        async with listening(folder) as receivers:
            house.now = datetime.now(UTC)
            for name in NAMES:
                house.add(name, target=receivers.url(name), secret=KEY)
            alerts = [house.raised() for _ in range(arguments.alerts)]
            print(f"{len(alerts)} alerts to {len(NAMES)} webhooks", flush=True)
            environment = os.environ | {
                "KENTONGAN_HOME": str(folder),
                "KENTONGAN_DATABASE_URL": url,
                "KENTONGAN_ALLOW_PRIVATE_HOSTS": ",".join(receivers.hosts()),
                "KENTONGAN_CONNECT_TO": ",".join(f"{at}={to}:{port}" for at, (to, port) in receivers.hosts().items()),
            }
            started, killing = time.monotonic(), _Kills(arguments.kills, chance)
            changing = asyncio.create_task(_change(house, receivers, alerts))
            workers = [_work(environment, killing, receivers, changing) for _ in range(arguments.processes)]
            telling = asyncio.create_task(_tell(receivers, killing))
            await asyncio.gather(*workers)
            telling.cancel()
            if not changing.done():
                changing.cancel()
                return {"wrong": [f"not everything had gone out within {PATIENCE_S:g} s"], "posts": receivers.total}
            raised = changing.result()
            seconds = time.monotonic() - started
            return _judged(house, receivers, raised, killing) | {
                "seconds": round(seconds, 1),
                "posts": receivers.total,
                "posts_per_second": round(receivers.total / seconds),
                "kills": killing.done,
            }


class _Kills:
    def __init__(self, wanted: int, chance: random.Random) -> None:
        self.wanted, self.done, self._chance = wanted, 0, chance

    def life(self) -> float | None:
        """Return the seconds that a process lives; None: until its own end."""
        return self._chance.uniform(*LIVES_S) if self.done < self.wanted else None


async def _work(environment: dict[str, str], kills: _Kills, receivers: Receivers, changing: asyncio.Task[Any]) -> None:
    """Keep one process delivering, killed and started anew, until the good webhooks have everything."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kentongan", "deliver", env=environment, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        with suppress(TimeoutError):
            async with asyncio.timeout(kills.life()):
                await child.wait()
        if child.returncode is None:
            kills.done += 1
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        if changing.done() and all(len(receivers.seen[name]) >= sum(changing.result().values()) for name in FINE):
            return
        if kills.life() is None:
            await asyncio.sleep(3)  # what was turned away waits for its time


async def _change(house: House, receivers: Receivers, alerts: list[Alert]) -> dict[str, int]:
    """Update every tenth alert once it was delivered, take back every other of those; return how many revisions are."""
    raised = {alert.uid: 1 for alert in alerts}
    await _all_have(receivers, len(alerts))
    for alert in alerts[::10]:
        house.now = datetime.now(UTC)
        house.updated(alert, verified=True)
        raised[alert.uid] = 2
    await _all_have(receivers, len(alerts) + len(alerts[::10]))
    for alert in alerts[::20]:
        house.now = datetime.now(UTC)
        house.updated(alert, "cancelled")
        raised[alert.uid] = 3
    return raised


async def _tell(receivers: Receivers, kills: _Kills) -> None:
    while True:
        await asyncio.sleep(30)
        print(f"{receivers.total} posts, {kills.done} kills", flush=True)


async def _all_have(receivers: Receivers, count: int) -> None:
    while any(len(receivers.seen[name]) < count for name in FINE):  # noqa: ASYNC110  # it comes from many sides
        await asyncio.sleep(0.2)


def _judged(house: House, receivers: Receivers, raised: dict[str, int], kills: _Kills) -> dict[str, Any]:
    recipients, wrong = {one.name: one.id for one in house.store.recipients.all()}, []
    for name in FINE:
        number = recipients[name]
        expected = {f"{uid}.{revision}.{number}" for uid, most in raised.items() for revision in range(1, most + 1)}
        if set(receivers.seen[name]) != expected:
            wrong.append(f"{name}: {len(expected - set(receivers.seen[name]))} are missing")
        order = defaultdict(list)
        for key in dict.fromkeys(receivers.posts[name]):
            uid, revision, _ = key.rsplit(".", 2)
            order[uid].append(int(revision))
        if any(revisions != sorted(revisions) for revisions in order.values()):
            wrong.append(f"{name}: out of order")
    twice = {name: receivers.duplicates(name) for name in (*GOOD, *SLOW)}
    if max(twice.values()) > AT_ONCE * kills.done:
        wrong.append(f"sent twice without a kill: {twice}")
    states = {
        name: dict(
            Counter(row.state for row in house.store.deliveries.log(recipient_id=recipients[name], limit=100_000))
        )
        for name in BAD
    }
    unsaid = [
        row.key
        for name in BAD
        for row in house.store.deliveries.log(recipient_id=recipients[name], limit=100_000)
        if row.state == "parked" and not row.detail
    ]
    if any("sent" in found for found in states.values()) or unsaid:
        wrong.append(f"bad webhooks: {states}; parked without a reason: {len(unsaid)}")
    if receivers.secret_contacts or receivers.posts["palsu"] or receivers.forged or receivers.changed:
        wrong.append(
            "a private address was reached, a false certificate trusted, or a message was not as it was signed"
        )
    return {"wrong": wrong, "twice": sum(twice.values()), "asked_of_bad": {n: len(receivers.posts[n]) for n in BAD}}


def main() -> int:
    """Run from the command line; 1 where a check failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kentongan-soak-") as folder:
        found = asyncio.run(soak(arguments, Path(folder)))
    for name, value in found.items():
        print(f"{name}: {value}")
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
