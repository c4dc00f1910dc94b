"""Labelling: one text at a time, blind to what model and others say; disputes and their decision; agreement."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from data.errors import InputError
from data.records import Modality
from data.resolution import person_of
from desk.actions.article import note_reading
from desk.actions.labelling import (
    adjudicate,
    dispute_of,
    disputes,
    fill,
    label,
    label_tools_of,
    may_adjudicate,
    next_task,
    own_label,
    skip,
    task_of,
    waiting,
)
from desk.pages.incident import signal_name, web_address
from desk.permissions import Permission
from desk.place_page import showable
from desk.terminal.speech import reword
from flows.labelling import label_agreement, missed_share, stored_text
from models.figures import MODALITY_NAMES, shown_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.records import Label, StoredArticle
    from desk.frame import Call, Desk
    from models.agreement import Figure
    from models.measurement import Interval

P = Permission

SIGNAL_KEYS: Final = "abdefimopqrvwxyz"
"""Keys of the signals in their order, capital for "may be said or not"; the page's others are c g h j k l n s t u."""

LEVELS: Final = (
    ("tidak ada", "none"),
    ("rendah", "low"),
    ("sedang", "medium"),
    ("tinggi", "high"),
    ("sangat tinggi", "very high"),
)


EMPTY: Final[dict[str, Any]] = {
    "modality": "",
    "signals": [],
    "optional": [],
    "severity": None,
    "negasi": False,
    "historis": False,
    "note": "",
}
"""A label that nobody has filled in yet."""


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of labelling."""
    one = "/label/{article:int}/{revision:int}"
    dispute = "/label/sengketa/{article:int}/{revision:int}"
    return [
        desk.route("/label", show, P.LABEL),
        desk.route("/label/isi", fill_here, P.LABEL, methods=["POST"]),
        desk.route("/label/kesepakatan", show_agreement, P.LABEL),
        desk.route("/label/sengketa", show_disputes, P.ADJUDIKASI),
        desk.route(dispute, show_dispute, P.ADJUDIKASI),
        desk.route(dispute, decide_dispute, P.ADJUDIKASI, methods=["POST"]),
        desk.route(one, show_one, P.LABEL),
        desk.route(one, give, P.LABEL, methods=["POST"]),
        desk.route(f"{one}/lewati", pass_over, P.LABEL, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show the next text that the person is to label."""
    task = next_task(call.store, call.actor, call.now)
    if task is None:
        return call.page("label.html", stored=None, progress=progress_of(call))
    return _text_page(call, task.article_id, task.revision)


def show_one(call: Call) -> Response:
    """Show a text of the queue again, with the person's own label of it."""
    article_id, revision = call.number("article"), call.number("revision")
    task_of(call.store, call.actor, article_id, revision)
    mine = own_label(call.store, call.actor, article_id, revision)
    return _text_page(call, article_id, revision, given=fields_of(mine) if mine is not None else None)


def give(call: Call) -> Response:
    """Take a label in, and go on to the next text."""
    article_id, revision = call.number("article"), call.number("revision")
    answer = answer_of(call)
    try:
        label(label_tools_of(call.tools), call.actor, article_id, revision, answer)
    except InputError as error:
        return _text_page(call, article_id, revision, given=answer, wrong=reword(call.say, str(error)))
    message = call.say("Label artikel {} disimpan.", "The label of article {} is kept.").format(article_id)
    return call.go(f"/label?terakhir={article_id}-{revision}", message)


def pass_over(call: Call) -> Response:
    """Pass a text over."""
    article_id, revision = call.number("article"), call.number("revision")
    skip(call.store, call.actor, article_id, revision, call.now)
    return call.go("/label", call.say("Dilewati; tidak ditampilkan lagi kepada Anda.", "Passed over for good."))


def fill_here(call: Call) -> Response:
    """Fill the queue."""
    filled = fill(label_tools_of(call.tools), call.actor)
    new = sum(filled.added.values())
    if not new:
        return call.go(
            "/label",
            call.say("Tidak ada teks baru yang perlu label.", "There is no new text that needs a label."),
        )
    return call.go("/label", call.say("{} teks baru dalam antrean.", "{} new texts in the queue.").format(new))


def show_disputes(call: Call) -> Response:
    """List the texts whose labels differ."""
    found = disputes(call.store, call.actor)
    stored = {one.id: one for one in call.store.articles.many([one.article_id for one in found])}
    rows = [
        {
            "article": one.article_id,
            "revision": one.revision,
            "title": stored[one.article_id].article.title if one.article_id in stored else "",
            "labels": [(who.annotator, words_of(call, who)) for who in one.resolution.labels],
            "mine": not may_adjudicate(call.actor, one),
        }
        for one in found
    ]
    return call.page("label_disputes.html", rows=rows)


def show_dispute(call: Call) -> Response:
    """Show a text with the labels that differ, side by side."""
    return _dispute_page(call)


def decide_dispute(call: Call) -> Response:
    """Decide between the labels of a text."""
    article_id, revision = call.number("article"), call.number("revision")
    answer = answer_of(call)
    try:
        adjudicate(label_tools_of(call.tools), call.actor, article_id, revision, answer)
    except InputError as error:
        return _dispute_page(call, given=answer, wrong=reword(call.say, str(error)))
    message = call.say("Sengketa artikel {} diputuskan.", "The dispute about article {} is decided.")
    return call.go("/label/sengketa", message.format(article_id))


def show_agreement(call: Call) -> Response:
    """Show how far the persons agree, and what was missed by the texts drawn by lot."""
    tools = label_tools_of(call.tools)
    found = label_agreement(tools)
    pairs = [
        {
            "names": (pair.first, pair.second),
            "n": pair.n,
            "rows": [
                (call.say("modalitas", "modality"), figure_of(pair.modality, call.lang)),
                *((signal_name(call, slug), figure_of(one, call.lang)) for slug, one in pair.signals.items()),
            ],
            "confusion": [
                (MODALITY_NAMES[kind][call.lang == "en"], row)
                for kind, row in zip(Modality, pair.confusion, strict=True)
                if any(row)
            ],
        }
        for pair in found.pairs
    ]
    alpha = [(signal_name(call, name), interval(one, call.lang), one.n) for name, one in found.alpha.items()]
    return call.page(
        "label_agreement.html",
        texts=found.texts,
        pairs=pairs,
        alpha=alpha,
        kinds=[MODALITY_NAMES[kind][2] for kind in Modality],
        missed=missed_of(call),
    )


def missed_of(call: Call) -> dict[str, Any] | None:
    """Return what the texts drawn by lot say of what was missed, in words; None before any is decided."""
    found = missed_share(label_tools_of(call.tools))
    if found is None:
        return None
    return {"found": found, "share": percent(found.share, call.lang), "recall": percent(found.recall, call.lang)}


def answer_of(call: Call) -> dict[str, Any]:
    """Return what was filled in, under the names that `flows.labelling.give_label` takes."""
    return {
        "modality": call.text("modalitas"),
        "signals": call.texts("sinyal"),
        "optional": call.texts("boleh"),
        "severity": call.text("tingkat") or None,
        "negasi": call.text("negasi") == "1",
        "historis": call.text("historis") == "1",
        "note": call.text("catatan"),
    }


def fields_of(given: Label) -> dict[str, Any]:
    """Return a label as the form shows it."""
    return {
        "modality": given.modality.value,
        "signals": list(given.signals),
        "optional": list(given.optional),
        "severity": None if given.severity is None else str(int(given.severity)),
        "negasi": given.negasi,
        "historis": given.historis,
        "note": given.note,
    }


def words_of(call: Call, given: Label) -> list[tuple[str, str]]:
    """Return a label as pairs of what is said and how."""
    none = call.say("tidak ada", "none")
    yes, no = call.say("ya", "yes"), call.say("tidak", "no")
    return [
        (call.say("Modalitas", "Modality"), MODALITY_NAMES[given.modality][call.lang == "en"]),
        (call.say("Sinyal", "Signals"), ", ".join(signal_name(call, one) for one in sorted(given.signals)) or none),
        (call.say("Boleh ada", "May be said"), ", ".join(signal_name(call, one) for one in given.optional) or none),
        (
            call.say("Tingkat", "Level"),
            call.say("tidak dinilai", "not judged") if given.severity is None else str(int(given.severity)),
        ),
        (call.say("Dikatakan tidak terjadi", "Said not to be so"), yes if given.negasi else no),
        (call.say("Peristiwa lama", "Old events"), yes if given.historis else no),
        (call.say("Catatan", "Note"), given.note or "–"),
    ]


def progress_of(call: Call) -> dict[str, int]:
    """Return how far the person and the desk are."""
    local = call.now.astimezone(call.desk.zone)
    midnight = datetime.combine(local.date(), time(), call.desk.zone).astimezone(UTC)
    mine = person_of(call.actor.name)
    today = {
        (one.article_id, one.revision) for one in call.store.labels.since(midnight) if person_of(one.annotator) == mine
    }
    return {
        "open": len(waiting(call.store, call.actor)),
        "today": len(today),
        "all": call.store.labels.count(),
        "disputes": len(disputes(call.store, call.actor)) if call.actor.may(P.ADJUDIKASI) else 0,
    }


def figure_of(one: Figure, lang: str) -> dict[str, str | int]:
    """Return a figure of agreement as it is shown."""
    raw = "–" if math.isnan(one.raw) else shown_number(100 * one.raw, lang, 0) + " %"
    said = f"{one.first} / {one.second}" if one.first or one.second else ""
    return {"n": one.n, "raw": raw, "kappa": interval(one.kappa, lang), "said": said}


def interval(one: Interval, lang: str) -> str:
    """Return a figure with its interval; a dash where it is not known."""
    if not one.known:
        return "–"
    value = shown_number(one.value, lang, 2)
    if math.isnan(one.low):
        return value
    return f"{value} ({shown_number(one.low, lang, 2)} – {shown_number(one.high, lang, 2)})"


def percent(one: Interval, lang: str) -> str:
    """Return a share with its interval in percent."""
    if not one.known:
        return "–"
    value, low, high = (shown_number(100 * part, lang, 1) for part in (one.value, one.low, one.high))
    return f"{value} % ({low} – {high} %)"


def _form_values(call: Call, given: Mapping[str, Any] | None, wrong: str) -> dict[str, Any]:
    signals = [
        (signal.slug, call.say(signal.name, signal.name_en), SIGNAL_KEYS[at] if at < len(SIGNAL_KEYS) else "")
        for at, signal in enumerate(call.tools.taxonomy.signals)
    ]
    return {
        "given": given if given is not None else EMPTY,
        "wrong": wrong,
        "signals": signals,
        "modalities": [(kind.value, MODALITY_NAMES[kind][call.lang == "en"]) for kind in Modality],
        "levels": [call.say(*words) for words in LEVELS],
    }


def _article_values(call: Call, stored: StoredArticle) -> dict[str, Any]:
    note_reading(call.store, call.actor, stored.id, call.now)
    source = call.tools.publish.sources.get(stored.article.source_id)
    return {
        "stored": stored,
        "heading": showable(stored.article.title),
        "body": showable(stored.article.text),
        "outlet": source.name if source is not None else stored.article.source_id,
        "link": web_address(stored.article.url),
    }


def _text_page(
    call: Call, article_id: int, revision: int, *, given: Mapping[str, Any] | None = None, wrong: str = ""
) -> Response:
    last = call.asked("terakhir").split("-")
    number = int(last[0]) if len(last) == 2 and all(part.isdecimal() and len(part) < 10 for part in last) else None
    incident = call.store.incidents.of_article(number) if number is not None else None
    return call.page(
        "label.html",
        status=422 if wrong else 200,
        progress=progress_of(call),
        last=None if number is None else (number, int(last[1]), incident.id if incident is not None else None),
        **_article_values(call, stored_text(call.store, article_id, revision)),
        **_form_values(call, given, wrong),
    )


def _dispute_page(call: Call, *, given: Mapping[str, Any] | None = None, wrong: str = "") -> Response:
    found, stored = dispute_of(call.store, call.actor, call.number("article"), call.number("revision"))
    columns = [words_of(call, one) for one in found.resolution.labels]
    rows = [
        (cells[0][0], [words for _, words in cells], len({words for _, words in cells}) > 1)
        for cells in zip(*columns, strict=True)
    ]
    return call.page(
        "label_dispute.html",
        status=422 if wrong else 200,
        names=[one.annotator for one in found.resolution.labels],
        rows=rows,
        is_third=may_adjudicate(call.actor, found),
        **_article_values(call, stored),
        **_form_values(call, given, wrong),
    )
