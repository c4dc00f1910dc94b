"""Which articles belong together: merging incidents, splitting one, moving an article; looked at before it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from data.errors import ConflictError, InputError, KentonganError, UnknownItemError
from desk.actions.deciding import version_of
from desk.actions.merging import merge, move, similar, split, unmerge
from desk.frame import STATUS
from desk.incident_articles import read_first, shown_item
from desk.moves import NAMES
from desk.pages.incident import articles_of, incident_of, signal_name
from desk.permissions import Permission
from desk.terminal.speech import reword

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.records import Incident
    from desk.frame import Call, Desk

P = Permission
MOST_FOUND: Final = 20


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of merging and splitting."""
    here = "/kejadian/{number:int}"
    return [
        desk.route(f"{here}/gabung", show_similar, P.LIHAT),
        desk.route(f"{here}/gabung/tinjau", preview, P.GABUNG),
        desk.route(f"{here}/gabung", merge_here, P.GABUNG, methods=["POST"]),
        desk.route(f"{here}/gabung/{{other:int}}/urung", unmerge_here, P.GABUNG, methods=["POST"]),
        desk.route(f"{here}/pisah", show_articles, P.GABUNG),
        desk.route(f"{here}/pisah", split_here, P.GABUNG, methods=["POST"]),
        desk.route(f"{here}/pindah", move_here, P.GABUNG, methods=["POST"]),
    ]


def show_similar(call: Call) -> Response:
    """Show the incidents that may be the same event, or those that a search finds."""
    return _similar(call)


def preview(call: Call) -> Response:
    """Show the incidents side by side as they are before they are made one."""
    return _preview(call)


def merge_here(call: Call) -> Response:
    """Make the incidents one, as the preview showed them."""
    number = call.number("number")
    kept = _number(call.text("utama")) or number
    seen = _seen(call.texts("versi"))
    others = [one for one in seen if one != kept]
    try:
        merge(
            call.store, call.tools.publish.sources, call.actor, kept, others, call.text("alasan"), call.now, seen=seen
        )
    except (ConflictError, InputError) as error:
        return _preview(call, chosen=list(seen) or [number], error=error)
    message = call.say("Kejadian {} digabung ke sini.", "Incident {} was merged into this.")
    undo = f"/kejadian/{kept}/gabung/{others[0]}/urung"  # one of them names the whole merge
    return call.go(f"/kejadian/{kept}", message.format(", ".join(map(str, others))), undo=undo)


def unmerge_here(call: Call) -> Response:
    """Take a merge of one's own back."""
    number, other = call.number("number"), call.number("other")
    again = unmerge(call.store, call.tools.publish.sources, call.actor, number, other, call.now)
    message = call.say("Penggabungan diurungkan; kejadian {} berdiri lagi.", "Undone; incident {} stands again.")
    return call.go(f"/kejadian/{number}", message.format(", ".join(str(one.id) for one in again)))


def show_articles(call: Call) -> Response:
    """Show the articles of the incident, of which some can leave it."""
    return _articles(call)


def split_here(call: Call) -> Response:
    """Take articles out into an incident of their own."""
    number = call.number("number")
    try:
        made = split(
            call.store,
            call.tools.publish.sources,
            call.actor,
            number,
            _chosen(call),
            call.text("alasan"),
            call.now,
            seen=_number(call.text("versi")) or 0,
        )
    except (ConflictError, InputError, UnknownItemError) as error:
        return _articles(call, error=error)
    message = call.say("Dipisah menjadi kejadian {}.", "Split off as incident {}.").format(made.id)
    return call.go(f"/kejadian/{made.id}", message)


def move_here(call: Call) -> Response:
    """Put one article into another incident."""
    number = call.number("number")
    try:
        article_id, to = _where_to(call)
        move(
            call.store,
            call.tools.publish.sources,
            call.actor,
            number,
            article_id,
            to,
            call.text("alasan"),
            call.now,
            seen=_number(call.text("versi")) or 0,
        )
    except (ConflictError, InputError, UnknownItemError) as error:
        return _articles(call, error=error)
    return call.go(f"/kejadian/{to}", call.say("Artikel dipindah ke sini.", "The article was moved here."))


def _where_to(call: Call) -> tuple[int, int]:
    """Return the one article that a form names, and the incident that it goes to; InputError where it does not."""
    chosen, to = _chosen(call), _number(call.text("ke"))
    if len(chosen) != 1 or to is None:
        raise InputError("choose one article, and give the number of the incident that it goes to")
    return chosen[0], to


def _similar(call: Call) -> Response:
    incident, query = incident_of(call), call.asked("q")
    near = [] if query else similar(call.store, call.actor, incident)
    found = _found(call, incident, query) if query else []
    return call.page(
        "incident_similar.html",
        incident=incident,
        query=query,
        rows=[
            {
                "item": shown_item(one.incident, call.tools.publish),
                "signals": [signal_name(call, slug) for slug in one.signals],
                "same_place": one.same_place,
                "hours": one.hours,
            }
            for one in near
        ]
        + [
            {"item": shown_item(one, call.tools.publish), "signals": [], "same_place": False, "hours": None}
            for one in found
        ],
        names=NAMES,
    )


def _found(call: Call, incident: Incident, query: str) -> list[Incident]:
    """Return the incidents that a number or words find, and that the person may see."""
    number = _number(query.lstrip("#"))
    if number is not None:
        one = call.store.incidents.get(number)
        found = [one] if one is not None else []
    else:
        articles = call.store.articles.search(query, limit=5 * MOST_FOUND)
        held = (call.store.incidents.of_article(one.id) for one in articles)
        found = list({one.id: one for one in held if one is not None}.values())
    return [
        one
        for one in found
        if one.id != incident.id and one.merged_into is None and call.actor.sees(place.code for place in one.places)
    ][:MOST_FOUND]


def _preview(call: Call, *, chosen: Sequence[int] = (), error: KentonganError | None = None) -> Response:
    incident = incident_of(call)
    numbers = list(dict.fromkeys([incident.id, *(chosen or _numbers(call.request.query_params.getlist("dengan")))]))
    # The versions first: whatever comes after them makes the merge stale, not blind.
    versions = {number: version_of(call.store, number) for number in numbers}
    shown = []
    for number in numbers:
        one = call.store.incidents.get(number)
        if one is None or not call.actor.sees(place.code for place in one.places):
            raise UnknownItemError("incident", number)
        first = read_first(one, call.store)
        read = replace(one, article_ids=first.ids)
        item = shown_item(one, call.tools.publish)
        shown.append(
            {"item": item, "articles": articles_of(call, read), "more": first.more, "version": versions[number]}
        )
    # The one that persons have worked on keeps its number, else the oldest: so links that were sent stay right.
    worked = call.store.incidents.decided_by_persons(numbers)
    usual = min(numbers, key=lambda number: (number not in worked, number))
    return call.page(
        "incident_merge.html",
        status=_status_of(error),
        wrong=reword(call.say, str(error)) if error is not None else "",
        incident=incident,
        shown=shown,
        usual=_number(call.text("utama")) or usual,
        reason=call.text("alasan"),
        names=NAMES,
    )


def _articles(call: Call, *, error: KentonganError | None = None) -> Response:
    version = version_of(call.store, call.number("number"))
    incident = incident_of(call)
    return call.page(
        "incident_split.html",
        status=_status_of(error),
        wrong=reword(call.say, str(error)) if error is not None else "",
        incident=incident,
        version=version,
        articles=articles_of(call, incident),
        chosen=_chosen(call),
        reason=call.text("alasan"),
        to=call.text("ke"),
    )


def _status_of(error: KentonganError | None) -> int:
    if error is None:
        return 200
    return next((code for kind, code in STATUS if isinstance(error, kind) and code != 404), 422)


def _chosen(call: Call) -> list[int]:
    return _numbers(call.texts("artikel"))


def _seen(values: Sequence[str]) -> dict[int, int]:
    """Return the versions that a form holds as ``incident:version``; what is no such pair is left out."""
    pairs = (value.partition(":") for value in values)
    return {int(one): int(two) for one, _, two in pairs if _number(one) is not None and _number(two) is not None}


def _numbers(values: Sequence[Any]) -> list[int]:
    return [number for value in values if (number := _number(str(value))) is not None]


def _number(value: str) -> int | None:
    kept = value.strip()
    return int(kept) if kept.isdecimal() and kept.isascii() and len(kept) <= 9 else None
