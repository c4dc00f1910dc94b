"""The queue (*antrean*): incidents by urgency and age, with their clocks, in whose hands they are, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from data.errors import ConflictError, InputError, LeaseError, UnknownItemError
from data.gazetteer import KABKOTA, PROVINCE
from data.records import IncidentStatus, Modality, Severity, Urgency
from data.store.incident_queue import MOST_ARTICLES
from desk.actions import views
from desk.actions.duty import on_duty
from desk.actions.together import MOST, Chosen, claim_all, decide_all, release_all, undo_all
from desk.actions.views import keep_view
from desk.actions.work import hands
from desk.moments import shown_time
from desk.moves import CLOSED, DOING, KEYS, MOVES, NAMES, OPEN, Field, moves_from
from desk.pages.queue_filters import SPANS, Asked, after_of, asked_of, filter_of, key_of
from desk.permissions import Permission
from desk.terminal.speech import reword
from feeds.alerting import is_verified
from flows.sla import SHIFTS_KEY, overdue_before, shifts_of, sla_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, time

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.errors import KentonganError
    from data.records import Incident
    from data.store.incident_queue import QueueFilter
    from desk.actions.together import Outcome
    from desk.actions.work import Hands
    from desk.frame import Call, Desk
    from flows.sla import Sla

PER_PAGE: Final = 50
MOST_TOLD: Final = 3
"""Refusals that a message tells one by one; the others are only counted."""

BACK: Final = "saringan"
"""The form field that says which view of the queue an action came from."""


@dataclass(frozen=True, slots=True)
class Row:
    """One incident as the queue shows it; ``seen`` is the version that a decision is made against."""

    incident: Incident
    level: str
    signals: tuple[str, ...]
    places: str
    sla: Sla
    looked_at: datetime | None
    hands: Hands
    seen: int
    moves: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done with chosen incidents: its slug, words, key, and what it must be told."""

    slug: str
    words: tuple[str, str]
    key: str
    asks: str


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the queue."""
    return [
        desk.route("/", show, Permission.LIHAT),
        desk.route("/antrean/wilayah", regions, Permission.LIHAT),
        desk.route("/antrean/tindakan", act, Permission.KLAIM, methods=["POST"]),
        desk.route("/antrean/urung/{first:int}-{last:int}", take_back, Permission.TINJAU, methods=["POST"]),
        desk.route("/antrean/tampilan", save_view, Permission.LIHAT, methods=["POST"]),
        desk.route("/antrean/tampilan/{number:int}/hapus", remove_view, Permission.LIHAT, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show the incidents of the filters in the address, the most urgent first."""
    asked = asked_of(dict(call.request.query_params), call.tools.taxonomy)
    values = listing(call, asked)
    if call.partial:
        return call.part("queue.html", "list", **values)
    return call.page("queue.html", **values, **_around(call, asked))


def listing(call: Call, asked: Asked, *, told: str = "", undo: str = "", wrong: bool = False) -> dict[str, Any]:
    """Return what the list itself shows: rows, counts, what can be done, and a message of what was done just now."""
    shifts = shifts_of(call.store.desk_settings.get(SHIFTS_KEY))
    wanted = call.store.queue.prepared(filter_of(asked, call.actor, call.now, shifts, call.desk.zone))
    everything = call.asked("pilih") == "semua"
    most = MOST if everything else PER_PAGE
    last = call.store.queue.last_change()
    found = call.store.queue.page(wanted, most + 1, after_of(call.asked("setelah")))
    rows = rows_of(call, found[:most], shifts)
    # What is closed is the most of a desk that has worked for a year: it is counted where it is asked for.
    statuses = tuple(one for one in IncidentStatus if one in OPEN or one in wanted.statuses)
    everywhere = replace(wanted, statuses=statuses, urgencies=tuple(Urgency))
    borders = {one: overdue_before(one, call.now, shifts, call.desk.zone) for one in Urgency}
    counted = call.store.queue.counts(everywhere, borders)
    counts = counted.each
    ends = found[most - 1] if len(found) > most else None
    return {
        "asked": asked,
        "rows": rows,
        "chosen": everything,
        "next": key_of(ends.urgency, ends.opened_at, ends.id) if ends else "",
        # So many that older ones were not looked at: whoever searches must know it.
        "is_cut": wanted.is_cut,
        "most_articles": MOST_ARTICLES,
        "total": sum(n for (urgency, status), n in counts.items() if _in(wanted, urgency, status)),
        "by_urgency": _by_urgency(wanted, counts),
        "by_status": _by_status(wanted, counts),
        "late": counted.late,
        "buttons": buttons(call),
        "names": NAMES,
        "most": MOST,
        "last_change": last,
        "told": told,
        "told_undo": undo,
        "told_wrong": wrong,
        "now": call.now,
    }


def rows_of(call: Call, incidents: Sequence[Incident], shifts: Sequence[time]) -> list[Row]:
    """Return incidents with what the queue says of each."""
    numbers = [one.id for one in incidents]
    looked, seen = call.store.looks.first(numbers), call.store.incidents.versions(numbers)
    held = hands(call.store, call.actor, numbers, call.now)
    return [_row(call, one, looked.get(one.id), seen.get(one.id, 0), held[one.id], shifts) for one in incidents]


def _row(
    call: Call, incident: Incident, looked: datetime | None, seen: int, held: Hands, shifts: Sequence[time]
) -> Row:
    # A decision counts as a look, even one that was made before looks were kept.
    decided = incident.status is not IncidentStatus.BELUM_DITINJAU
    looked_at = looked or (incident.opened_at if decided else None)
    taxonomy = call.tools.taxonomy
    return Row(
        incident=incident,
        level=Severity(incident.severity).name.lower(),
        signals=tuple(
            taxonomy.signal(slug).name if call.lang == "id" else taxonomy.signal(slug).name_en
            for slug in incident.signals
            if slug in taxonomy.slugs
        ),
        places=place_words(call, incident),
        sla=sla_of(incident.urgency, incident.opened_at, looked_at, call.now, shifts, call.desk.zone),
        looked_at=looked,
        hands=held,
        seen=seen,
        moves=tuple(one.to.value for one in moves_from(incident.status, call.actor.permissions) if not one.back),
        verified=is_verified(incident),
    )


def place_words(call: Call, incident: Incident) -> str:
    """Return an incident's places as people read them, each below a kabupaten or kota with that behind it."""
    gazetteer = call.tools.gazetteer
    names = [
        gazetteer.name(one.code)
        if len(one.code) <= KABKOTA
        else f"{gazetteer.name(one.code)}, {gazetteer.name(one.code[:KABKOTA])}"
        for one in incident.places
        if one.code in gazetteer
    ]
    return "; ".join(dict.fromkeys(names)) or call.say("tempat belum diketahui", "place not known")


def buttons(call: Call) -> list[Button]:
    """Return what the person may do with incidents of the queue, whatever their status, in the order of the work."""
    found = []
    if call.actor.may(Permission.KLAIM):
        found.append(Button("klaim", ("Klaim", "Claim"), "c", ""))
        found.append(Button("lepas", ("Lepas", "Release"), "r", ""))
    for to in IncidentStatus:
        forward = [one for one in MOVES if one.to is to and not one.back and one.needs in call.actor.permissions]
        if forward:
            asks = next(iter(forward[0].requires), "")
            found.append(Button(to.value, DOING[to], KEYS[to], str(asks)))
    return found


def regions(call: Call) -> Response:
    """Show the tree of provinces, or the kabupaten and kota of one, with how many incidents of the filter each has."""
    asked = asked_of(dict(call.request.query_params), call.tools.taxonomy)
    shifts = shifts_of(call.store.desk_settings.get(SHIFTS_KEY))
    wanted = call.store.queue.prepared(filter_of(asked, call.actor, call.now, shifts, call.desk.zone))
    province = asked.wilayah[:PROVINCE] or None
    counts = call.store.queue.places(wanted, None)
    below = call.store.queue.places(wanted, province) if province else {}
    gazetteer = call.tools.gazetteer
    return call.part(
        "queue.html",
        "tree",
        asked=asked,
        province=province,
        provinces=[(code, gazetteer.name(code), n) for code, n in sorted(counts.items()) if code in gazetteer],
        below=[(code, gazetteer.name(code), n) for code, n in sorted(below.items()) if code in gazetteer],
    )


def act(call: Call) -> Response:
    """Do one thing with the chosen incidents."""
    asked = asked_of(dict(parse_qsl(call.text(BACK))), call.tools.taxonomy)
    chosen = [_chosen(one) for one in call.texts("pilih")]
    doing = call.text("tindakan")
    undo = ""
    if doing == "klaim":
        outcome = claim_all(call.store, call.actor, chosen, call.now)
        what = call.say("diklaim", "claimed")
    elif doing == "lepas":
        outcome = release_all(call.store, call.actor, chosen, call.now)
        what = call.say("dilepas", "released")
    elif doing in set(IncidentStatus):
        to = IncidentStatus(doing)
        other = _number(call.text(Field.DUPLIKAT_DARI))
        outcome = decide_all(
            call.store, call.actor, chosen, to, call.now, reason=call.text(Field.ALASAN),
            recipient=call.text(Field.PENERIMA), letter=call.text("surat"), duplicate_of=other,
        )  # fmt: skip
        what = call.say(*NAMES[to])
        if outcome.reviews:
            undo = f"/antrean/urung/{min(outcome.reviews)}-{max(outcome.reviews)}"
    else:
        raise UnknownItemError("action", doing)
    return _answer(call, asked, outcome, what, undo)


def take_back(call: Call) -> Response:
    """Undo what was decided just now."""
    outcome = undo_all(call.store, call.actor, call.number("first"), call.number("last"), call.now)
    asked = asked_of(dict(parse_qsl(call.text(BACK))), call.tools.taxonomy)
    return _answer(call, asked, outcome, call.say("diurungkan", "undone"), "")


def save_view(call: Call) -> Response:
    """Keep the filters of a view under a name."""
    asked = asked_of(dict(parse_qsl(call.text(BACK))), call.tools.taxonomy)
    keep_view(call.store, call.actor, call.text("nama"), asked.query(), call.now, shared=bool(call.text("bersama")))
    return call.go(asked.link(), call.say("Tampilan disimpan.", "The view is kept."))


def remove_view(call: Call) -> Response:
    """Forget a view."""
    views.remove_view(call.store, call.actor, call.number("number"), call.now)
    return call.go("/", call.say("Tampilan dihapus.", "The view is gone."))


def _around(call: Call, asked: Asked) -> dict[str, Any]:
    """Return what stands around the list: the filters, saved views, who is on duty."""
    taxonomy = call.tools.taxonomy
    return {
        "signals": taxonomy.signals,
        "modalities": list(Modality),
        "severities": [(one.value, one.name.lower()) for one in Severity if one.value],
        "spans": tuple(SPANS),
        "views": call.store.saved_views.of_user(call.actor.user.id),
        "place_name": call.tools.gazetteer.name(asked.wilayah) if asked.wilayah in call.tools.gazetteer else "",
        "duty": on_duty(call.store, call.now),
        "note": next(iter(call.store.shift_notes.recent(1)), None),
        "open_statuses": OPEN,
        "closed_statuses": CLOSED,
        "fields": asdict(asked),
    }


def _in(wanted: QueueFilter, urgency: Urgency, status: IncidentStatus) -> bool:
    return urgency in wanted.urgencies and status in wanted.statuses


def _by_urgency(wanted: QueueFilter, counts: Mapping[tuple[Urgency, IncidentStatus], int]) -> dict[str, int]:
    return {one.value: sum(n for (u, s), n in counts.items() if u is one and s in wanted.statuses) for one in Urgency}


def _by_status(wanted: QueueFilter, counts: Mapping[tuple[Urgency, IncidentStatus], int]) -> dict[str, int]:
    each = {
        one.value: sum(n for (u, s), n in counts.items() if s is one and u in wanted.urgencies)
        for one in IncidentStatus
    }
    closed = {"tertutup": sum(each[one] for one in CLOSED)} if set(CLOSED) <= set(wanted.statuses) else {}
    return each | {"terbuka": sum(each[one] for one in OPEN)} | closed


def _chosen(text: str) -> Chosen:
    number, _, seen = text.partition(":")
    if not (number.isdecimal() and seen.isdecimal() and len(number) <= 9 and len(seen) <= 18):
        raise InputError("choose at least one incident")
    return Chosen(int(number), int(seen))


def _number(text: str) -> int | None:
    plain = text.strip().removeprefix("#")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 9 else None


def _answer(call: Call, asked: Asked, outcome: Outcome, what: str, undo: str) -> Response:
    """Tell what was done: the list anew for HTMX, else the page; one alone that was refused is told as its error."""
    if not outcome.done and len(outcome.refused) == 1 and not call.partial:
        raise outcome.refused[0][1]
    told = _told(call, outcome, what)
    if call.partial:
        values = listing(call, asked, told=told, undo=undo, wrong=bool(outcome.refused))
        return call.part("queue.html", "list", **values)
    return call.go(asked.link(), told, undo=undo)


def _told(call: Call, outcome: Outcome, what: str) -> str:
    done = len(outcome.done)
    words = []
    if done == 1:
        words.append(f"#{outcome.done[0]} {what}.")
    elif done:
        words.append(call.say(f"{done} kejadian {what}.", f"{done} incidents {what}."))
    for number, error in outcome.refused[:MOST_TOLD]:
        words.append(f"#{number}: {refusal(call, error)}.")
    if len(outcome.refused) > MOST_TOLD:
        more = len(outcome.refused) - MOST_TOLD
        words.append(call.say(f"Dan {more} lainnya tidak.", f"And {more} others were not."))
    return " ".join(words)


def refusal(call: Call, error: KentonganError) -> str:
    """Return why an incident was left as it is, on the desk's own clock."""
    if isinstance(error, ConflictError):
        at = shown_time(error.at, call.desk.zone)
        return call.say(f"diubah oleh {error.by} pada {at}; lihat lagi sebelum memutuskan",
                        f"was changed by {error.by} at {at}; look again before you decide")  # fmt: skip
    if isinstance(error, LeaseError):
        return call.say(f"sedang dikerjakan {error.holder}", f"{error.holder} is working on it")
    return reword(call.say, str(error))
