"""Where a person finds the addresses of the feeds, makes a token for who reads them, and sees who fetched what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from data.records import Severity, Urgency
from data.store.feed_reads import IN_BROWSER
from desk.actions.feeding import DAYS, make_feed_token
from desk.entry.feed_door import SCOPE
from desk.permissions import Permission
from feeds import FORMATS
from flows.feed_filters import NAMES, STATUSES, filter_of, query_of, read_query, said

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.people import ApiToken, User
    from data.store.alert_feed import AlertFilter
    from desk.frame import Call, Desk

LOOK_BACK: Final = timedelta(days=30)
MOST_READS: Final = 50
FOR: Final = {
    "atom": ("pembaca umpan", "feed readers"),
    "rss": ("pembaca umpan lama, Outlook", "older feed readers, Outlook"),
    "jsonfeed": ("program, dengan kolom mesin", "programs, with machine fields"),
    "geojson": ("peta (QGIS, uMap)", "maps (QGIS, uMap)"),
    "csv": ("lembar kerja, statistik", "spreadsheets, statistics"),
    "xlsx": ("Excel", "Excel"),
    "ndjson": ("gudang data, satu peringatan per baris", "data stores, an alert a line"),
    "cap-index": ("sistem peringatan dini: daftar pesan CAP 1.2", "early warning systems: a list of CAP 1.2 messages"),
}
"""Whom each format is for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A token for feeds as the page shows it: whose, of what (in words), and whether it still holds."""

    token: ApiToken
    owner: str
    of: str
    over: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one consumer fetched lately: ``who`` is a token or a person."""

    who: str
    feed: str
    days: int
    times: int
    unchanged: int
    last_at: datetime


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the page; those of the feeds themselves are in `desk.feeds`."""
    return [
        desk.route("/feeds", show, Permission.LIHAT),
        desk.route("/feeds/token", add_token, Permission.LIHAT, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """List the addresses of the feeds that were chosen."""
    asked = filter_of(
        {name: call.request.query_params.getlist(name) for name in NAMES}, call.tools.gazetteer, call.tools.taxonomy
    )
    view = call.asked("tampilan")
    return _page(call, asked, int(view) if view.isascii() and view.isdecimal() and len(view) < 10 else None)


def add_token(call: Call) -> Response:
    """Make a token for the feeds that were chosen and show it once."""
    asked = read_query(call.text("saring"), call.tools.gazetteer, call.tools.taxonomy)
    days = call.text("hari")
    number = int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0
    secret, kept = make_feed_token(call.store, call.actor, call.text("nama"), asked, number, call.now)
    return _page(call, asked, None, secret=secret, fresh=kept.name)


def _page(call: Call, asked: AlertFilter, view: int | None, *, secret: str = "", fresh: str = "") -> Response:
    tools, everybody = call.tools, call.actor.may(Permission.ORANG)
    lasting = replace(asked, since=None, drills=None)
    query = "&".join(filter(None, (query_of(asked), f"tampilan={view}" if view is not None else "")))
    base = f"{call.request.base_url}feeds/"
    addresses = [
        (name, FOR[name], f"{base}{chosen.file}{f'?{query}' if query else ''}")
        for name, chosen in FORMATS.items()
        if not chosen.single
    ]
    people = {one.id: one for one in call.store.users.all()}
    tokens = call.store.tokens.all(None if everybody else call.actor.user.id)
    return call.page(
        "feeds.html",
        addresses=addresses,
        asked=asked,
        view=view,
        views=call.store.saved_views.of_user(call.actor.user.id),
        limit=query_of(lasting),
        limit_said=said(lasting, tools.gazetteer, tools.taxonomy),
        signals=tools.taxonomy.signals,
        levels=[(one.value, one.name.lower()) for one in Severity if one.value],
        urgencies=list(Urgency),
        statuses=list(STATUSES),
        days=DAYS,
        tokens=[_line(call, one, people) for one in tokens if _feed_scope(one) is not None],
        everybody=everybody,
        reads=_reads(call, people, tokens, everybody=everybody),
        secret=secret,
        fresh=fresh,
        example=addresses[0][2],
    )


def _feed_scope(token: ApiToken) -> str | None:
    return next((scope for scope in token.scopes if scope.partition(":")[0] == SCOPE), None)


def _line(call: Call, token: ApiToken, people: dict[int, User]) -> Line:
    query = (_feed_scope(token) or "").partition(":")[2]
    asked = read_query(query, call.tools.gazetteer, call.tools.taxonomy)
    over = token.expires_at is not None and token.expires_at <= call.now
    owner = people[token.user_id].display if token.user_id in people else ""
    return Line(token, owner, said(asked, call.tools.gazetteer, call.tools.taxonomy), over)


def _reads(call: Call, people: dict[int, User], tokens: list[ApiToken], *, everybody: bool) -> list[Fetched]:
    """Return what was fetched lately, the last first, days together: of oneself, or of all for who keeps the people."""
    since = f"{call.now - LOOK_BACK:%Y-%m-%d}"
    names = {one.id: one.name for one in tokens}
    found: dict[tuple[int, int, str], Any] = {}
    for read in call.store.feed_reads.since(since, user_id=None if everybody else call.actor.user.id):
        found.setdefault((read.user_id, read.token_id, read.feed), []).append(read)
    lines = []
    for (user_id, token_id, feed), reads in found.items():
        person = people[user_id].display if user_id in people else f"#{user_id}"
        token = names.get(token_id, f"token {token_id}")
        who = (
            f"{person} ({call.say('di peramban', 'in a browser')})" if token_id == IN_BROWSER else f"{token} – {person}"
        )
        times, same = sum(one.times for one in reads), sum(one.unchanged for one in reads)
        lines.append(Fetched(who, feed, len(reads), times, same, max(one.last_at for one in reads)))
    return sorted(lines, key=lambda one: one.last_at, reverse=True)[:MOST_READS]
