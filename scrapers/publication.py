"""When an article was published, from what machines are told and what readers are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from scrapers.dates import INDONESIAN_OFFSETS, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapers.dates import Moment

_URL_DAY = re.compile(r"/(20\d{2})[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-]|$)")

SAME_CLOCK = timedelta(minutes=2)
"""Two clocks that differ by less show the same time: pages print minutes, machines seconds."""


@dataclass(frozen=True, slots=True)
class Publication:
    """The time that is believed (UTC), whether its zone was ours to assume, and where it came from."""

    at: datetime | None = None
    tz_assumed: bool = False
    method: str = ""


def publication_of(claims: Iterable[tuple[str, str]], shown: Moment | None, zone: tzinfo, now: datetime) -> Publication:
    """Return the publication time; ``claims`` are (string, method), the most trusted first.

    A claim that names a zone which is not Indonesian is checked against what the page shows: Varient signs local times
    with -0500 where nobody set its zone, others sign them with Z.
    """
    read = [(moment, method) for text, method in claims if (moment := parse_date(text, zone, now)) is not None]
    if not read:
        if shown is None:
            return Publication()
        return Publication(shown.at, not shown.zone_named, "visible")
    claim, method = next(((moment, name) for moment, name in read if moment.has_time), read[0])
    if not claim.has_time and shown is not None and abs(shown.wall - claim.wall) <= timedelta(days=1):
        return Publication(shown.at, not shown.zone_named, "visible")
    if not claim.zone_named:
        if shown is not None and shown.zone_named and shown.has_time:
            if abs(shown.wall - claim.wall) <= SAME_CLOCK:
                return _with_seconds(shown, claim, method)
            if shown.wall - claim.wall in INDONESIAN_OFFSETS:  # the machine is told UTC and does not say so
                return Publication(shown.at, tz_assumed=False, method="visible")
        return Publication(claim.at, tz_assumed=True, method=method)
    if shown is None or not shown.has_time:
        return _unchecked(claim, method, zone, now)
    same_clock = abs(shown.wall - claim.wall) <= SAME_CLOCK
    # Clocks agree and zones do not: what the reader is shown wins; a foreign zone is a machine's default.
    if same_clock and abs(shown.at - claim.at) > SAME_CLOCK and (shown.zone_named or not _is_indonesian(claim)):
        return _with_seconds(shown, claim, method)
    return Publication(claim.at, tz_assumed=False, method=method)


def _with_seconds(shown: Moment, claim: Moment, method: str) -> Publication:
    return Publication(shown.at + (claim.wall - shown.wall), not shown.zone_named, method)


def _is_indonesian(moment: Moment) -> bool:
    return (moment.wall - moment.at.replace(tzinfo=None)) in INDONESIAN_OFFSETS


def _unchecked(claim: Moment, method: str, zone: tzinfo, now: datetime) -> Publication:
    """Return a zoned claim that nothing confirms.

    It is taken at its word; one of another zone only if that does not put it ahead of the clock.
    """
    if claim.at > now and not _is_indonesian(claim):
        local = claim.wall.replace(tzinfo=zone).astimezone(UTC)
        if local <= now:
            return Publication(local, tz_assumed=True, method=method)
    return Publication(claim.at, tz_assumed=False, method=method)


def publication_in_url(url: str, zone: tzinfo, now: datetime) -> Publication:
    """Return the day that an address carries (``/2024/11/05/``), at its first moment there; the last resort."""
    found = _URL_DAY.search(url)
    moment = parse_date("-".join(found.groups()), zone, now) if found else None
    return Publication() if moment is None else Publication(moment.at, tz_assumed=True, method="url")


def modified_of(
    claims: Iterable[str], shown: Moment | None, published: Publication, zone: tzinfo, now: datetime
) -> datetime | None:
    """Return when the page says it was last changed, if that is after its publication."""
    for text in claims:
        moment = parse_date(text, zone, now)
        if moment is None or published.at is None:
            continue
        # Signed with the same wrong zone as the publication was: then the publication's mending holds for it too.
        at = (
            moment.wall.replace(tzinfo=zone).astimezone(UTC)
            if published.tz_assumed and not _is_indonesian(moment)
            else moment.at
        )
        if at - published.at > SAME_CLOCK:
            return at
    if shown is not None and (published.at is None or shown.at - published.at > SAME_CLOCK):
        return shown.at
    return None
