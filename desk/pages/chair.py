"""The chair's screen (*layar ketua*): today in one view on a telephone: what is urgent, what changed, what is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.records import IncidentStatus, Urgency
from data.store.incident_queue import QueueFilter
from data.watching import WarningKind
from desk.moves import CLOSED, NAMES, OPEN
from desk.overview import Period, overview_of
from desk.pages.early_warnings import lines_of
from desk.pages.map import LEVELS, STATES
from desk.permissions import Permission
from feeds.alerting import VERIFIED
from feeds.reports.content import NOTABLE_FROM, coverage_count
from feeds.reports.wording import long_day
from flows.sla import SHIFTS_KEY, overdue_before, shifts_of, sla_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import time

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.records import Incident
    from desk.frame import Call, Desk
    from flows.sla import Sla

URGENT: Final = (Urgency.P1, Urgency.P2)
MOST: Final = 4
"""Incidents that are named: what a telephone shows without scrolling far; how many there are stands above them."""
COOKIE: Final = "dilihat_ketua"
ANEW: Final = timedelta(minutes=10)
"""After so long without a look the next one is a new look: reloading does not make the news disappear."""
LONGEST_AGO: Final = timedelta(days=3)
"""News of a longer absence are not told as news: the daily reports are there for it."""
YEAR: Final = 31_536_000


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """An open P1 or P2: its age, its clock, the kota or kabupaten where it is."""

    incident: Incident
    age: timedelta
    sla: Sla
    place: str
    status: tuple[str, str]
    verified: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What came since the last look at ``since``: incidents by urgency, early warnings, decisions by status."""

    since: datetime
    opened: tuple[tuple[Urgency, int], ...]
    warnings: int
    decided: tuple[tuple[IncidentStatus, int], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.opened or self.warnings or self.decided)


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the chair's screen."""
    return [desk.route("/ketua", show, Permission.LIHAT)]


def show(call: Call) -> Response:
    """Show today in one view, and remember on this device that it was looked at."""
    overview = overview_of(call.desk)
    today = overview.today()
    period = Period(today, today)
    picture = overview.picture(period, None, call.actor)
    coverage = {code: one for code, one in overview.coverage(period).items() if call.actor.sees([code])}
    counted = Counter(one.severity for one in overview.counted(period, call.actor))
    asked = QueueFilter(statuses=OPEN, urgencies=URGENT, now=call.now, regions=call.actor.user.regions)
    shifts = shifts_of(call.store.desk_settings.get(SHIFTS_KEY))
    borders = {one: overdue_before(one, call.now, shifts, call.desk.zone) for one in Urgency}
    counts = call.store.queue.counts(replace(asked, urgencies=tuple(Urgency)), borders)
    standing = [one for one in call.store.early_warnings.standing() if call.actor.sees([one.region])]
    looked, mark = last_look(call.request.cookies.get(COOKIE, ""), call.now)
    answered, sources = overview.answered(period)
    open_by = {one: sum(counts.each.get((one, status), 0) for status in OPEN) for one in Urgency}
    values: dict[str, Any] = {
        "words": long_day(today) if call.lang == "id" else f"{today:%A, %-d %B %Y}",
        "open": open_by,
        "urgent": urgent_lines(call, call.store.queue.page(replace(asked, oldest_first=True), MOST), shifts),
        "urgent_count": sum(open_by[one] for one in URGENT),
        "bursts": lines_of(call, [one for one in standing if one.kind is WarningKind.LONJAKAN][:MOST]),
        "precursors": lines_of(call, [one for one in standing if one.kind is WarningKind.PRAKURSOR][:MOST]),
        "picture": picture,
        "counted": [(level, counted[level]) for level in (4, 3, 2, 1, 0)],
        "levels": LEVELS,
        "states": STATES,
        "count": coverage_count(coverage, None),
        "answered": answered,
        "sources": sources,
        "changes": changes_since(call, looked, borders) if looked else None,
        "names": NAMES,
        "quiet": is_quiet(counted, open_by, len(standing)),
        "today": today,
        "yesterday": today - timedelta(days=1),
    }
    answer = call.page("chair.html", **values)
    secure = call.request.url.scheme == "https"
    answer.set_cookie(COOKIE, mark, max_age=YEAR, path="/ketua", samesite="lax", httponly=True, secure=secure)
    return answer


def last_look(cookie: str, now: datetime) -> tuple[datetime | None, str]:
    """Return when the person looked the last time before this (None: never, or long ago), and the cookie to give.

    The cookie holds the look before and the present one, in seconds; a look within `ANEW` of the present one is the
    same.
    """
    before, _, present = cookie.partition("-")
    looked = [_moment(part) for part in (before, present)]
    stamp = int(now.timestamp())
    if looked[1] is None or looked[1] > now:
        return None, f"0-{stamp}"
    if now - looked[1] < ANEW:
        since, kept = looked[0], f"{before}-{present}"
    else:
        since, kept = looked[1], f"{present}-{stamp}"
    return (since if since is not None and now - since <= LONGEST_AGO else None), kept


def _moment(text: str) -> datetime | None:
    if not (text.isascii() and text.isdecimal() and 1 < len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def changes_since(call: Call, since: datetime, borders: Mapping[Urgency, datetime]) -> Changes:
    """Return what changed since a moment, of what the person may see."""
    asked = QueueFilter(statuses=tuple(IncidentStatus), since=since, now=call.now, regions=call.actor.user.regions)
    counts = call.store.queue.counts(asked, borders).each
    opened = {one: sum(n for (urgency, _), n in counts.items() if urgency is one) for one in Urgency}
    warnings = [
        one
        for one in call.store.early_warnings.list(since=since)
        if one.raised_at >= since and call.actor.sees([one.region])
    ]
    decided = Counter(review.verdict for review in reviews_since(call, since) if review.verdict in {*VERIFIED, *CLOSED})
    return Changes(
        since,
        tuple((one, n) for one, n in opened.items() if n),
        len(warnings),
        tuple((status, decided[status]) for status in IncidentStatus if decided[status]),
    )


def reviews_since(call: Call, since: datetime) -> Sequence[Any]:
    """Return the decisions since a moment on incidents that the person may see."""
    found = call.store.reviews.since(since)
    if not call.actor.user.regions:
        return found
    places = {
        one.id: [place.code for place in one.places]
        for one in call.store.incidents.of({review.incident_id for review in found})
    }
    return [review for review in found if call.actor.sees(places.get(review.incident_id, []))]


def urgent_lines(call: Call, incidents: Sequence[Incident], shifts: Sequence[time]) -> list[UrgentLine]:
    """Return open incidents with their age and clock; ``shifts`` are when the desk's shifts begin."""
    looked = call.store.looks.first([one.id for one in incidents])
    lines = []
    for one in incidents:
        decided = one.status is not IncidentStatus.BELUM_DITINJAU
        seen = looked.get(one.id) or (one.opened_at if decided else None)
        gazetteer = call.tools.gazetteer
        names = dict.fromkeys(gazetteer.name(place.code[:5]) for place in one.places if place.code[:5] in gazetteer)
        lines.append(
            UrgentLine(
                one,
                call.now - one.opened_at,
                sla_of(one.urgency, one.opened_at, seen, call.now, shifts, call.desk.zone),
                ", ".join(names) or call.say("tempat belum diketahui", "place not known"),
                NAMES[one.status],
                one.status in VERIFIED,
            )
        )
    return lines


def is_quiet(counted: Counter[int], open_by: dict[Urgency, int], warnings: int) -> bool:
    """Return whether there is nothing of level 2 or more today, nothing urgent open, and nothing rising."""
    notable = sum(n for level, n in counted.items() if level >= NOTABLE_FROM)
    return not (notable or warnings or any(open_by[one] for one in URGENT))
