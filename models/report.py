"""Measurements, mistakes and model cards as pages for people: one file that loads nothing, Indonesian or English.

Titles, texts and cards are somebody else's: everything is escaped by the templates and shown isolated (``<bdi>``).
The same input gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.figures import shown_number
from models.measurement import Measurement
from models.report_view import clean, modality_name, speaker, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.misses import Shown
    from models.report_view import Say

TEMPLATES = Path(__file__).resolve().parent / "templates"
AROUND = 70
"""Characters shown on each side of a span that decided: about a line."""
QUOTES = 4
LONGEST_MARK = 200
DEEPEST = 8
"""Tables within tables of a card; ours have three."""
SHORT = 40
"""A list of texts shorter than this, or of numbers, stands on one line."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was evaluated: the labelled file's name and digest, and who answered ("" where not known).

    ``learned``: how many of the articles the model has learned from.
    """

    name: str
    sha256: str
    model_version: str
    rules_version: str
    learned: int = 0


def evaluation_report(
    measured: Measurement, subject: Subject, misses: Sequence[Shown] = (), *, lang: str = "id"
) -> str:
    """Return an evaluation as an HTML page; ``misses`` are shown in their order."""
    say = speaker(lang)
    return _render(
        "evaluation.html",
        lang,
        subject=subject,
        it=view(measured, lang, "ukur"),
        misses=[_miss(one, say, lang) for one in misses],
    )


def card_report(
    card: Mapping[str, Any],
    measurements: Mapping[str, Measurement] | Measurement | None = None,
    *,
    version: str = "",
    lang: str = "id",
) -> str:
    """Return a model's card as an HTML page: data, figures per label, calibration, confusion, limits, lineage.

    Without ``measurements`` those in the card are shown: ``measurement``, or ``measurements`` by name, as
    `Measurement.to_json` wrote them; ModelError where they are something else. What else the card says is shown too.
    """
    say = speaker(lang)
    found = _measurements(card) if measurements is None else measurements
    if isinstance(found, Measurement):
        found = {"": found}
    return _render(
        "card.html",
        lang,
        name=clean(version or card.get("name") or say("tanpa nama", "without a name")),
        facts=card_facts(card, say),
        counts=_counts(card),
        measured=[
            (_heading(name, say), view(one, lang, f"ukur{number}")) for number, (name, one) in enumerate(found.items())
        ],
        figures=[] if found else _plain_figures(card, lang),
    )


def _measurements(card: Mapping[str, Any]) -> dict[str, Measurement]:
    found = {}
    if card.get("measurement") is not None:
        found[""] = Measurement.from_json(card["measurement"])
    several = card.get("measurements")
    if isinstance(several, dict):
        found |= {str(name): Measurement.from_json(one) for name, one in several.items()}
    return found


def _miss(one: Shown, say: Say, lang: str) -> dict[str, Any]:
    """Return what the page shows of one mistake."""
    miss, truth, said = one.miss, one.truth, one.said
    flag = ""
    if miss.flag_missed:
        flag = say("terlewat: seharusnya ditandai", "missed: should be flagged")
    elif miss.flag_wrong:
        flag = say("salah ditandai", "wrongly flagged")
    return {
        "id": clean(truth.id),
        "title": clean(one.title),
        "flag": flag,
        "flag_score": shown_number(said.flag_score, lang, 2),
        "gold_signals": [
            *((slug, slug in miss.signals_missed) for slug in sorted(truth.signals)),
            *((f"({slug})", False) for slug in sorted(truth.optional - truth.signals)),
        ],
        "said_signals": [
            (
                f"{slug} {shown_number(said.signals[slug], lang, 2)}" if slug in said.signals else slug,
                slug in miss.signals_wrong,
            )
            for slug in sorted(said.asserted)
        ],
        "gold_modality": modality_name(truth.modality, lang),
        "said_modality": modality_name(said.modality, lang),
        "modality_off": truth.modality is not said.modality,
        "gold_severity": "–" if truth.severity is None else truth.severity,
        "said_severity": "–" if said.severity is None else said.severity,
        "severity_off": None not in {truth.severity, said.severity} and truth.severity != said.severity,
        "quotes": _quotes(one),
    }


def _quotes(one: Shown) -> list[dict[str, str]]:
    """Return the spans that decided most, each with what stands around it; spans outside the text are left out."""
    quotes = []
    for evidence in sorted(one.evidence, key=lambda found: (-abs(found.weight), found.subject, found.start))[:QUOTES]:
        text = one.title if evidence.zone == "title" else one.text
        start, end = evidence.start, min(evidence.end, evidence.start + LONGEST_MARK)
        if not 0 <= start < end <= len(text):
            continue
        before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        quotes.append(
            {
                "before": ("…" if start > AROUND else "") + clean(before),
                "marked": clean(text[start:end]),
                "after": clean(after) + ("…" if end + AROUND < len(text) else ""),
                "subject": clean(evidence.subject),
                "why": clean(evidence.why),
                "where": f"{evidence.zone} {evidence.start}–{evidence.end}",
            }
        )
    return quotes


_KNOWN = ("name", "description", "data", "examples", "limits", "holdout", "lineage", "rules", "weights", "format")
_ELSEWHERE = frozenset({"measurement", "measurements", "figures", "per_label", "golden", "signals", "modalities"})


def card_facts(card: Mapping[str, Any], say: Say) -> list[tuple[str, Any]]:
    """Return what a card says in words, the known parts first; parts that are shown elsewhere are left out."""
    names = {
        "name": say("Nama", "Name"),
        "description": say("Cara kerja", "How it works"),
        "data": say("Data", "Data"),
        "examples": say("Contoh", "Examples"),
        "limits": say("Batasan yang diketahui", "Known limits"),
        "holdout": say("Disisihkan untuk mengukur", "Held out to measure"),
        "lineage": say("Asal-usul", "Lineage"),
        "rules": say("Aturan", "Rules"),
        "weights": say("Bobot", "Weights"),
        "format": say("Format", "Format"),
    }
    order = [*(key for key in _KNOWN if key in card), *sorted(set(card) - set(_KNOWN) - _ELSEWHERE)]
    return [(names.get(key, clean(key)), _tree(card[key])) for key in order if card[key] not in (None, "", [], {})]


def _heading(name: str, say: Say) -> str:
    """Return what a measurement of a card was taken on."""
    known = {
        "": say("Ukuran", "Figures"),
        "holdout": say("Pada artikel yang disisihkan", "On held-out articles"),
        "cross_validated": say("Validasi silang pada data latih", "Cross-validated on the training data"),
    }
    return known.get(name) or clean(name)


def _tree(value: object, depth: int = 0) -> Any:
    """Return a value of a card as texts, lists and tables of texts; what lies deeper than a card goes is one text."""
    if depth < DEEPEST and isinstance(value, dict):
        return {clean(key): _tree(one, depth + 1) for key, one in value.items()}
    if depth < DEEPEST and isinstance(value, list | tuple):
        if all(isinstance(one, int | float) or (isinstance(one, str) and len(one) < SHORT) for one in value):
            return ", ".join(clean(one) for one in value)
        return [_tree(one, depth + 1) for one in value]
    return "–" if value is None else clean(value)


def _counts(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = card.get("per_label")
    return [(clean(label), clean(count)) for label, count in found.items()] if isinstance(found, dict) else []


def _plain_figures(card: Mapping[str, Any], lang: str) -> list[tuple[str, str, str]]:
    """Return the figures of a card that holds no measurement: a value, or a value with what it was counted over."""
    found = card.get("figures")
    rows = []
    for name, value in found.items() if isinstance(found, dict) else ():
        parts = value if isinstance(value, list) and value else [value]
        number, n = parts[0], parts[-1] if len(parts) > 1 else ""
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        rows.append((clean(name), shown_number(number, lang) if is_number else clean(number), clean(n)))
    return rows


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, lang: str, **values: Any) -> str:
    return clean(_environment().get_template(template).render(lang=lang, say=speaker(lang), **values))
