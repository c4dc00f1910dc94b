"""A house from which alerts are delivered: a store, a clock set by hand, and a receiver that says what it is told."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from classifiers.stages import load_calendar
from data.delivering import DeliveryRule, Message, Receipt, Recipient
from data.gazetteer import load_gazetteer
from data.records import Alert, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from data.taxonomy import load_taxonomy
from feeds.delivering import RetryPolicy
from flows.deliver import deliver
from flows.deliver_plan import DeliverTools, no_link
from flows.publish import PublishTools

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data.store import Store
    from feeds.items import AlertItem

NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # 12.00 WIB
KEY = "kunci-rahasia-dari-dua-puluh-empat"
ALL = DeliveryRule(unverified=True)
GOOD = Receipt("delivered", "answered 200")
LATER = Receipt("retry", "answered 503")
NEVER = Receipt("refused", "answered 410")
POLICY = RetryPolicy(first_s=60, attempts=3, trip_after=1000)


@dataclass
class Post:
    """Takes every message, and answers each target as it was told to; GOOD unless told otherwise."""

    answers: dict[str, Callable[[Message], Receipt]] = field(default_factory=dict)
    got: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    tried: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    before: Callable[[Message], None] = lambda _: None

    async def send(self, message: Message, recipient: Recipient) -> Receipt:
        self.before(message)
        self.tried[recipient.target].append(message)
        await asyncio.sleep(0)
        receipt = self.answers.get(recipient.target, lambda _: GOOD)(message)
        if receipt.state == "delivered":
            self.got[recipient.target].append(message)
        return receipt

    def keys(self, name: str) -> list[str]:
        return [message.key for message in self.got[url(name)]]


def url(name: str) -> str:
    return f"https://{name}.example/masuk"


GAZETTEER, TAXONOMY, CALENDAR = cache(load_gazetteer), cache(load_taxonomy), cache(load_calendar)


@dataclass
class House:
    """A store, a clock that is set by hand, and a receiver; alerts are raised, updated and taken back at will."""

    store: Store
    folder: Path
    now: datetime = NOON
    post: Post = field(default_factory=Post)
    policy: RetryPolicy = POLICY
    exercise: bool = False
    environ: dict[str, str] = field(default_factory=dict)
    acknowledge: Callable[[AlertItem, Recipient], str] = no_link

    @property
    def tools(self) -> DeliverTools:
        publish = PublishTools(
            store=self.store,
            sources={},
            gazetteer=GAZETTEER(),
            taxonomy=TAXONOMY(),
            calendar=CALENDAR(),
            clock=lambda: self.now,
            folder=self.folder,
            exercise=self.exercise,
        )
        senders = dict.fromkeys(("webhook", "surel", "apprise"), self.post)
        return DeliverTools(
            publish, senders, lambda: self.now, lambda: 0.0, self.policy, self.environ, self.acknowledge
        )

    def add(self, name: str, rule: DeliveryRule = ALL, **given: Any) -> Recipient:
        made = Recipient(0, name, "webhook", given.pop("target", url(name)), KEY, rule=rule)
        return self.store.recipients.add(replace(made, **given), "sari", self.now)

    def incident(self, severity: int = 3, urgency: str = "P2", place: str = "13.77.01", **given: Any) -> Incident:
        made = Incident(
            id=0,
            title="Posko dibakar massa",
            signals=("perusakan",),
            modality=Modality.KEJADIAN,
            severity=severity,
            urgency=Urgency(urgency),
            status=IncidentStatus.BELUM_DITINJAU,
            places=(Place(place, place, PlaceRole.KEJADIAN, "text", 0, 1, 0.9),),
            opened_at=self.now,
            first_seen=self.now,
            last_seen=self.now,
            event_time=None,
            article_ids=(),
            spread=1,
            independent_sources=1,
            best_tier=2,
        )
        return self.store.incidents.open(replace(made, **given), (), self.now)

    def raised(self, incident: Incident | None = None, *, exercise: bool = False) -> Alert:
        found = incident or self.incident()
        uid = f"tag:kentongan.local,2026-11-26:kejadian:{found.id}"
        return self.store.alerts.raise_(
            Alert(uid, found.id, 1, "raised", self.now, self.now, verified=False, exercise=exercise)
        )

    def updated(self, alert: Alert, state: str = "updated", **given: Any) -> Alert:
        current = self.store.alerts.get(alert.uid)
        changed = {"reason": "dibatalkan petugas: keliru"} if state == "cancelled" else {}
        after = replace(current, revision=current.revision + 1, state=state, at=self.now, **changed, **given)
        return self.store.alerts.update(after)

    def deliver(self) -> Counter[str]:
        return asyncio.run(deliver(self.tools))

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def states(self, name: str) -> list[tuple[int, str]]:
        number = self.store.recipients.named(name).id
        rows = self.store.deliveries.log(recipient_id=number)
        return [(one.revision, one.state) for one in reversed(rows) if one.kind == "alert"]
