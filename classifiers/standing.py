"""What becomes of an early warning from look to look: raised once, brought up to date while it goes on, ended.

A warning is known by kind, signal, region, scale and the moment it began; it keeps them. What is found again for the
same kind, signal and region, in days or hours, goes on with it, also where it had just ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from data.watching import EarlyWarning, Scale, WarningKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from data.watching import CountedIncident

QUIET: Final[Mapping[Scale, timedelta]] = {Scale.JAM: timedelta(hours=12), Scale.HARI: timedelta(days=2)}
"""How long after its last part in excess a warning ends: the longest window of hours; two days, as the news of a day is
complete a day later."""

REOPENED_WITHIN: Final = timedelta(days=7)
"""What comes back within a week of its end is the same burst: it is reopened, not raised anew."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look has found: an early warning without its life (`data.watching.EarlyWarning` says the fields)."""

    kind: WarningKind
    signal: str | None
    region: str
    scale: Scale
    start: datetime
    end: datetime
    observed: int
    expected: float
    p_value: float
    q_value: float
    method: str
    incident_ids: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a look does to the warnings that are kept: ``raised`` have no id yet."""

    raised: tuple[EarlyWarning, ...]
    updated: tuple[EarlyWarning, ...]
    ended: tuple[EarlyWarning, ...]


def gravest_first(incidents: Iterable[CountedIncident]) -> tuple[int, ...]:
    """Return the ids of incidents, the gravest first; of equals the better witnessed, then the newer."""
    order = sorted(
        incidents, key=lambda one: (-one.severity, -one.independent_sources, -one.known_at.timestamp(), one.id)
    )
    return tuple(dict.fromkeys(one.id for one in order))


def carried(
    kept: Iterable[EarlyWarning],
    findings: Iterable[Finding],
    now: datetime,
    quiet: Mapping[Scale, timedelta] = QUIET,
) -> Changes:
    """Return what is raised, updated and ended now.

    ``kept`` are the warnings of the kinds that were looked for, those that stand and those that ended within
    `REOPENED_WITHIN`.
    """
    by_key: dict[tuple[WarningKind, str | None, str], EarlyWarning] = {}
    # The last raised of one series is the one that goes on.
    for warning in sorted(kept, key=lambda one: (one.ended_at is None, one.raised_at, one.id)):
        by_key[warning.kind, warning.signal, warning.region] = warning
    raised: list[EarlyWarning] = []
    now_known: dict[int, EarlyWarning] = {}
    seen = set()
    for finding in findings:
        key = (finding.kind, finding.signal, finding.region)
        if key in seen:
            continue
        seen.add(key)
        known = by_key.get(key)
        if known is None or not _goes_on(known, finding, now):
            raised.append(_raised(finding, now))
        else:
            now_known[known.id] = _updated(known, finding, now)
    updated, ended = [], []
    for warning in by_key.values():
        latest = now_known.get(warning.id, warning)
        if latest.ended_at is None and now - latest.end >= quiet[latest.scale]:
            ended.append(replace(latest, ended_at=now, updated_at=now))
        elif latest != warning:
            updated.append(latest)
    return Changes(tuple(raised), tuple(updated), tuple(ended))


def _goes_on(known: EarlyWarning, finding: Finding, now: datetime) -> bool:
    if known.ended_at is None:
        return True
    return now - known.ended_at < REOPENED_WITHIN and finding.start <= known.end + REOPENED_WITHIN


def _raised(finding: Finding, now: datetime) -> EarlyWarning:
    return EarlyWarning(
        id=0,
        kind=finding.kind,
        signal=finding.signal,
        region=finding.region,
        scale=finding.scale,
        start=finding.start,
        end=finding.end,
        observed=finding.observed,
        expected=finding.expected,
        p_value=finding.p_value,
        q_value=finding.q_value,
        method=finding.method,
        incident_ids=finding.incident_ids,
        raised_at=now,
        updated_at=now,
        note=finding.note,
    )


def _updated(known: EarlyWarning, finding: Finding, now: datetime) -> EarlyWarning:
    """Return a standing warning with what was found now; the same one where nothing is new.

    What it counted before stays counted: the incidents of both, and for the time that was added its share of what was
    expected.
    """
    more = [number for number in finding.incident_ids if number not in set(known.incident_ids)]
    later = finding.end > known.end
    if not more and not later:
        return known
    ids = (*finding.incident_ids, *(number for number in known.incident_ids if number not in set(finding.incident_ids)))
    expected = known.expected
    if finding.start <= known.start:
        expected = finding.expected
    elif later:
        added = (finding.end - max(known.end, finding.start)) / (finding.end - finding.start)
        expected += finding.expected * added
    return replace(
        known,
        end=max(known.end, finding.end),
        observed=len(ids),
        expected=expected,
        p_value=min(known.p_value, finding.p_value),
        q_value=min(known.q_value, finding.q_value),
        method=finding.method,
        incident_ids=ids,
        updated_at=now,
        ended_at=None,
        note=finding.note or known.note,
    )
