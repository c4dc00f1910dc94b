"""One article of an incident: its text with what decided marked, its revisions, and putting right what was judged."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse

from data.errors import ConflictError, InputError, KentonganError, UnknownItemError
from data.records import Modality
from desk.actions.correcting import CorrectTools, Labels, correct, name_means, standing, take_back
from desk.actions.deciding import version_of
from desk.actions.reading import read_text
from desk.frame import STATUS
from desk.pages.incident import article_values, full_name, incident_of, signal_name
from desk.pages.incident_marks import LETTERS
from desk.pages.incident_revisions import differences
from desk.permissions import Permission
from desk.place_search import LEAST_LETTERS, search_of
from desk.terminal.speech import reword
from feeds.items import SEVERITY_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.records import Incident
    from desk.frame import Call, Desk

P = Permission
MOST_REVISIONS: Final = 11
"""Revisions of one article that are compared, the last ones: outlets that change a text hourly would fill the page."""
MODALITIES: Final = {
    Modality.KEJADIAN: ("kejadian", "event"),
    Modality.DUGAAN: ("dugaan", "allegation"),
    Modality.ANCAMAN_POTENSI: ("ancaman atau potensi", "threat or potential"),
    Modality.PENCEGAHAN_KEGIATAN: ("pencegahan atau kegiatan", "prevention or activity"),
    Modality.PENANGANAN_HUKUM: ("penanganan hukum", "legal handling"),
    Modality.OPINI: ("opini", "opinion"),
    Modality.TIDAK_RELEVAN: ("tidak relevan", "not relevant"),
}


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of an incident's articles and of the search in the gazetteer."""
    here = "/kejadian/{number:int}/artikel/{article:int}"
    return [
        desk.route(here, show, P.BACA_TEKS),
        desk.route(f"{here}/revisi", show_revisions, P.BACA_TEKS),
        desk.route(f"{here}/koreksi", correct_here, P.TINJAU, methods=["POST"]),
        desk.route(f"{here}/nama", name_here, P.TINJAU, methods=["POST"]),
        desk.route("/kejadian/{number:int}/koreksi/{review:int}/urung", take_back_here, P.TINJAU, methods=["POST"]),
        desk.route("/wilayah", find_places, P.LIHAT),
    ]


def show(call: Call) -> Response:
    """Show an article of the incident, with the form that corrects it."""
    return _page(call)


def show_revisions(call: Call) -> Response:
    """Show how the outlet changed the article, revision by revision, word by word."""
    incident, article_id = incident_of(call), call.number("article")
    stored = read_text(call.store, call.actor, incident.id, article_id, call.now)
    revisions = call.store.articles.revisions(article_id)
    return call.page(
        "incident_revisions.html",
        incident=incident,
        stored=stored,
        first=revisions[0],
        steps=[
            {"to": new, "title": differences(old.article.title, new.article.title),
             "text": differences(old.article.text, new.article.text), "from": old}
            for old, new in pairwise(revisions[-MOST_REVISIONS:])
        ],
    )  # fmt: skip


def correct_here(call: Call) -> Response:
    """Put right what was judged of the article."""
    number, article_id = call.number("number"), call.number("article")
    try:
        review = correct(
            correct_tools(call),
            call.actor,
            number,
            article_id,
            said_of(call),
            call.text("catatan"),
            call.now,
            seen=_version(call.text("versi")),
        )
    except (ConflictError, InputError, UnknownItemError) as error:
        return _refused(call, error)
    message = call.say("Koreksi disimpan; kejadian dihitung ulang.", "Corrected; the incident is worked out anew.")
    return call.go(
        f"/kejadian/{number}/artikel/{article_id}", message, undo=f"/kejadian/{number}/koreksi/{review}/urung"
    )


def take_back_here(call: Call) -> Response:
    """Take a correction of one's own back."""
    number = call.number("number")
    article_id = take_back(correct_tools(call), call.actor, call.number("review"), call.now)
    return call.go(f"/kejadian/{number}/artikel/{article_id}", call.say("Koreksi diurungkan.", "Taken back."))


def name_here(call: Call) -> Response:
    """Say what a name of the article means."""
    number, article_id = call.number("number"), call.number("article")
    codes = _codes(call, "arti")
    try:
        _refuse_unsaid(call, codes)
        name_means(
            correct_tools(call),
            call.actor,
            number,
            article_id,
            call.text("nama"),
            codes,
            call.text("catatan_nama"),
            call.now,
        )
    except (InputError, UnknownItemError) as error:
        return _refused(call, error)
    message = call.say(
        "Arti nama disimpan; pembaca tempat belajar darinya.", "Kept; the reader of places learns of it."
    )
    return call.go(f"/kejadian/{number}/artikel/{article_id}", message)


def find_places(call: Call) -> Response:
    """Answer which units fit what was typed: a part of a page, or JSON for who asks for it."""
    field = call.asked("kolom", "tempat")
    query = call.asked("q") or call.asked(f"cari_{field}")
    found = search_of(call.tools.gazetteer).find(query, call.asked("dalam"))
    if "application/json" in call.request.headers.get("accept", ""):
        return JSONResponse({"hasil": [{"kode": one.code, "nama": one.name, "dalam": one.within} for one in found]})
    return call.part(
        "places_found.html",
        "found",
        found=found,
        query=query,
        short=len(query.strip()) < LEAST_LETTERS,
        field=field if field in {"tempat", "arti"} else "tempat",
    )


def said_of(call: Call) -> Labels:
    """Return the labels that a form says. Raises InputError for a value that is none."""
    try:
        modality = Modality(call.text("modalitas"))
        severity = int(call.text("tingkat"))
    except ValueError as error:
        raise InputError("choose a modality and a level from 0 to 4") from error
    return Labels(tuple(call.texts("sinyal")), modality, severity, _codes(call, "tempat"))


def correct_tools(call: Call) -> CorrectTools:
    """Return what corrections are checked against."""
    tools = call.tools
    return CorrectTools(call.store, tools.gazetteer, tools.taxonomy, tools.publish.sources)


def places_named(call: Call, codes: tuple[str, ...] | list[str]) -> list[dict[str, str]]:
    """Return units as a picker shows them, in the order given; a code that there is none of shows as itself."""
    return [{"code": code, "name": full_name(code, call.tools.gazetteer) or code} for code in codes]


def near_of(incident: Incident) -> str:
    """Return the code near which a search looks first."""
    return incident.places[0].code if incident.places else ""


def _codes(call: Call, field: str) -> tuple[str, ...]:
    typed = call.text(f"{field}_kode").replace(",", " ").split()
    return tuple(dict.fromkeys([*(one for one in call.texts(field) if one), *typed]))


def _refuse_unsaid(call: Call, codes: tuple[str, ...]) -> None:
    if not codes and call.text("bukan_tempat") != "1":
        raise InputError("choose what the name means, or say that it is no place")


def _version(value: str) -> int:
    if not value.isdecimal() or len(value) > 12:
        raise InputError('the field "versi" of the form is missing; load the page anew')
    return int(value)


def _refused(call: Call, error: KentonganError) -> Response:
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 422)
    return _page(call, status=422 if status == 404 else status, wrong=reword(call.say, str(error)), kept=call.form)


def _page(call: Call, *, status: int = 200, wrong: str = "", kept: Any = None) -> Response:
    version = version_of(call.store, call.number("number"))
    incident, article_id = incident_of(call), call.number("article")
    values = article_values(call, incident, article_id)
    stands = standing(call.store, article_id)
    chosen = _chosen(call, stands, kept)
    return call.page(
        "incident_article.html",
        status=status,
        wrong=wrong,
        incident=incident,
        article=values,
        version=version,
        letters=LETTERS,
        judged=stands is not None,
        chosen=chosen,
        signals=call.tools.taxonomy.signals,
        signal_name=lambda slug: signal_name(call, slug),
        modalities=MODALITIES,
        severity_names=SEVERITY_NAMES,
        near=near_of(incident),
        corrections=[
            review for review in call.store.reviews.of_incident(incident.id) if review.article_id == article_id
        ],
        places_of=lambda codes: places_named(call, codes),
        kept_name=call.text("nama"),
        kept_note=call.text("catatan"),
        meanings=places_named(call, list(_codes(call, "arti"))) if kept is not None else [],
    )


def _chosen(call: Call, stands: Labels | None, kept: Any) -> Mapping[str, Any]:
    """Return what the form shows: what a refused one held, else what stands."""
    if kept is not None and "modalitas" in kept:
        return {
            "signals": call.texts("sinyal"),
            "modality": call.text("modalitas"),
            "severity": call.text("tingkat"),
            "places": places_named(call, list(_codes(call, "tempat"))),
        }
    if stands is None:
        return {"signals": [], "modality": "", "severity": "", "places": []}
    return {
        "signals": list(stands.signals),
        "modality": stands.modality.value,
        "severity": str(stands.severity),
        "places": places_named(call, stands.place_codes),
    }
