"""What was measured of a reading, as records: figures with intervals, confusion, reliability; and these as plain JSON.

A measurement is kept inside a model's card, so that the card can be shown, and two models compared, without the texts.
Where there was nothing to measure a number is NaN in memory and null in JSON.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data.errors import ModelError
from data.records import WATCHED, Modality

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one article, as it was labelled.

    ``optional`` signals are neither hit nor miss. ``severity`` is 0 to 4, None where nobody labelled it. ``story`` is
    the same number for copies of one story (`models.train.stories`); ``group`` is where the article came from.
    """

    id: str
    signals: frozenset[str]
    optional: frozenset[str]
    modality: Modality
    severity: int | None
    negasi: bool
    historis: bool
    story: int
    group: str

    @property
    def flagged(self) -> bool:
        """Whether the article should be flagged."""
        return bool(self.signals) and self.modality in WATCHED


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one article.

    ``signals`` holds calibrated probabilities; one that is missing counts as 0. ``flag_score`` is in [0, 1].
    ``severity`` is None where it was not judged: where others were, that counts as wrong.
    """

    signals: Mapping[str, float]
    asserted: frozenset[str]
    modality: Modality
    flag_score: float
    flagged: bool
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % percentile interval; ``n`` is how many things stand below its line of division.

    NaN where there is nothing to measure (``n`` 0, or in no resample anything).
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def known(self) -> bool:
        """Whether there was anything to measure."""
        return not math.isnan(self.value)


UNKNOWN = Interval(math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """The figures of one signal or modality, against all others.

    ``n`` articles have it, ``predicted`` were said to have it (an optional one that was said counts in neither).
    Modalities have no average precision and no calibration error, as no probability of theirs is kept.
    """

    precision: Interval
    recall: Interval
    f1: Interval
    average_precision: Interval
    calibration_error: float
    n: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Bin:
    """What was said with ``low`` to ``high``: ``said`` the mean probability, ``true`` the share that was so."""

    low: float
    high: float
    said: float
    true: float
    n: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """How well a reading agrees with labels.

    ``n`` articles of ``stories`` stories. ``figures`` are those of `models.measure.FIGURES`. ``confusion`` has a row
    for each gold modality and a column for each that was said, in the order of `Modality`; ``severity_confusion`` the
    same for 0 to 4, without articles whose severity was not judged. ``flag_reliability`` and ``signals_reliability``
    are ten equal bins, empty ones left out; ``flag_curve`` is (recall, precision) of the flag's score, recall rising.
    """

    n: int
    stories: int
    figures: Mapping[str, Interval]
    signals: Mapping[str, LabelFigures]
    modalities: Mapping[Modality, LabelFigures]
    confusion: tuple[tuple[int, ...], ...]
    severity_confusion: tuple[tuple[int, ...], ...]
    flag_reliability: tuple[Bin, ...]
    signals_reliability: tuple[Bin, ...]
    flag_curve: tuple[tuple[float, float], ...] = ()
    resamples: int = 0
    seed: int = 0
    note: str = field(default="")

    def to_json(self) -> dict[str, Any]:
        """Return the measurement as JSON can hold it; `from_json` gives it back to six digits."""
        return {
            "format": FORMAT,
            "n": self.n,
            "stories": self.stories,
            "resamples": self.resamples,
            "seed": self.seed,
            "note": self.note,
            "figures": {name: _plain(one) for name, one in self.figures.items()},
            "signals": {slug: _plain_label(one) for slug, one in self.signals.items()},
            "modalities": {kind.value: _plain_label(one) for kind, one in self.modalities.items()},
            "confusion": [list(row) for row in self.confusion],
            "severity_confusion": [list(row) for row in self.severity_confusion],
            "flag_reliability": [_plain_bin(one) for one in self.flag_reliability],
            "signals_reliability": [_plain_bin(one) for one in self.signals_reliability],
            "flag_curve": [[_short(recall), _short(precision)] for recall, precision in self.flag_curve],
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Measurement:
        """Return what `to_json` wrote. Raises ModelError where it is something else."""
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ModelError("the measurement in the card is not one of this program; evaluate the model anew")
        try:
            return cls(
                n=int(found["n"]),
                stories=int(found["stories"]),
                figures={str(name): _interval(one) for name, one in found["figures"].items()},
                signals={str(slug): _label(one) for slug, one in found["signals"].items()},
                modalities={Modality(kind): _label(one) for kind, one in found["modalities"].items()},
                confusion=_square(found["confusion"]),
                severity_confusion=_square(found["severity_confusion"]),
                flag_reliability=tuple(_bin(one) for one in found["flag_reliability"]),
                signals_reliability=tuple(_bin(one) for one in found["signals_reliability"]),
                flag_curve=tuple((_number(recall), _number(precision)) for recall, precision in found["flag_curve"]),
                resamples=int(found["resamples"]),
                seed=int(found["seed"]),
                note=str(found["note"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"the measurement in the card is broken ({error}); evaluate the model anew") from error


def _short(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _DIGITS)


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _plain(one: Interval) -> list[float | int | None]:
    return [_short(one.value), _short(one.low), _short(one.high), one.n]


def _interval(found: Any) -> Interval:
    value, low, high, n = found
    return Interval(_number(value), _number(low), _number(high), int(n))


def _plain_label(one: LabelFigures) -> dict[str, Any]:
    return {
        "precision": _plain(one.precision),
        "recall": _plain(one.recall),
        "f1": _plain(one.f1),
        "average_precision": _plain(one.average_precision),
        "calibration_error": _short(one.calibration_error),
        "n": one.n,
        "predicted": one.predicted,
    }


def _label(found: Any) -> LabelFigures:
    return LabelFigures(
        precision=_interval(found["precision"]),
        recall=_interval(found["recall"]),
        f1=_interval(found["f1"]),
        average_precision=_interval(found["average_precision"]),
        calibration_error=_number(found["calibration_error"]),
        n=int(found["n"]),
        predicted=int(found["predicted"]),
    )


def _plain_bin(one: Bin) -> list[float | int | None]:
    return [_short(one.low), _short(one.high), _short(one.said), _short(one.true), one.n]


def _bin(found: Any) -> Bin:
    low, high, said, true, n = found
    return Bin(float(low), float(high), float(said), float(true), int(n))


def _square(found: Any) -> tuple[tuple[int, ...], ...]:
    rows = tuple(tuple(int(count) for count in row) for row in found)
    if any(len(row) != len(rows) for row in rows):
        raise ValueError("a confusion that is not square")
    return rows
