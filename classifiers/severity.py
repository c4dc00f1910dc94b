"""Possible harm, 0 to 4, as points that a desk can read: a base, what lifts it, what lowers it, and a cap.

The law is the domain dossier, sections 2.2 and 2.3: base by the strongest signal and the modality, then at least the
level of any trigger that is stated as fact, then points for stage, target, scale and calm, then the cap of the
modality. Points never lift 3 to 4. The numbers are data (``data/reference/severity.toml``), the facts come from
`classifiers.harm`, and the reasons are Indonesian.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from classifiers.harm import Fact, Harm, find_harm
from classifiers.severity_bases import REFINED
from classifiers.severity_case import Case, make_case
from classifiers.severity_triggers import allowed, modifiers, trigger
from data.errors import SettingsError
from data.records import Evidence, Modality, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifiers.stages import StageWindow
    from classifiers.text import Document

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference" / "severity.toml"
COLUMNS = (
    Modality.KEJADIAN,
    Modality.DUGAAN,
    Modality.ANCAMAN_POTENSI,
    Modality.PENANGANAN_HUKUM,
    Modality.PENCEGAHAN_KEGIATAN,
    Modality.OPINI,
)
LOCAL_CAP: Final = 3
"""Elections of village heads: the same bases, no modifiers of a stage, never above 3."""

Point = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SeverityTable:
    """The numbers: base by signal and modality, the cap of a modality, and from how many on a scale counts."""

    base: dict[str, dict[Modality, int]]
    caps: dict[Modality, int]
    stage_signals: frozenset[str]
    scale: dict[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """A severity with the additive reasons that make it and the spans that they rest on."""

    level: int
    points: tuple[Point, ...]
    evidence: tuple[Evidence, ...]


def judge_severity(
    document: Document,
    signals: Sequence[str],
    modality: Modality,
    *,
    negasi: bool = False,
    historis: bool = False,
    window: StageWindow | None = None,
    local_election: bool | None = None,
    narrow_place: bool | None = None,
    year: int | None = None,
    harm: Harm | None = None,
) -> Judged:
    """Return how bad it could be.

    ``signals`` are the asserted ones. ``window`` is the stage at the time and place of the event, None where that is
    unknown: then no modifier of a stage counts. ``local_election`` says that it is about the election of a village
    head (None: seen from the text). ``narrow_place`` says whether the place of the event is known below kabupaten
    (None: places were not looked for). ``year`` is the year of publication.
    """
    table = load_table()
    if modality is Modality.TIDAK_RELEVAN or not signals:
        return Judged(0, (), ())
    if negasi and modality is not Modality.DUGAAN:
        return Judged(0, (("dinyatakan tidak terjadi atau tidak terbukti", 0),), ())
    if historis and modality in {Modality.KEJADIAN, Modality.ANCAMAN_POTENSI, Modality.PENCEGAHAN_KEGIATAN}:
        return Judged(0, (("kejadian lama sebagai latar", 0),), ())
    harm = find_harm(document, year) if harm is None else harm
    case = make_case(document, tuple(signals), modality, harm, window, local_election, narrow_place)
    return _add_up(case, table)


def _add_up(case: Case, table: SeverityTable) -> Judged:
    """Return base, triggers, points and cap as one sum."""
    level, points, facts = _base(case, table)
    set_level, why, fact = trigger(case, table.scale)
    own_four = set_level == Severity.KRITIS
    if set_level > level:
        points.append((why, set_level - level))
        level = set_level
        facts.append((fact, why))
    ceiling = Severity.KRITIS if own_four else Severity.TINGGI
    for amount, reason, proof in modifiers(case, table.scale, table.stage_signals):
        # A trigger stands whatever calm came after, and what happened and is over is still a small case.
        if (amount > 0 and level >= ceiling) or (amount < 0 and level <= max(set_level, Severity.RENDAH)):
            continue
        points.append((reason, amount))
        facts.append((proof, reason))
        level += amount
    # A verified bomb threat is the one case in which what has not happened is 4 (dossier, section 2.2).
    own = Severity.KRITIS if own_four and case.modality is Modality.ANCAMAN_POTENSI else table.caps[case.modality]
    cap = min(allowed(case, own), LOCAL_CAP if case.local else Severity.KRITIS)
    if level > cap:
        points.append(
            (f"batas {'pilkades/pilwana' if case.local and cap == LOCAL_CAP else case.modality}", cap - level)
        )
        level = cap
    evidence = tuple(
        Evidence("severity", one.zone, one.start, one.end, float(weight), reason)
        for one, reason in facts
        if one is not None
        for weight in [next((amount for name, amount in points if name == reason), 0)]
    )
    return Judged(int(level), tuple(points), evidence)


def _base(case: Case, table: SeverityTable) -> tuple[int, list[Point], list[tuple[Fact | None, str]]]:
    """Return the highest base of the asserted signals, with the reason that a desk reads."""
    best, chosen, fact, note = -1, "", None, ""
    for signal in case.signals:
        row = table.base.get(signal)
        if row is None:
            continue
        value = row[case.modality]
        refined = REFINED.get((signal, case.modality))
        shown: Fact | None = None
        detail = ""
        if refined is not None:
            value, detail, shown = refined(case, value)
        if value > best:
            best, chosen, fact, note = value, signal, shown, detail
    reason = f"dasar: {chosen} x {case.modality}" + (f" ({note})" if note else "")
    return max(0, best), [(reason, max(0, best))], [(fact, reason)]


@cache
def load_table(path: Path = REFERENCE) -> SeverityTable:
    """Read the numbers; SettingsError names what is missing."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        base = {signal: dict(zip(COLUMNS, row, strict=True)) for signal, row in raw["dasar"].items()}
        caps = {modality: int(raw["batas"][modality.value]) for modality in Modality}
        return SeverityTable(base, caps, frozenset(raw["tahapan"]["sinyal"]), dict(raw["skala"]))
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"the severity table cannot be used: {error!r}", where=str(path)) from error
