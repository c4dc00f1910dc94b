"""The model: its card and figures, versions and their history, drift, the last retraining and why it ended so."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from data.errors import InputError, ModelError, UnknownItemError
from desk.actions.learning import ask_retraining, promote, roll_back
from desk.permissions import Permission
from desk.terminal.speech import reword
from flows.retrain import ENOUGH_LABELS, KIND, TRIED
from flows.retrain_requests import last_request
from models.figures import FIGURE_NAMES, MODALITY_NAMES, shown, shown_number, too_few
from models.measurement import Measurement
from models.report import card_facts
from models.report_view import Plot, view
from models.weights import read_card

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk
    from models.measurement import LabelFigures
    from models.registry import VersionInfo

P = Permission

PLOTS: Final = {
    "kurva": "flag_curve",
    "keandalan-tanda": "flag_reliability",
    "keandalan-sinyal": "signals_reliability",
    "per-sinyal": "signal_bars",
    "per-modalitas": "modality_bars",
    "modalitas": "confusion",
    "keparahan": "severity_confusion",
}
"""Plots by the name of their picture: calibration, precision and recall, and what is taken for what."""

SHOWN_FACTS: Final = ("description", "limits", "examples", "holdout", "data")
LOOKS: Final = 4
ENTRIES: Final = 30

_DRAWING = threading.Lock()
"""A page asks for all its pictures at once: the first one draws them all, the others wait for it."""

_NAMES: Final = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_COLOURS: Final = (
    "<style>svg{--ink:#1c2330;--quiet:#566071;--line:#dedacf;--accent:#12507f;--other:#a8350a;background:#fff;"
    "font-family:system-ui,sans-serif}</style>"
)


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the model's page."""
    return [
        desk.route("/model", show, P.LIHAT),
        desk.route("/model/latih", ask_here, P.LATIH, methods=["POST"]),
        desk.route("/model/kembali", roll_back_here, P.MODEL, methods=["POST"]),
        desk.route("/model/{version}", show_version, P.LIHAT),
        desk.route("/model/{version}/pakai", promote_here, P.MODEL, methods=["POST"]),
        desk.route("/model/{version}/gambar/{name}.svg", picture, P.LIHAT),
    ]


def show(call: Call) -> Response:
    """Show the model in use and everything about it."""
    return _page(call)


def show_version(call: Call) -> Response:
    """Show the card of another version."""
    info = call.tools.registry.info(str(call.request.path_params["version"]))
    return call.page("model_card.html", info=info, **card_values(call, info))


def ask_here(call: Call) -> Response:
    """Ask for a retraining."""
    try:
        ask_retraining(call.store, call.actor, call.now, call.text("alasan"))
    except InputError as error:
        return _page(call, wrong=reword(call.say, str(error)))
    return call.go("/model", call.say("Pelatihan ulang diminta.", "A retraining was asked for."))


def promote_here(call: Call) -> Response:
    """Put a version in use."""
    version = str(call.request.path_params["version"])
    try:
        entry = promote(call.tools.registry, call.store, call.actor, version, call.now, call.text("alasan"))
    except (InputError, ModelError) as error:
        return _page(call, wrong=reword(call.say, str(error)))
    return call.go("/model", call.say("{} sekarang dipakai.", "{} is in use now.").format(entry.version))


def roll_back_here(call: Call) -> Response:
    """Go back to the version before."""
    registry = call.tools.registry
    try:
        entry = roll_back(registry, call.store, call.actor, call.now, call.text("alasan"), seen=call.text("dipakai"))
    except (InputError, ModelError) as error:
        return _page(call, wrong=reword(call.say, str(error)))
    return call.go("/model", call.say("Kembali ke {}.", "Back to {}.").format(entry.version))


def picture(call: Call) -> Response:
    """Answer with one plot of a version's held-out figures, as a picture of its own."""
    registry = call.tools.registry
    name = str(call.request.path_params["name"])
    folder = registry.info(str(call.request.path_params["version"])).folder
    with _DRAWING:
        drawn = drawings(str(folder), call.lang)
    if name not in drawn:
        raise UnknownItemError("picture", name)
    # A version never changes, so neither do its plots.
    headers = {"cache-control": "private, max-age=86400"}
    return Response(drawn[name][0], media_type="image/svg+xml", headers=headers)


@lru_cache(maxsize=8)
def drawings(folder: str, lang: str) -> Mapping[str, tuple[str, str]]:
    """Return the plots of a model's card by name: SVG document and caption; {} where it measures nothing."""
    measured = measurement_of(read_card(Path(folder)))
    if measured is None:
        return {}
    values = view(measured, lang, "model")
    return {name: _document(plot) for name, key in PLOTS.items() if isinstance(plot := values[key], Plot)}


def measurement_of(card: Mapping[str, Any]) -> Measurement | None:
    """Return the figures of a card on articles held out of training, else on any; None where it has none.

    Raises ModelError where they are something else.
    """
    several = card.get("measurements")
    found = several if isinstance(several, dict) else {}
    chosen = found.get("holdout") or next(iter(found.values()), None) or card.get("measurement")
    return Measurement.from_json(chosen) if chosen is not None else None


def card_values(call: Call, info: VersionInfo) -> dict[str, Any]:
    """Return what the pages show of a version's card."""
    measured = measurement_of(info.card)
    short = {key: info.card[key] for key in SHOWN_FACTS if key in info.card}
    return {
        "facts": card_facts(short, call.say),
        "measured": measured,
        "figures": [
            (FIGURE_NAMES[key][call.lang == "en"] if key in FIGURE_NAMES else key, shown(one, call.lang), one.n)
            for key, one in measured.figures.items()
        ]
        if measured is not None
        else [],
        "labels": label_rows(call, measured) if measured is not None else [],
        "plots": plot_names(measured) if measured is not None else [],
    }


def label_rows(call: Call, measured: Measurement) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the figures of signals and modalities as rows, those with most articles first."""
    signals = {signal.slug: call.say(signal.name, signal.name_en) for signal in call.tools.taxonomy.signals}
    return [
        (
            call.say("Sinyal", "Signals"),
            [_row(signals.get(slug, slug), one, call.lang) for slug, one in _by_size(measured.signals)],
        ),
        (
            call.say("Modalitas", "Modality"),
            [
                _row(MODALITY_NAMES[kind][call.lang == "en"], one, call.lang)
                for kind, one in _by_size(measured.modalities)
            ],
        ),
    ]


def plot_names(measured: Measurement) -> list[tuple[str, str, str]]:
    """Return the plots that a version has: the picture's name, and what it shows in both languages."""
    there = {
        "keandalan-tanda": bool(measured.flag_reliability),
        "keandalan-sinyal": bool(measured.signals_reliability),
        "kurva": bool(measured.flag_curve),
        "modalitas": True,
        "keparahan": any(map(sum, measured.severity_confusion)),
        "per-sinyal": any(one.n or one.predicted for one in measured.signals.values()),
        "per-modalitas": bool(measured.modalities),
    }
    words = {
        "keandalan-tanda": (
            "Kalibrasi tanda: di garis putus peluang yang dikatakan sama dengan kenyataan; di bawahnya terlalu yakin.",
            "Calibration of the flag: on the dashed line what is said is what is so; below it, it is too sure.",
        ),
        "keandalan-sinyal": ("Kalibrasi peluang sinyal.", "Calibration of the signals' probabilities."),
        "kurva": ("Presisi dan recall tanda.", "Precision and recall of the flag."),
        "modalitas": (
            "Modalitas tertukar: baris label orang, kolom jawaban model.",
            "Modalities confused: rows are people's labels, columns the model's answers.",
        ),
        "keparahan": (
            "Tingkat tertukar: baris label orang, kolom jawaban model.",
            "Levels confused: rows are people's labels, columns the model's answers.",
        ),
        "per-sinyal": ("F1 tiap sinyal dengan selang 95 %.", "F1 of each signal with its 95 % interval."),
        "per-modalitas": ("F1 tiap modalitas dengan selang 95 %.", "F1 of each modality with its 95 % interval."),
    }
    return [(name, *words[name]) for name, is_there in there.items() if is_there]


def _page(call: Call, *, wrong: str = "") -> Response:
    registry, store = call.tools.registry, call.store
    versions = registry.versions()
    # Of a version whose folder is gone, `info` says that there is none.
    in_use = next((one for one in versions if one.current), None) or registry.info(registry.current_version())
    history = registry.history()
    runs = store.runs.recent(KIND, 20)
    tried = next((run for run in runs if run.state in TRIED), None)
    return call.page(
        "model.html",
        status=422 if wrong else 200,
        wrong=wrong,
        info=in_use,
        versions=versions,
        history=list(reversed(history))[:ENTRIES],
        can_go_back=any(entry.action in {"promote", "rollback"} for entry in history),
        last_run=runs[0] if runs else None,
        request=last_request(store),
        new_labels=new_labels(call, tried.started_at if tried is not None else None),
        enough=ENOUGH_LABELS,
        looks=store.drift.recent(LOOKS),
        number=lambda value, digits=3: shown_number(value, call.lang, digits),
        **card_values(call, in_use),
    )


def new_labels(call: Call, since: datetime | None) -> int:
    """Return how many articles were decided since a time (None: ever), without reading their texts."""
    came = call.store.labels.resolutions()
    return len(
        {
            article
            for (article, _), one in came.items()
            if one.label is not None and one.at is not None and (since is None or one.at >= since)
        }
    )


def _by_size(labels: Mapping[Any, LabelFigures]) -> list[tuple[Any, LabelFigures]]:
    return sorted(labels.items(), key=lambda entry: (-entry[1].n, str(entry[0])))


def _row(name: str, one: LabelFigures, lang: str) -> dict[str, Any]:
    few = too_few(one)
    parts = {key: shown(getattr(one, key), lang, few=few) for key in ("precision", "recall", "f1")}
    return {"name": name, "n": one.n, "few": few, **parts}


def _document(plot: Plot) -> tuple[str, str]:
    """Return a plot as a document: a picture on its page sees neither the page's names nor its colours."""
    head, _, rest = str(plot.svg).partition(">")
    return f"{head.replace('<svg ', f'<svg {_NAMES} ', 1)}>{_COLOURS}{rest}", plot.caption
