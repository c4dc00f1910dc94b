"""Messages as they are sent: an alert, a digest, what a limit held back, an escalation, a trial.

What a person reads is short where the channel is a messenger (Apprise), whole where it is mail; a program gets the JSON
besides. The same arguments make the same message: each attempt sends the same bytes under the same key.
"""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from data.delivering import Message
from feeds import FORMATS
from feeds.alert_texts import cut, levels_told, list_line, short_report, subject, whole_text
from feeds.items import DRILL, EXERCISE
from feeds.jsonfeed import entry_of
from feeds.reports.wording import duration, moment, number, short_moment, zone_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from data.delivering import MessageKind, Recipient
    from feeds import Channel
    from feeds.items import AlertItem, Told

LISTED: Final = 50
"""Alerts that a digest names in mail; the JSON has all of them."""

LONGEST_SHORT: Final = 3500
"""Characters of a digest in a messenger: Telegram takes 4,096 in one message, of which the subject has up to 160."""

NIL: Final = "nihil, tidak ada peringatan dalam kurun ini"


def alert_message(
    item: AlertItem,
    recipient: Recipient,
    *,
    key: str,
    acknowledge: str = "",
    before: Mapping[str, Any] | None = None,
) -> Message:
    """Return an alert's revision for a recipient.

    ``acknowledge`` is the address at which this recipient acknowledges it, "" without one. ``before`` are the machine
    fields (``_kentongan``) of the revision that it got last, from which an update says what is new; None where they are
    not known.
    """
    told = item.told()
    tell = short_report if recipient.channel == "apprise" else whole_text
    return Message(
        key=key,
        kind="alert",
        uid=told.uid,
        revision=told.revision,
        incident_id=told.incident_id,
        subject=subject(told),
        text=tell(item, told, before=before, acknowledge=acknowledge),
        body=_json(_entry(told, acknowledge)),
        exercise=told.exercise,
        state=told.state,
    )


def digest_message(
    items: Sequence[AlertItem],
    recipient: Recipient,
    *,
    key: str,
    channel: Channel,
    since: datetime,
    until: datetime,
) -> Message:
    """Return what came in from ``since`` to ``until`` as one message, the gravest first; nil where nothing did."""
    zone = recipient.timezone
    span = f"{short_moment(since, zone)} s.d. {short_moment(until, zone)} {zone_name(zone, until)}"
    head = f"Izin melaporkan, ringkasan peringatan {span}: {{}}."
    title = f"Ringkasan {short_moment(until, zone)} {zone_name(zone, until)}: {number(len(items))} peringatan"
    return _listing("digest", items, recipient, key=key, channel=channel, title=title, head=head)


def summary_message(
    items: Sequence[AlertItem],
    recipient: Recipient,
    *,
    key: str,
    channel: Channel,
    since: datetime,
) -> Message:
    """Return what the limit of messages an hour has held back since ``since``, as one message."""
    most = recipient.rule.most_per_hour
    limit = f"batas {number(most)} pesan per jam" if most else "batas pesan per jam"
    at = f"{short_moment(since, recipient.timezone)} {zone_name(recipient.timezone, since)}"
    head = f"Izin melaporkan, {limit} tercapai. Ditahan sejak {at}: {{}}."
    title = f"{number(len(items))} peringatan lagi ({limit} tercapai)"
    return _listing("summary", items, recipient, key=key, channel=channel, title=title, head=head)


def escalation_message(
    item: AlertItem,
    *,
    key: str,
    waited: timedelta,
    whom: str = "",
    acknowledge: str = "",
) -> Message:
    """Return the call about an incident that nobody has looked at for ``waited``; ``whom`` is to be told besides."""
    told = item.told()
    minutes = waited.total_seconds() / 60
    call = f"ESKALASI {told.urgency}: {duration(minutes)} belum dilihat petugas."
    if whom:
        call += f" Teruskan kepada: {whom}."
    drill = f"{EXERCISE} – " if told.exercise else ""
    made = _entry(told, acknowledge)
    made["_kentongan"] |= {"eskalasi": {"menit": round(minutes), "kepada": whom}}
    return Message(
        key=key,
        kind="escalation",
        uid=told.uid,
        revision=told.revision,
        incident_id=told.incident_id,
        subject=f"{drill}ESKALASI {told.urgency} – {subject(told).removeprefix(drill)}",
        text=short_report(item, told, call=call, acknowledge=acknowledge),
        body=_json(made),
        exercise=told.exercise,
        state=told.state,
    )


def trial_message(recipient: Recipient, *, key: str, now: datetime) -> Message:
    """Return a message that says nothing but that it arrived."""
    title = "Uji kirim Kentongan"
    at = moment(now, recipient.timezone)
    text = f"{title}. Pesan ini dikirim {at} untuk memeriksa jalur; bukan peringatan, tidak perlu ditindaklanjuti.\n"
    drill = recipient.exercise
    body = {"id": key, "title": title, "content_text": text, "_kentongan": {"uji": True, "latihan": drill}}
    return Message(key, "test", "", 0, 0, _marked(title, drill=drill), _drilled(text, drill=drill), _json(body), drill)


def _listing(
    kind: MessageKind,
    items: Sequence[AlertItem],
    recipient: Recipient,
    *,
    key: str,
    channel: Channel,
    title: str,
    head: str,
) -> Message:
    ordered = sorted(items, key=lambda item: (-item.incident.severity, str(item.incident.urgency), item.incident.id))
    told = [item.told() for item in ordered]
    lines = [list_line(at, one) for at, one in enumerate(told[:LISTED], 1)]
    if recipient.channel == "apprise":
        lines = lines[: _fitting(lines)]
    if len(told) > len(lines):
        lines.append(f"… dan {number(len(told) - len(lines))} peringatan lain; lihat meja petugas.")
    lines.insert(0, head.format(levels_told(told) if told else NIL))
    drill = recipient.exercise
    return Message(
        key=key,
        kind=kind,
        uid="",
        revision=0,
        incident_id=0,
        subject=_marked(title, drill=drill),
        text=_drilled("\n".join(lines) + "\n", drill=drill),
        body=FORMATS["jsonfeed"].write(ordered, channel),
        exercise=drill,
    )


def _fitting(lines: Sequence[str]) -> int:
    """Return how many of the lines a messenger shows in one message, one at the least."""
    ends = list(accumulate(len(line) + 1 for line in lines))
    return max(sum(end <= LONGEST_SHORT for end in ends), 1)


def _marked(title: str, *, drill: bool) -> str:
    return cut(f"{EXERCISE} – {title}" if drill else title, 160)


def _drilled(text: str, *, drill: bool) -> str:
    return f"*{DRILL}*\n{text}" if drill else text


def _entry(told: Told, acknowledge: str) -> dict[str, Any]:
    made = entry_of(told)
    if acknowledge:
        made["_kentongan"] = {**made["_kentongan"], "konfirmasi": acknowledge}
    return made


def _json(made: Mapping[str, Any]) -> bytes:
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
