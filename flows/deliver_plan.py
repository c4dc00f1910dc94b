"""What is to be sent: each alert revision is weighed once for every recipient; digests and summaries are put together.

A revision and all its deliveries are one transaction, in which nobody else plans, claims or changes a recipient: two
processes that plan at once make the same outbox as one.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import structlog

from data.delivering import Delivery
from feeds.alerting import REJECTED, is_verified
from feeds.delivering import (
    ALONE_FROM,
    DEFAULT_POLICY,
    DIGEST,
    SUMMED,
    Decision,
    Facts,
    RetryPolicy,
    decide,
    last_slot,
    not_for,
    quiet_until,
)
from feeds.messages import alert_message, digest_message, summary_message
from flows.desk_rules import alert_rules_in_use
from flows.escalate import escalate
from flows.holders import this_holder
from flows.publish import alert_items, incident_item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from data.delivering import Recipient
    from data.records import Alert, Incident
    from data.store import Store
    from feeds import Channel
    from feeds.channels import Sender
    from feeds.items import AlertItem
    from flows.publish import PublishTools

log = structlog.get_logger(__name__)

LOOK_BACK: Final = timedelta(days=30)
"""Revisions that are older were never planned because nothing ran for a month: nobody is woken for them."""

BATCH: Final = 20
"""Revisions weighed in one transaction: with 50 recipients a tenth of a second in which others wait (measured)."""

NIL_LATEST: Final = timedelta(hours=6)
"""A digest that says that nothing happened is not sent later than this: the next one says the same."""

MOST_LISTED: Final = 500
RAISED_BY_HAND: Final = ("peringatan_dinaikkan", "peringatan_diperbarui")
"""What stands in the audit log where a person let an alert out (desk.actions.alerting)."""


def no_link(_item: AlertItem, _recipient: Recipient) -> str:
    """Return no address at which an alert is acknowledged."""
    return ""


@dataclass(frozen=True, slots=True)
class DeliverTools:
    """What has effects in a delivery pass.

    ``senders`` by channel. ``lot`` draws from 0 to 1. ``environ`` is where ``env:NAME`` is looked up. ``acknowledge``
    returns the address at which a recipient says that they have an alert, "" for none; it is asked inside the
    transaction that writes the delivery. ``holder`` is the name under which deliveries are claimed.
    """

    publish: PublishTools
    senders: Mapping[str, Sender]
    clock: Callable[[], datetime]
    lot: Callable[[], float]
    policy: RetryPolicy = DEFAULT_POLICY
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    acknowledge: Callable[[AlertItem, Recipient], str] = no_link
    holder: str = field(default_factory=this_holder)

    @property
    def store(self) -> Store:
        """The store of the alerts, which is that of the outbox."""
        return self.publish.store


def key_of(alert: Alert, recipient: Recipient) -> str:
    """Return the idempotency key of a revision for a recipient, the same for all time."""
    return f"{quote(alert.uid, safe=':,/@.-_~+')}.{alert.revision}.{recipient.id}"


def digest_key(recipient: Recipient, slot: datetime) -> str:
    """Return the idempotency key of the digest of an hour of digests."""
    return f"digest.{recipient.id}.{slot:%Y%m%dT%H%MZ}"


def plan(tools: DeliverTools) -> Counter[str]:
    """Decide of every new revision who gets it, make what digests, summaries and calls are due; count the decisions."""
    counts: Counter[str] = Counter()
    while batch := tools.store.deliveries.unplanned(tools.clock() - LOOK_BACK, BATCH):
        counts += _plan_batch(batch, tools)
    for recipient in tools.store.recipients.all():
        if recipient.active:
            counts += _digest(recipient.id, tools)
            counts += _summary(recipient.id, tools)
    counts += escalate(tools)
    if counts:
        log.info("deliveries_planned", **counts)
    return counts


def _plan_batch(batch: Sequence[Alert], tools: DeliverTools) -> Counter[str]:
    store, counts = tools.store, Counter[str]()
    items = items_of(batch, tools) if store.recipients.all() else {}
    with store.transaction():
        recipients, now = store.recipients.hold_all(), tools.clock()
        for alert in batch:
            if not store.deliveries.mark_planned(alert, now):
                continue
            item = items.get((alert.uid, alert.revision))
            if item is None:
                continue  # nobody is there to be told, or its incident is gone
            earlier = store.deliveries.of_alerts([alert.uid]) if alert.revision > 1 else {}
            facts = facts_of(item, tools)
            weighed = [
                (recipient, decide(facts, recipient, earlier.get((recipient.id, alert.uid), ()), now))
                for recipient in recipients
            ]
            writer = _Writer(item, tools, now, earlier)
            store.deliveries.put([writer.delivery(recipient, decision) for recipient, decision in weighed])
            gone = [number for _, decision in weighed for number in decision.supersedes]
            counts["superseded"] += store.deliveries.supersede(gone, now)
            counts.update(decision.state for _, decision in weighed)
    return counts


def items_of(batch: Sequence[Alert], tools: DeliverTools) -> dict[tuple[str, int], AlertItem]:
    """Return what is told of each revision; one whose incident is gone is left out."""
    return {(item.alert.uid, item.alert.revision): item for item in alert_items(tools.publish, batch)}


def facts_of(item: AlertItem, tools: DeliverTools) -> Facts:
    """Return what the rules look at of a revision."""
    incident = item.incident
    return Facts(
        alert=item.alert,
        severity=incident.severity,
        urgency=str(incident.urgency),
        signals=tuple(incident.signals),
        codes=tuple(place.code for place in incident.places),
        cleared=item.alert.verified or incident.severity != ALONE_FROM or _let_out(incident, tools),
    )


def _let_out(incident: Incident, tools: DeliverTools) -> bool:
    """Return whether a person or the desk's rules let out an incident of severity 2 that is not verified."""
    if alert_rules_in_use(tools.store).rule_for(incident).lets_out(incident, armed_threat=False):
        return True
    subject = f"kejadian/{incident.id}"
    return any(tools.store.audit.entries(subject=subject, action=action, limit=1) for action in RAISED_BY_HAND)


@dataclass(slots=True)
class _Writer:
    """Writes the messages of one revision; recipients who are told the same share one."""

    item: AlertItem
    tools: DeliverTools
    now: datetime
    earlier: Mapping[tuple[int, str], Sequence[Delivery]]
    kept: dict[tuple[str, int], int] = field(default_factory=dict)

    def delivery(self, recipient: Recipient, decision: Decision) -> Delivery:
        number = None if decision.state == "not_wanted" else self._message(recipient, decision)
        return delivery_of(self.item.alert, recipient, decision, self.now, number)

    def _message(self, recipient: Recipient, decision: Decision) -> int:
        store, link = self.tools.store, ""
        if decision.state == "waiting":
            link = self.tools.acknowledge(self.item, recipient)
        last = self._told(recipient)
        # Two who got the same before, by the same kind of channel, are told the same now.
        mine = (recipient.channel, last.message_id or 0 if last else 0)
        if not link and mine in self.kept:
            return self.kept[mine]
        before = machine_fields(store.deliveries.message_of(last).body) if last is not None else None
        key = key_of(self.item.alert, recipient)
        message = alert_message(self.item, recipient, key=key, acknowledge=link, before=before)
        number = store.deliveries.keep_message(message, self.now)
        if not link:
            self.kept[mine] = number
        return number

    def _told(self, recipient: Recipient) -> Delivery | None:
        """Return the last delivery of the alert that the recipient may have got."""
        mine = self.earlier.get((recipient.id, self.item.alert.uid), ())
        told = [one for one in mine if one.may_have and one.message_id is not None]
        return told[-1] if told else None


def delivery_of(
    alert: Alert, recipient: Recipient, decision: Decision, now: datetime, message_id: int | None
) -> Delivery:
    """Return the row of the outbox that a decision makes; it has no number yet."""
    return Delivery(
        id=0,
        key=key_of(alert, recipient),
        recipient_id=recipient.id,
        message_id=message_id,
        kind="alert",
        alert_uid=alert.uid,
        revision=alert.revision,
        state=decision.state,
        why=decision.why,
        urgent=decision.urgent,
        at=now,
        due=decision.due,
        ended_at=now if decision.state == "not_wanted" else None,
    )


def machine_fields(body: bytes) -> Mapping[str, Any] | None:
    """Return the machine fields that a message told; None where its words were taken out."""
    try:
        fields: Any = json.loads(body).get("_kentongan")
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


# Digests and summaries.


def _digest(recipient_id: int, tools: DeliverTools) -> Counter[str]:
    """Put the digest of the last hour of digests together, unless it was: everything that is held for it, or nil."""
    store = tools.store
    with store.transaction():
        recipient, now = store.recipients.hold(recipient_id), tools.clock()
        slot = None if recipient is None else last_slot(recipient.rule, recipient.timezone, now)
        if recipient is None or slot is None or (recipient.since is not None and slot <= recipient.since):
            return Counter()
        key = digest_key(recipient, slot)
        if store.deliveries.of_key(key) is not None:
            return Counter()
        held = _last_of_each(store.deliveries.held(recipient.id, slot, (DIGEST,)), tools)
        last = store.deliveries.last_of_kind(recipient.id, "digest")
        since = last.at if last is not None else max(recipient.since or slot, slot - timedelta(days=1))
        items = [*_items_held(held, tools), *minor_items(recipient, since, now, tools)]
        nil = recipient.rule.mode == "ringkasan" and now - slot <= NIL_LATEST
        if not items and not held and not nil:
            return Counter()
        channel = channel_of(recipient, now, tools)
        message = digest_message(items, recipient, key=key, channel=channel, since=since, until=now)
        carrier = store.deliveries.send_to(message, recipient.id, now)
        store.deliveries.carry([one.id for one in held], carrier.id)
    return Counter({"digest": 1, "carried": len(held)})


def _summary(recipient_id: int, tools: DeliverTools) -> Counter[str]:
    """Put together one summary of what the limit an hour or a pause held back, once it may be sent."""
    store = tools.store
    if not store.deliveries.held(recipient_id, tools.clock(), SUMMED):
        return Counter()
    with store.transaction():
        recipient, now = store.recipients.hold(recipient_id), tools.clock()
        if recipient is None or not recipient.active or not store.deliveries.held(recipient.id, now, SUMMED):
            return Counter()
        held = _last_of_each(store.deliveries.held(recipient.id, now + timedelta(days=1), SUMMED), tools)
        urgent = any(one.urgent for one in held)
        if not urgent and quiet_until(recipient.rule, recipient.timezone, now):
            return Counter()
        if len(held) == 1:
            store.deliveries.let_go([held[0].id], now)  # told of itself it says more than a summary of one
            return Counter()
        message = summary_message(
            _items_held(held, tools),
            recipient,
            key=f"summary.{recipient.id}.{held[0].id}",
            channel=channel_of(recipient, now, tools),
            since=held[0].at,
        )
        carrier = store.deliveries.send_to(message, recipient.id, now, urgent=urgent)
        store.deliveries.carry([one.id for one in held], carrier.id)
    return Counter({"summary": 1, "carried": len(held)})


def _last_of_each(held: Sequence[Delivery], tools: DeliverTools) -> list[Delivery]:
    """Return what is held back without what was never tried and has a later revision here, which supersedes it."""
    last = {one.alert_uid: one.revision for one in sorted(held, key=lambda one: one.revision)}
    gone = {one.id for one in held if one.revision < last[one.alert_uid] and not one.attempts}
    tools.store.deliveries.supersede(gone, tools.clock())
    return [one for one in held if one.id not in gone]


def _items_held(held: Sequence[Delivery], tools: DeliverTools) -> list[AlertItem]:
    wanted = {(one.alert_uid or "", one.revision) for one in held}
    histories = [tools.store.alerts.history(uid) for uid, _ in sorted(wanted)]
    alerts = [alert for history in histories for alert in history if (alert.uid, alert.revision) in wanted]
    return list(alert_items(tools.publish, alerts))


def minor_items(recipient: Recipient, since: datetime, until: datetime, tools: DeliverTools) -> list[AlertItem]:
    """Return incidents of severity 0 and 1 that became known in a span and that a digest's recipient wants.

    They raise no alert of their own (domain dossier, section 4.3): a digest is the only way in which they leave.
    """
    rule, store = recipient.rule, tools.store
    if rule.from_level >= ALONE_FROM or recipient.exercise != tools.publish.exercise:
        return []
    found = []
    for incident in store.incidents.list(min_severity=rule.from_level, since=since, limit=MOST_LISTED):
        codes = [place.code for place in incident.places]
        if (
            incident.severity < ALONE_FROM
            and since < incident.opened_at <= until
            and incident.status not in REJECTED
            and (rule.unverified or is_verified(incident))
            and not not_for(rule, codes, incident.signals, incident.severity, str(incident.urgency))
            and store.alerts.of_incident(incident.id) is None
        ):
            found.append(incident_item(incident, tools.publish))
    return found


def channel_of(recipient: Recipient, now: datetime, tools: DeliverTools) -> Channel:
    """Return who publishes what is sent to a recipient as a feed."""
    return replace(tools.publish.channel(now), exercise=recipient.exercise)
