"""One incident: what, where, when, why it was flagged, who reported it, how it changed; and deciding about it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from data.errors import ConflictError, InputError, KentonganError, LeaseError, UnknownItemError
from data.records import FoundPlace, IncidentStatus, PlaceRole
from desk.actions.alerting import waits
from desk.actions.commenting import comment
from desk.actions.deciding import decide, undo, version_of
from desk.actions.entering import FIELD_SOURCE
from desk.actions.following import OUTCOMES, record_answer, record_outcome
from desk.actions.reading import read_text
from desk.actions.valuing import CONTENTS, SOURCES, proposed, set_value
from desk.actions.work import hands, see
from desk.delivery_words import STATES as DELIVERY_STATES
from desk.frame import STATUS
from desk.incident_articles import page_of, read_first
from desk.moves import DOING, KEYS, NAMES, Field, moves_from
from desk.pages.deliveries import told_of
from desk.pages.incident_history import change_words, history_lines
from desk.pages.incident_marks import LETTERS as MARK_LETTERS
from desk.pages.incident_marks import marked_text
from desk.permissions import Permission
from desk.place_map import LETTERS, draw_maps
from desk.place_page import ROLES
from desk.terminal.incident_lines import KINDS, QUESTIONS, STEPS, took
from desk.terminal.speech import reword
from feeds.alerting import is_standing
from feeds.masking import masked
from flows.incident_view import view_of
from flows.joining import members_of
from flows.publish import incident_item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.gazetteer import Gazetteer
    from data.records import Incident, Place
    from desk.frame import Call, Desk
    from desk.place_map import PlaceMap

P = Permission
OUTCOME_NAMES: Final = {
    "benar": ("benar", "true"),
    "sebagian": ("sebagian benar", "true in part"),
    "tidak_benar": ("tidak benar", "not true"),
}
MOST_ENTRIES: Final = 200
"""Entries of the audit log about one incident that its history shows."""
PER_PAGE: Final = 50
"""Articles on a page of the whole list."""
MOST_LINES: Final = 60
"""Lines of the history that are shown at once, the newest: a page or two of what was done, not of what came in."""

KEPT_FIELDS: Final = (
    "ke",
    "alasan",
    "penerima",
    "surat",
    "duplikat_dari",
    "komentar",
    "jawaban",
    "catatan",
    "catatan_peringatan",
)
"""What a person had filled in, which is not lost where it cannot be kept as it is."""


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of one incident."""
    here = "/kejadian/{number:int}"
    return [
        desk.route(here, show, P.LIHAT),
        desk.route(f"{here}/peta", show_map, P.LIHAT),
        desk.route(f"{here}/artikel", show_articles, P.LIHAT),
        desk.route(f"{here}/putuskan", decide_here, P.TINJAU, methods=["POST"]),
        desk.route(f"{here}/urung/{{review:int}}", undo_here, P.TINJAU, methods=["POST"]),
        desk.route(f"{here}/komentar", comment_here, P.KOMENTAR, methods=["POST"]),
        desk.route(f"{here}/jawaban/{{follow_up:int}}", answer_here, P.VERIFIKASI, methods=["POST"]),
        desk.route(f"{here}/hasil", outcome_here, P.VERIFIKASI, methods=["POST"]),
        desk.route(f"{here}/nilai", value_here, P.TINJAU, methods=["POST"]),
    ]


def incident_of(call: Call) -> Incident:
    """Return the incident of the path; UnknownItemError where there is none, or it is not of the person's regions."""
    number = call.number("number")
    incident = call.store.incidents.get(number)
    if incident is None or not call.actor.sees(place.code for place in incident.places):
        raise UnknownItemError("incident", number)
    return incident


def show(call: Call) -> Response:
    """Show one incident."""
    number = incident_of(call).id
    see(call.store, call.actor, number, call.now)
    return _page(call)


def show_map(call: Call) -> Response:
    """Show the map of an incident's places, which takes longer to draw than the rest of its page."""
    incident = incident_of(call)
    return call.part("incident_map.html", "content", **map_values(call, incident))


def show_articles(call: Call) -> Response:
    """List all articles of an incident, the newest first, a page at a time."""
    incident = incident_of(call)
    asked = call.asked("hal", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) <= 6 else 1
    ids, pages = page_of(incident.article_ids, max(1, number), PER_PAGE)
    heads = articles_of(call, replace(incident, article_ids=ids))
    return call.page(
        "incident_articles.html",
        incident=incident,
        articles={one: heads[one] for one in ids if one in heads},
        number=number,
        pages=pages,
    )


def decide_here(call: Call) -> Response:
    """Decide about the incident."""
    number = call.number("number")
    try:
        to = _status(call.text("ke"))
        made = decide(
            call.store,
            call.actor,
            number,
            to,
            call.now,
            seen=_whole(call.text("versi"), "versi"),
            reason=call.text("alasan"),
            recipient=call.text("penerima"),
            letter=call.text("surat"),
            duplicate_of=_number_or_none(call.text("duplikat_dari")),
        )
    except (ConflictError, LeaseError, InputError) as error:
        return refused(call, error)
    message = call.say("Diputuskan: {}.", "Decided: {}.").format(call.say(*NAMES[to]))
    return call.go(f"/kejadian/{number}", message, undo=f"/kejadian/{number}/urung/{made.review}")


def undo_here(call: Call) -> Response:
    """Undo a decision of one's own."""
    number = call.number("number")
    try:
        incident = undo(call.store, call.actor, int(call.request.path_params["review"]), call.now)
    except (ConflictError, InputError) as error:
        return refused(call, error)
    message = call.say("Diurungkan; status kembali: {}.", "Undone; the status is again: {}.")
    return call.go(f"/kejadian/{number}", message.format(call.say(*NAMES[incident.status])))


def comment_here(call: Call) -> Response:
    """Write a comment."""
    number = call.number("number")
    try:
        _, told = comment(call.store, call.actor, number, call.text("komentar"), call.now)
    except InputError as error:
        return refused(call, error)
    message = call.say("Komentar disimpan.", "The comment is kept.")
    if told:
        names = ", ".join(user.display for user in told)
        message += " " + call.say("Diberi tahu: {}.", "Told: {}.").format(names)
    return call.go(f"/kejadian/{number}", message)


def answer_here(call: Call) -> Response:
    """Record the answer to a follow-up."""
    number = call.number("number")
    follow_up = int(call.request.path_params["follow_up"])
    try:
        record_answer(
            call.store, call.actor, number, follow_up, call.text("jawaban"), call.now, seen=call.text("semula")
        )
    except (ConflictError, InputError) as error:
        return refused(call, error)
    return call.go(f"/kejadian/{number}", call.say("Jawaban dicatat.", "The answer is recorded."))


def outcome_here(call: Call) -> Response:
    """Record what the incident turned out to be."""
    number = call.number("number")
    try:
        record_outcome(call.store, call.actor, number, call.text("hasil"), call.text("catatan"), call.now)
    except InputError as error:
        return refused(call, error)
    return call.go(f"/kejadian/{number}", call.say("Hasil dicatat.", "The outcome is recorded."))


def value_here(call: Call) -> Response:
    """Say how far what is known is trusted."""
    number = call.number("number")
    try:
        set_value(call.store, call.actor, number, call.text("sumber"), call.text("isi"), call.text("catatan"), call.now)
    except InputError as error:
        return refused(call, error)
    return call.go(f"/kejadian/{number}", call.say("Nilai informasi disimpan.", "The value is kept."))


def refused(call: Call, error: KentonganError) -> Response:
    """Return the incident as it stands now with why it was not done, and what the person had filled in."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 422)
    changes: tuple[tuple[Any, str, str], ...] = ()
    if isinstance(error, ConflictError):
        seen = call.text("versi")
        since = call.store.incidents.changes_after(call.number("number"), int(seen)) if seen.isdecimal() else ()
        told = ((change.at, change.by, change_words(change, call.say)) for change in since)
        changes = tuple(one for one in told if one[2])
    kept = {name: call.text(name) for name in KEPT_FIELDS}
    return _page(call, status=status, wrong=reword(call.say, str(error)), changes=changes, kept=kept)


def _page(
    call: Call,
    *,
    status: int = 200,
    wrong: str = "",
    changes: tuple[tuple[Any, str, str], ...] = (),
    kept: Mapping[str, str] | None = None,
) -> Response:
    # The version is read first: whatever comes between it and the rest makes a decision stale, not blind.
    version = version_of(call.store, call.number("number"))
    incident = incident_of(call)
    store, tools = call.store, call.tools
    sources = tools.publish.sources
    chosen = read_first(incident, store)
    read = replace(incident, article_ids=chosen.ids)
    members = members_of(read, store, sources)
    item = incident_item(incident, tools.publish, members)
    view = view_of(incident, store, sources, members)
    may_read = call.actor.may(P.BACA_TEKS)
    history = history_lines(
        store.incidents.history(incident.id),
        store.reviews.of_incident(incident.id),
        store.audit.entries(subject=f"kejadian/{incident.id}", limit=MOST_ENTRIES),
        call.say,
    )
    best = incident.best_article_id if incident.best_article_id in incident.article_ids else None
    return call.page(
        "incident.html",
        status=status,
        wrong=wrong,
        changes=changes,
        kept=kept or dict.fromkeys(KEPT_FIELDS, ""),
        item=item,
        incident=incident,
        title=incident.title if may_read else item.title,
        quotes=[masked(quote) for quote in item.quotes],
        version=version,
        view=view,
        copies=view.copies if chosen.copies is None else chosen.copies,
        more=chosen.more,
        article=article_values(call, incident, best) if may_read and best is not None else None,
        articles=articles_of(call, read),
        moves=moves_from(incident.status, call.actor.permissions) if incident.merged_into is None else (),
        names=NAMES,
        doing=DOING,
        keys=KEYS,
        F=Field,
        hands=hands(store, call.actor, [incident.id], call.now)[incident.id],
        follow_ups=store.follow_ups.of_incident(incident.id),
        outcomes=store.outcomes.of_incident(incident.id),
        outcome_names=OUTCOME_NAMES,
        outcome_words=OUTCOMES,
        values=store.information_values.of_incident(incident.id),
        proposed=proposed(incident),
        source_values=SOURCES,
        content_values=CONTENTS,
        comments=comments_of(call, incident.id),
        alert=(alert := store.alerts.of_incident(incident.id)),
        alert_waits=waits(incident, alert),
        alert_stands=is_standing(alert),
        told=told_of(call, incident, alert),
        delivery_states=DELIVERY_STATES,
        history=history[:MOST_LINES] if call.asked("riwayat") != "semua" else history,
        older=len(history) - MOST_LINES if call.asked("riwayat") != "semua" else 0,
        letters=MARK_LETTERS,
        kinds=KINDS,
        questions=QUESTIONS,
        steps=STEPS,
        took=lambda length: took(length, call.say),
        **place_values(call, incident),
    )


def article_values(call: Call, incident: Incident, article_id: int) -> dict[str, Any]:
    """Return what is shown of an article's stored text; that it was read is noted."""
    stored = read_text(call.store, call.actor, incident.id, article_id, call.now)
    assessment = call.store.assessments.of(article_id)
    return {
        "stored": stored,
        "outlet": outlet_name(call, stored.article.source_id),
        "assessment": assessment,
        "marked": marked_text(
            stored.article.title,
            stored.article.text,
            assessment,
            lambda slug: signal_name(call, slug),
            lambda role, _: role_name(role, call),
            call.say,
        ),
        "link": web_address(stored.article.url),
    }


def articles_of(call: Call, incident: Incident) -> dict[int, dict[str, Any]]:
    """Return the heads of an incident's articles by id: title, outlet, tier, link, revision."""
    sources = call.tools.publish.sources
    found = {}
    for stored in call.store.articles.many(incident.article_ids):
        source = sources.get(stored.article.source_id)
        title = stored.article.title
        found[stored.id] = {
            "stored": stored,
            "title": title if call.actor.may(P.BACA_TEKS) else masked(title, stored.article.text),
            "outlet": outlet_name(call, stored.article.source_id),
            "tier": source.tier if source is not None else 3,
            "link": web_address(stored.article.url),
        }
    return found


def comments_of(call: Call, incident_id: int) -> list[dict[str, Any]]:
    """Return an incident's comments with the names of who wrote them."""
    comments = call.store.comments.of_incident(incident_id)
    people = {one: call.store.users.get(one) for one in {comment.user_id for comment in comments}}
    return [
        {"comment": one, "by": user.display if (user := people[one.user_id]) is not None else str(one.user_id)}
        for one in comments
    ]


def place_values(call: Call, incident: Incident) -> dict[str, Any]:
    """Return the places of an incident and of its best article with their roles, the event's first."""
    gazetteer = call.tools.gazetteer
    rows = [
        {
            "code": place.code,
            "name": full_name(place.code, gazetteer) or place.name,
            "role": role_name(place.role.value, call),
            "letter": LETTERS[place.role],
            "ambiguous": place.ambiguous,
        }
        for place in all_places(call, incident)
    ]
    return {"place_rows": rows}


def all_places(call: Call, incident: Incident) -> tuple[Place, ...]:
    """Return the event's places, then those of other roles in the best article, each unit and role once."""
    best = call.store.assessments.of(incident.best_article_id) if incident.best_article_id else None
    order = list(PlaceRole)
    others = sorted(best.places if best is not None else (), key=lambda place: order.index(place.role))
    named = {place.code for place in incident.places}
    found = {(place.code, place.role): place for place in incident.places}
    for place in others:
        if place.role is not PlaceRole.KEJADIAN and place.code not in named:
            found.setdefault((place.code, place.role), place)
    return tuple(found.values())


def map_values(call: Call, incident: Incident) -> dict[str, Any]:
    """Return the maps of an incident's places, and the names of the roles on them."""
    places = tuple(place for place in all_places(call, incident) if place.code in call.tools.gazetteer)
    spots = tuple((place.code, place.name, place.role, place.ambiguous) for place in places)
    maps = drawn(spots, call.tools.gazetteer)
    role_names = {role.value: role_name(role.value, call) for role in ROLES}
    return {"maps": maps, "role_names": role_names, "incident": incident}


@lru_cache(maxsize=256)
def drawn(spots: tuple[tuple[str, str, PlaceRole, bool], ...], gazetteer: Gazetteer) -> tuple[PlaceMap, ...]:
    """Return the maps of places; kept, since a drawing goes through seven thousand points."""
    from data.records import Place

    found = [
        FoundPlace(Place(code, name, role, "text", 0, 0, 1.0, ambiguous=ambiguous), ())
        for code, name, role, ambiguous in spots
    ]
    return draw_maps(found, gazetteer)


def full_name(code: str, gazetteer: Gazetteer) -> str:
    """Return a unit's name with all that it lies in; "" for a code that the gazetteer has not."""
    from feeds.places import full_name as named

    return named(code, gazetteer) if code in gazetteer else ""


def outlet_name(call: Call, source_id: str) -> str:
    """Return what a source is called; its id where no catalogue has it any more."""
    if source_id == FIELD_SOURCE:
        return call.say("laporan lapangan", "report from the field")
    source = call.tools.publish.sources.get(source_id)
    return source.name if source is not None else source_id


def signal_name(call: Call, slug: str) -> str:
    """Return a signal's name in the person's language; the slug itself where it is none of ours."""
    if slug not in call.tools.taxonomy.slugs:
        return slug
    signal = call.tools.taxonomy.signal(slug)
    return call.say(signal.name, signal.name_en)


def role_name(role: str, call: Call) -> str:
    """Return what a place's role is called."""
    indonesian, _, english, _ = ROLES[PlaceRole(role)]
    return call.say(indonesian, english)


def web_address(url: str) -> str:
    """Return an address that a browser may follow; "" for one of any other scheme."""
    return url if url.startswith(("http://", "https://")) else ""


def _status(value: str) -> IncidentStatus:
    known = {status.value: status for status in IncidentStatus}
    if value not in known:
        raise InputError("choose one of the decisions that the page offers")
    return known[value]


def _whole(value: str, name: str) -> int:
    if not value.isdecimal() or len(value) > 12:
        raise InputError(f'the field "{name}" of the form is missing; load the page anew')
    return int(value)


def _number_or_none(value: str) -> int | None:
    kept = value.strip().lstrip("#").partition(" ")[0]
    if not kept:
        return None
    if not kept.isdecimal() or len(kept) > 12:
        raise InputError("say of which incident it is a duplicate: its number")
    return int(kept)
