"""Floors: the least that every label must reach on one holdout, whoever is champion; pinned by a person, in a file.

A row of models, each a little worse than the one before but within the margins, would wander down unseen; floors do not
move with them. They hold for the articles they were measured on, named by the holdout's digest, and for no others.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.errors import ModelError
from models.measure import LEAST_GOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from models.measurement import Interval, Measurement

FLOORS_FORMAT = "kentongan-floors-1"


@dataclass(frozen=True, slots=True)
class Floors:
    """The least that a model must reach on one holdout: by name of figure, and F1 by signal and by modality.

    ``by`` is who pinned them, ``at`` when, of which ``model``.
    """

    holdout: str
    model: str
    by: str
    at: str
    figures: Mapping[str, float]
    signals: Mapping[str, float]
    modalities: Mapping[str, float]

    def to_json(self) -> str:
        """Return the floors as their file holds them."""
        names = ("holdout", "model", "by", "at", "figures", "signals", "modalities")
        whole = {"format": FLOORS_FORMAT} | {name: getattr(self, name) for name in names}
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def pin(measured: Measurement, holdout: str, model: str, figures: Iterable[str], *, by: str, at: datetime) -> Floors:
    """Return floors at what a model reaches: the lower ends of its 95 % intervals, so that bad luck is no fall.

    ``holdout`` is the digest of what was measured on, ``figures`` which of them get a floor. Labels with fewer than
    `LEAST_GOLD` articles there have none. ValueError where ``measured`` has no intervals.
    """
    if not measured.resamples:
        msg = "floors need intervals; measure with resamples"
        raise ValueError(msg)
    kept = {name: measured.figures[name] for name in figures}
    signals = {slug: one.f1 for slug, one in measured.signals.items() if one.n >= LEAST_GOLD}
    kinds = {kind.value: one.f1 for kind, one in measured.modalities.items() if one.n >= LEAST_GOLD}
    return Floors(holdout, model, by, at.isoformat(), _lower(kept), _lower(signals), _lower(kinds))


def _lower(found: Mapping[str, Interval]) -> dict[str, float]:
    """Return the lower ends, rounded down; what cannot be measured has none."""
    return {name: math.floor(one.low * 1000) / 1000 for name, one in found.items() if not math.isnan(one.low)}


def read_floors(path: Path) -> Floors:
    """Return the floors of a file. Raises ModelError, saying what is wrong and what to do."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        holdout, model, by, at = (str(found[name]) for name in ("holdout", "model", "by", "at"))
        figures, signals, modalities = (_numbers(found[name]) for name in ("figures", "signals", "modalities"))
        known = found["format"] == FLOORS_FORMAT
    except OSError as error:
        raise ModelError(f"{path}: the floors cannot be read ({error.strerror}); {_PIN}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: these are no floors of this program; {_PIN}") from error
    if not known:
        raise ModelError(f"{path}: these are no floors of this program; {_PIN}")
    return Floors(holdout, model, by, at, figures, signals, modalities)


_PIN = "pin them with: kentongan model floors --pin"


def _numbers(found: Any) -> dict[str, float]:
    numbers = {str(name): float(value) for name, value in found.items()}
    if not all(0 <= value <= 1 for value in numbers.values()):
        raise ValueError("a floor is not in [0, 1]")
    return numbers
