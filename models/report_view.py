"""What the pages show of one measurement: rows with their words, and plots."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from data.errors import UnknownItemError
from data.taxonomy import load_taxonomy
from models.figures import FIGURE_NAMES, MODALITY_NAMES, shown, shown_number, too_few
from models.plots import bars, confusion, precision_recall, reliability

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.records import Modality
    from models.measurement import Bin, Interval, LabelFigures, Measurement

    Say = Callable[[str, str], str]

LONGEST_DRAWN = 40
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with the sentence below it; ``svg`` is our own markup."""

    svg: Markup
    caption: str

    @classmethod
    def of(cls, svg: str, title: str, more: str) -> Plot:
        """Return a plot of our own SVG, whose texts matplotlib has escaped."""
        return cls(Markup(svg), f"{title}. {more}")  # noqa: S704 - see above


def view(measured: Measurement, lang: str, name: str) -> dict[str, Any]:
    """Return what the templates show of a measurement; ``name`` begins the identifiers of its plots."""
    say = speaker(lang)
    intervals = (
        say(
            f"; selang dari {measured.resamples} pengambilan ulang berita",
            f"; intervals from {measured.resamples} draws of stories",
        )
        if measured.resamples
        else ""
    )
    kinds = [MODALITY_NAMES[kind][2] for kind in measured.modalities]
    levels = [str(level) for level in range(len(measured.severity_confusion))]
    severity = any(map(sum, measured.severity_confusion))
    return {
        "counted": say(
            f"{measured.n} artikel, {measured.stories} berita berbeda{intervals}.",
            f"{measured.n} articles, {measured.stories} different stories{intervals}.",
        ),
        "note": clean(measured.note),
        "figures": [
            {
                "name": FIGURE_NAMES[key][lang == "en"] if key in FIGURE_NAMES else clean(key),
                "value": shown(one, lang),
                "n": one.n,
            }
            for key, one in measured.figures.items()
        ],
        "signals": [_label(slug, _signal_name(slug, lang), one, lang) for slug, one in _by_size(measured.signals)],
        "modalities": [
            _label(kind.value, MODALITY_NAMES[kind][lang == "en"], one, lang)
            for kind, one in measured.modalities.items()
        ],
        "flag_curve": _curve(measured, say, name),
        "flag_reliability": _reliability(
            measured.flag_reliability,
            f"{name}-tanda",
            say("Keandalan nilai tanda", "Reliability of the flag's score"),
            say,
        ),
        "signals_reliability": _reliability(
            measured.signals_reliability,
            f"{name}-sinyal",
            say("Keandalan peluang sinyal", "Reliability of the signals' probabilities"),
            say,
        ),
        "signal_bars": _bars(
            [(_drawn(slug), one) for slug, one in _by_size(measured.signals) if one.n or one.predicted],
            f"{name}-per-sinyal",
            say("Sinyal: F1 dengan selang 95 %", "Signals: F1 with 95 % interval"),
            say,
        ),
        "modality_bars": _bars(
            [(MODALITY_NAMES[kind][2], one) for kind, one in measured.modalities.items()],
            f"{name}-per-modalitas",
            say("Modalitas: F1 dengan selang 95 %", "Modality: F1 with 95 % interval"),
            say,
        ),
        "confusion": _confusion(
            measured.confusion, kinds, f"{name}-modalitas", say("Modalitas tertukar", "Modalities confused"), say
        ),
        "severity_confusion": severity
        and _confusion(
            measured.severity_confusion,
            levels,
            f"{name}-keparahan",
            say("Keparahan tertukar", "Severities confused"),
            say,
        ),
    }


def _label(slug: str, name: str, one: LabelFigures, lang: str) -> dict[str, Any]:
    return {
        "slug": clean(slug),
        "name": clean(name),
        "n": one.n,
        "predicted": one.predicted,
        "few": too_few(one),
        "precision": shown(one.precision, lang, few=too_few(one)),
        "recall": shown(one.recall, lang, few=too_few(one)),
        "f1": shown(one.f1, lang, few=too_few(one)),
        "average_precision": shown(one.average_precision, lang, few=too_few(one)),
        "calibration_error": shown_number(one.calibration_error, lang),
    }


def _drawn(slug: str) -> str:
    """Return a label as a plot can hold it: a foreign card may say anything, and the font has not every sign."""
    return "".join(sign if sign.isprintable() and sign < "\u0250" else "?" for sign in slug[:LONGEST_DRAWN])


def _by_size(labels: Mapping[str, LabelFigures]) -> list[tuple[str, LabelFigures]]:
    return sorted(labels.items(), key=lambda entry: (-entry[1].n, entry[0]))


def _signal_name(slug: str, lang: str) -> str:
    try:
        signal = load_taxonomy().signal(slug)
    except UnknownItemError:
        return slug  # a card of a time with other signals
    return signal.name_en if lang == "en" else signal.name


def _curve(measured: Measurement, say: Say, name: str) -> Plot | None:
    if not measured.flag_curve:
        return None
    title = say("Presisi dan recall tanda", "Precision and recall of the flag")
    marks = [(0.90, measured.figures["flag_p_at_r90"]), (0.95, measured.figures["flag_p_at_r95"])]
    svg = precision_recall(
        measured.flag_curve,
        marks,
        name=f"{name}-kurva",
        title=title,
        decimal=say(",", "."),
        precision=say("presisi", "precision"),
        recall="recall",
    )
    more = say(
        "Garis putus: recall 0,90 dan 0,95, dengan presisi terbaik di sana dan selangnya.",
        "Dashed: recall 0.90 and 0.95, with the best precision there and its interval.",
    )
    return Plot.of(svg, title, more)


def _reliability(bins: Sequence[Bin], name: str, title: str, say: Say) -> Plot | None:
    if not bins:
        return None
    svg = reliability(
        bins,
        name=name,
        title=title,
        decimal=say(",", "."),
        said=say("peluang yang dikatakan", "probability that was said"),
        true=say("bagian yang benar", "share that was so"),
        count=say("jumlah", "count"),
    )
    more = say(
        "Di garis putus peluang sama dengan kenyataan; di bawahnya terlalu yakin.",
        "On the dashed line what is said is what is so; below it, it is too sure.",
    )
    return Plot.of(svg, title, more)


def _bars(labels: Sequence[tuple[str, LabelFigures]], name: str, title: str, say: Say) -> Plot | None:
    if not labels:
        return None
    svg = bars(
        [
            (f"{label} ({one.n})", _bare(one.f1) if too_few(one) else one.f1, one.precision, one.recall)
            for label, one in labels
        ],
        name=name,
        title=title,
        decimal=say(",", "."),
        precision=say("presisi", "precision"),
        recall="recall",
    )
    return Plot.of(svg, title, say("Dalam kurung: jumlah artikel berlabel.", "In brackets: labelled articles."))


def _bare(one: Interval) -> Interval:
    """Return a figure without its interval, which of so few articles would look surer than it is."""
    return replace(one, low=math.nan, high=math.nan)


def _confusion(table: Sequence[Sequence[int]], labels: Sequence[str], name: str, title: str, say: Say) -> Plot:
    gold, said = say("label", "label"), say("jawaban", "answer")
    svg = confusion(table, labels, name=name, title=title, gold=gold, said=said)
    return Plot.of(svg, title, say("Warna: bagian dari barisnya.", "Shade: share of its row."))


def modality_name(kind: Modality, lang: str) -> str:
    """Return what a modality is called."""
    return MODALITY_NAMES[kind][lang == "en"]


def clean(value: object) -> str:
    """Return a text without control characters, which no page may hold."""
    return _CONTROL.sub("\ufffd", str(value))


def speaker(lang: str) -> Say:
    """Return a function that takes a text in Indonesian and in English and gives back the one to show."""

    def say(indonesian: str, english: str) -> str:
        return english if lang == "en" else indonesian

    return say
