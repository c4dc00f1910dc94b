"""What a delivery pass would do now, and why it would not do the rest; nothing is sent and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feeds.delivering import (
    DIGEST,
    HOUR,
    SUMMED,
    TOO_MANY,
    access,
    decide,
    last_slot,
    quiet_until,
    room_of,
)
from flows.deliver_plan import LOOK_BACK, delivery_of, digest_key, facts_of, items_of, minor_items

if TYPE_CHECKING:
    from datetime import datetime

    from data.delivering import Circuit, Delivery, Recipient
    from flows.deliver_plan import DeliverTools

MOST_LOOKED_AT = 10_000

LEFT_ALONE = "dibiarkan"
IN_HAND = "sedang_dikirim"
BEHIND = "menunggu_revisi"
RETRY = "dicoba_lagi"
PREVIEW = {
    "sekarang": ("dikirim sekarang", "goes out now"),
    LEFT_ALONE: ("tujuan gagal berulang, dibiarkan dulu", "its endpoint keeps failing and is left alone"),
    IN_HAND: ("sedang dikirim proses lain", "another process is sending it"),
    BEHIND: ("menunggu revisi sebelumnya", "waits for the revision before it"),
    RETRY: ("dicoba lagi nanti", "is tried again later"),
    "digantikan": ("digantikan revisi berikutnya", "a later revision goes in its place"),
}
"""What is said of a delivery besides `feeds.delivering.NOT_WANTED` and ``HELD``: in Indonesian and in English."""


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery as a pass would find it; ``what`` is a slug, ``sekarang`` for what goes out now.

    ``due`` is when it may go out, None where it goes out now or never. ``count`` is how many alerts it tells of.
    """

    recipient: Recipient
    kind: str
    alert_uid: str
    revision: int
    what: str
    due: datetime | None = None
    count: int = 1


def preview(tools: DeliverTools) -> list[Line]:
    """Return what would become of every delivery now, recipient by recipient; what ended before is left out."""
    store, now = tools.store, tools.clock()
    recipients = store.recipients.all()
    waiting: dict[int, list[Delivery]] = {one.id: [] for one in recipients}
    for one in store.deliveries.log(states=("waiting", "held"), limit=MOST_LOOKED_AT):
        waiting.setdefault(one.recipient_id, []).append(one)
    refused = _planned(tools, recipients, waiting, now)
    lines = []
    for recipient in recipients:
        lines += [*_lines(recipient, sorted(waiting[recipient.id], key=_order), tools, now), *refused[recipient.id]]
    return lines


def _planned(
    tools: DeliverTools, recipients: list[Recipient], waiting: dict[int, list[Delivery]], now: datetime
) -> dict[int, list[Line]]:
    """Put what would be planned beside what waits; return, by recipient, what would not be wanted or left out."""
    store = tools.store
    refused: dict[int, list[Line]] = {one.id: [] for one in recipients}
    if not recipients:
        return refused
    alerts = store.deliveries.unplanned(now - LOOK_BACK, MOST_LOOKED_AT)
    earlier = store.deliveries.of_alerts([alert.uid for alert in alerts])
    number = 0
    for item in items_of(alerts, tools).values():
        alert, facts = item.alert, facts_of(item, tools)
        for recipient in recipients:
            mine = earlier.setdefault((recipient.id, alert.uid), [])
            decision = decide(facts, recipient, mine, now)
            number -= 1  # it has no number yet, and must be told from the others
            made = replace(delivery_of(alert, recipient, decision, now, None), id=number)
            gone = set(decision.supersedes)
            refused[recipient.id] += [
                Line(recipient, one.kind, alert.uid, one.revision, "digantikan") for one in mine if one.id in gone
            ]
            waiting[recipient.id] = [one for one in waiting[recipient.id] if one.id not in gone]
            mine[:] = [*(one for one in mine if one.id not in gone), made]
            if decision.state == "not_wanted":
                refused[recipient.id].append(Line(recipient, "alert", alert.uid, alert.revision, decision.why))
            else:
                waiting[recipient.id].append(made)
    return refused


def _order(one: Delivery) -> tuple[bool, str, int, datetime]:
    return (not one.urgent, one.alert_uid or "", one.revision, one.at)


def _lines(recipient: Recipient, waiting: list[Delivery], tools: DeliverTools, now: datetime) -> list[Line]:
    store, rule = tools.store, recipient.rule
    lines = _gathered(recipient, waiting, tools, now)
    quiet = quiet_until(rule, recipient.timezone, now)
    circuit = store.endpoints.get(recipient.endpoint)
    sent = store.deliveries.sent_since(recipient.id, now - HOUR) if rule.most_per_hour else []
    room = room_of(rule, sent, store.deliveries.in_hand(recipient.id, now))
    left, begun = room.left, set[str]()
    for one in waiting:
        if one.state == "held":
            continue
        what, due = _why_not(one, recipient, circuit, quiet, now)
        if not what and one.alert_uid is not None and one.alert_uid in begun:
            what = BEHIND
        if one.alert_uid is not None:
            begun.add(one.alert_uid)
        if not what and left is not None and one.kind == "alert":
            what, due = ("", None) if left > 0 else (TOO_MANY, room.hold_until)
            left -= 1
        lines.append(Line(recipient, one.kind, one.alert_uid or "", one.revision, what or "sekarang", due))
    return lines


def _why_not(
    one: Delivery, recipient: Recipient, circuit: Circuit, quiet: datetime | None, now: datetime
) -> tuple[str, datetime | None]:
    """Return why something that waits does not go out now, and when it may; "" where it does."""
    if not recipient.active:
        return "dijeda", None
    if one.claimed_until is not None and one.claimed_until > now:
        return IN_HAND, None
    if one.due is not None and one.due > now:
        return one.why or RETRY, one.due
    if quiet is not None and not one.urgent:
        return "tenang", quiet
    if access(circuit, now) == "closed":
        return LEFT_ALONE, circuit.open_until
    return "", None


def _gathered(recipient: Recipient, waiting: list[Delivery], tools: DeliverTools, now: datetime) -> list[Line]:
    """Return the digest and the summary that would go out now, and what is held back for a later one."""
    rule, lines = recipient.rule, []
    slot = last_slot(rule, recipient.timezone, now)
    held = [one for one in waiting if one.state == "held"]
    summed = [one for one in held if one.why in SUMMED]
    told = recipient.active and any(one.due is not None and one.due <= now for one in summed)
    if told:
        lines.append(Line(recipient, "summary", "", 0, "sekarang", count=len(summed)))
    in_digest: list[Delivery] = []
    if slot is not None and recipient.active and (recipient.since is None or slot > recipient.since):
        in_digest = [one for one in held if one.why == DIGEST and one.due is not None and one.due <= slot]
        if tools.store.deliveries.of_key(digest_key(recipient, slot)) is None:
            last = tools.store.deliveries.last_of_kind(recipient.id, "digest")
            since = last.at if last is not None else recipient.since or slot
            count = len(in_digest) + len(minor_items(recipient, since, now, tools))
            if count or rule.mode == "ringkasan":
                lines.append(Line(recipient, "digest", "", 0, "sekarang", count=count))
    gathered = {one.id for one in in_digest} | ({one.id for one in summed} if told else set())
    left = [one for one in held if one.id not in gathered]
    return [*lines, *(Line(recipient, one.kind, one.alert_uid or "", one.revision, one.why, one.due) for one in left)]
