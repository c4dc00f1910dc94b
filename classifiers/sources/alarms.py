"""Each thing that is wrong with a source told once: findings now and alarms that last, made into what is to be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from data.sightings import AlarmKind, SourceAlarm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from classifiers.sources.finding import Finding

CALM = timedelta(hours=3)
"""An alarm is over once its finding has been gone for so long: what comes and goes within hours is one thing."""

NEEDS_NEWS = frozenset({AlarmKind.SUNYI, AlarmKind.TURUN})
"""Alarms that only news ends: six weeks of silence make a silence usual, and no better."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a look made of the alarms: ``changed`` are to be kept, ``raised`` of them told now, ``closed`` are over."""

    changed: tuple[SourceAlarm, ...]
    raised: tuple[SourceAlarm, ...]
    closed: tuple[SourceAlarm, ...]


def turn(
    found: Mapping[str, Sequence[Finding]],
    lasting: Sequence[SourceAlarm],
    now: datetime,
    *,
    last_new: Mapping[str, datetime | None],
    last_ok: Mapping[str, datetime | None],
) -> Turn:
    """Return what a look at all sources changes.

    ``found`` holds the findings of each source that was looked at: a source that is not there was switched off or taken
    out, and its alarms are over. ``last_new`` and ``last_ok`` are when a source last had anything new, and answered:
    while it does not answer nothing of it is over but what says that it does not.
    """
    held = {(one.source_id, one.kind): one for one in lasting}
    changed, raised, closed = [], [], []
    for source_id, findings in found.items():
        for finding in findings:
            before = held.pop((source_id, finding.kind), None)
            one = _noted(source_id, finding, now) if before is None else _again(before, finding, now)
            # A crawl that stands still sees the same failure for ever: only answers since then make it last.
            seen_until = now if not finding.holds else last_ok.get(source_id) or one.noted_at
            if one.raised_at is None and seen_until - one.noted_at >= finding.holds:
                one = replace(one, raised_at=now)
                raised.append(one)
            changed.append(one)
    for one in held.values():
        if one.source_id in found and _lasts(one, now, last_new.get(one.source_id), last_ok.get(one.source_id)):
            continue
        over = replace(one, closed_at=now)
        changed.append(over)
        if over.raised_at is not None:
            closed.append(over)
    return Turn(tuple(changed), tuple(raised), tuple(closed))


def _noted(source_id: str, finding: Finding, now: datetime) -> SourceAlarm:
    return SourceAlarm(0, source_id, finding.kind, finding.since, now, None, now, None, finding.note, finding.advice)


def _again(before: SourceAlarm, finding: Finding, now: datetime) -> SourceAlarm:
    since = min(before.since, finding.since)
    return replace(before, since=since, seen_at=now, note=finding.note, advice=finding.advice)


def _lasts(one: SourceAlarm, now: datetime, last_new: datetime | None, last_ok: datetime | None) -> bool:
    """Return whether an alarm without a finding is not over yet."""
    if one.raised_at is None:
        return False  # it was an accident
    if one.kind is not AlarmKind.MATI and (last_ok is None or last_ok <= one.seen_at):
        return True  # nothing was learned since
    if one.kind in NEEDS_NEWS and (last_new is None or last_new <= one.since):
        return True
    return now - one.seen_at < CALM
