"""What a model's card says beyond its weights: what it learned from, how good it is, where that is not to be trusted.

Nothing here depends on the clock or the machine: the same examples on the same libraries give the same card. Model
cards: Mitchell et al. 2019 (*Model Cards for Model Reporting*).
"""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.errors import ModelError
from models.embedding import SEED
from models.examples import DESK_PREFIX, counts
from models.fingerprint import features_fingerprint
from models.golden import GOLDEN
from models.measure import RESAMPLES
from models.train import corpus_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from models.examples import Learned
    from models.measurement import Measurement
    from models.splits import Split
    from models.train import Corpus

DESCRIPTION = "Regularised least squares over hashed words, letters, cues and a space of subjects; a second stage."

LIMITS = (
    "Labels of the shipped examples are by language models, mostly a single one each: agreement overstates people's.",
    "Of real articles only hashed features and hashes of word runs are kept: no text and no word can be had from them.",
    "Election signals are learned mostly from made-up examples; real articles with them are few.",
    "The real articles are of 2018 to 2025, national and Javanese outlets for the most part.",
    "Articles are known by their first 1,500 words; what only a picture or a table says is not seen.",
    "Severity, places and times are by rules, not learned, and not measured here.",
)
BOOTSTRAP_SEED = 0
HELD_OUT, CROSSED = "holdout", "cross_validated"
MOST_IDS = 10_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """One place that examples came from: its name, how many came, and the digest of what was read there."""

    name: str
    examples: int
    sha256: str


def card_of(
    corpus: Corpus,
    parts: Split,
    sources: Sequence[Source],
    *,
    name: str,
    parent: str | None,
    measurements: Mapping[str, Measurement],
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a card; ``corpus`` is what was trained on, the training part of ``parts``.

    ``measurements`` by what they were taken on: `HELD_OUT` (not there where nothing is held out), `CROSSED`. ``parent``
    is the version that was in use. ``notes`` are limits of this training alone.
    """
    examples = parts.train
    dates = sorted(one.published for one in examples if one.published)
    desk = [one.id for one in examples if one.labelled_at is not None]
    return {
        "name": name,
        "description": DESCRIPTION,
        "signals": list(corpus.taxonomy.slugs),
        "rules": corpus.taxonomy.digest[:12],
        "golden": GOLDEN,
        "limits": [*LIMITS, *notes],
        "examples": {"count": len(examples), "desk": len(desk), "sha256": corpus_digest(corpus)},
        "data": {
            "sources": [{"name": one.name, "examples": one.examples, "sha256": one.sha256} for one in sources],
            "per_group": _per_group(examples),
            "stories": len(set(corpus.stories.tolist())),
            "published": [dates[0].isoformat(), dates[-1].isoformat()] if dates else [],
            "kept_out": len(parts.kept_out),
        },
        "per_label": dict(sorted(counts(examples).items())),
        "desk_trained": ranges(one.id for one in examples),
        "holdout": {
            "fixed": len(parts.fixed),
            "recent": len(parts.recent),
            "fixed_sha256": parts.fixed_digest,
            "sha256": parts.digest,
            "per_label": dict(sorted(counts(parts.holdout).items())),
            "per_group": _per_group(parts.holdout),
        },
        "measurements": {name: one.to_json() for name, one in measurements.items()},
        "figures": _figures(measurements),
        "lineage": {
            "parent": parent,
            "rules": corpus.taxonomy.digest,
            "features": features_fingerprint(),
            "seeds": {"training": None, "space": SEED, "bootstrap": BOOTSTRAP_SEED, "resamples": RESAMPLES},
            "versions": versions(),
        },
    }


def versions() -> dict[str, str]:
    """Return the versions of what computes: with these the same examples give the same digest."""
    import scipy
    import sklearn

    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "python": python,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }


def ranges(ids: Iterable[str]) -> str:
    """Return the desk's ids (``artikel-`` and a number) as ranges of numbers: ``1-15,17,20-31``.

    Those that came by a file count too, also as one of several labels of a text (``artikel-5-2``).
    """
    parts = {name.removeprefix(DESK_PREFIX).partition("-")[0] for name in ids if name.startswith(DESK_PREFIX)}
    numbers = sorted(int(part) for part in parts if part.isascii() and part.isdigit())
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ",".join("-".join(map(str, one)) for one in found)


def trained_ids(card: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of the desk's articles that a model learned from, by its card (none where it does not say)."""
    said = card.get("desk_trained")
    found: set[str] = set()
    for part in said.split(",") if isinstance(said, str) and said else ():
        ends = part.split("-") if "-" in part else [part, part]
        if len(ends) != 2 or not all(end.isdecimal() for end in ends) or int(ends[1]) - int(ends[0]) > MOST_IDS:
            raise ModelError(f'the card says that it learned from the articles "{part}", which are none')
        found.update(f"{DESK_PREFIX}{number}" for number in range(int(ends[0]), int(ends[1]) + 1))
    return frozenset(found)


def version_in(card: Mapping[str, Any]) -> str | None:
    """Return the version that a card is of; None for one that names no weights (there is no model in use)."""
    weights = card.get("weights")
    digest = weights.get("sha256") if isinstance(weights, dict) else None
    return f"{card.get('name', 'model')}-{str(digest)[:8]}" if digest else None


def files_digest(paths: Sequence[Path]) -> str:
    """Return one SHA-256 (hex) of files, by name and content; line ends of any system count alike."""
    whole = hashlib.sha256()
    for path in sorted(paths, key=lambda one: one.name):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def _figures(measurements: Mapping[str, Measurement]) -> dict[str, list[float | int]]:
    """Return what a person looks for first: figures, and F1 of each label, as [value, low, high, number]."""
    found = {}
    for name, measured in measurements.items():
        labels = {slug: one.f1 for slug, one in measured.signals.items()}
        labels |= {kind.value: one.f1 for kind, one in measured.modalities.items()}
        for figure, one in (*measured.figures.items(), *labels.items()):
            if one.known and one.n:
                ends = [one.value, one.low, one.high] if measured.resamples else [one.value]
                found[f"{name}.{figure}"] = [*(round(value, 3) for value in ends), one.n]
    return found


def _per_group(examples: Sequence[Learned]) -> dict[str, dict[str, int]]:
    """Return for each group how many articles it has, how many flagged, how many torn."""
    found: dict[str, dict[str, int]] = {}
    for one in examples:
        line = found.setdefault(one.group, {"articles": 0, "flagged": 0, "torn": 0})
        line["articles"] += 1
        line["flagged"] += one.flagged
        line["torn"] += one.torn
    return dict(sorted(found.items()))
