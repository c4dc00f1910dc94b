"""Whether a challenger takes the champion's place: decided from what both say of the same held-out articles. Pure.

Three questions, all of which have to be answered with yes:

1. *Is it worse in nothing that counts?* For each of `GUARDS` the difference challenger minus champion is taken on the
   same resamples of the same stories (paired bootstrap). It must be shown to lie above minus a margin, which is how
   much a desk would give up unseen: the lower end of its 95 % interval does. A loss that is sure, however small, is
   refused too. So a small holdout refuses; it never waves through. All guards have to hold, hence no correction for
   their number (intersection-union test, Berger 1982). Non-inferiority by interval and margin: FDA, *Non-Inferiority
   Clinical Trials to Establish Effectiveness* (2016); Piaggio et al., *JAMA* 308 (2012), 2594.
2. *Is every label above its floor?* A row of challengers, each a little worse within the margins, would wander down
   (*biocreep*: D'Agostino, Massaro and Sullivan, *Statistics in Medicine* 22 (2003), 169). Floors do not move with the
   champion; they hold for one holdout, named by its digest, and only a person pins them anew.
3. *Is there a gain?* One of `GAINS` is better with confidence, or it is a tie and the challenger has learned from more
   labels of the desk: those are newer, and of the outlets that the desk reads, so at a tie they decide. Nothing gained
   is refused: every change of model costs a re-scoring.

Paired bootstrap: Efron and Tibshirani (1993), chapters 8 and 13; for text classifiers Berg-Kirkpatrick, Burkett and
Klein (EMNLP 2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from data.errors import ModelError
from models.measure import RESAMPLES, measure, paired_difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.floors import Floors
    from models.measurement import Interval, Measurement, Said, Truth

GUARDS: Final[Mapping[str, float]] = {
    "flag_recall": 0.03,
    "flag_f1": 0.03,
    "flag_ap": 0.03,
    "signals_micro_f1": 0.03,
    "modality_accuracy": 0.03,
}
"""Figure and margin. By reasoning, to be moved by a desk's own experience: of a hundred flagged articles three are the
most that may be missed unproven. Precision alone is no guard: whoever finds more of the events at the price of a few
false alarms is better, and F1 stops whoever only flags more."""

GAINS: Final = ("flag_recall", "flag_ap", "signals_micro_f1", "signals_macro_f1", "modality_accuracy")

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "flag_recall": ("recall berita bertanda", "recall of flagged articles"),
    "flag_f1": ("F1 berita bertanda", "F1 of flagged articles"),
    "flag_ap": ("presisi rata-rata tanda", "average precision of the flag"),
    "signals_micro_f1": ("mikro-F1 sinyal", "micro-F1 of signals"),
    "signals_macro_f1": ("makro-F1 sinyal", "macro-F1 of signals"),
    "modality_accuracy": ("akurasi modalitas", "accuracy of modality"),
}
"""What the figures are called, in Indonesian and English."""

Rule = Literal["guard", "floor", "gain"]


@dataclass(frozen=True, slots=True)
class Holdout:
    """Held-out articles that neither contender has learned from.

    The first ``fixed`` of them (None: all) are the same for every model and all time; ``digest`` says which they are,
    and floors are pinned to it. Those that follow are the newest that the desk has labelled.
    """

    digest: str
    truth: tuple[Truth, ...]
    fixed: int | None = None

    @property
    def pinned(self) -> int:
        """How many of the articles are the fixed ones."""
        return len(self.truth) if self.fixed is None else self.fixed


@dataclass(frozen=True, slots=True)
class Contender:
    """One model before the gate: what it says of the held-out articles, and from how many labels it has learned.

    ``desk_labels`` counts the desk's among its ``examples``.
    """

    version: str
    said: tuple[Said, ...]
    examples: int = 0
    desk_labels: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One answer of the gate, as facts and as half a sentence in both languages.

    ``before``, ``after`` and ``difference`` are NaN where they cannot be measured or do not apply; ``bound`` is the
    margin of a guard or the floor.
    """

    rule: Rule
    figure: str
    passed: bool
    indonesian: str
    english: str
    before: float = math.nan
    after: float = math.nan
    difference: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    bound: float = math.nan


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says, and why; ``indonesian`` and ``english`` are one paragraph each for the desk."""

    promoted: bool
    champion: str
    challenger: str
    holdout: str
    reasons: tuple[Reason, ...]
    indonesian: str
    english: str

    @property
    def failed(self) -> tuple[Reason, ...]:
        """The reasons that speak against the challenger."""
        return tuple(reason for reason in self.reasons if not reason.passed)


def decide(
    holdout: Holdout,
    champion: Contender,
    challenger: Contender,
    floors: Floors,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Verdict:
    """Return whether the challenger takes the champion's place; same arguments, same verdict.

    Raises ModelError as `check_floors` does.
    """
    check_floors(holdout, floors)
    before, after = (measure(holdout.truth, one.said, resamples=0) for one in (champion, challenger))
    pinned = measure(holdout.truth[: holdout.pinned], challenger.said[: holdout.pinned], resamples=0)
    differences = {
        figure: paired_difference(holdout.truth, champion.said, challenger.said, figure, resamples=resamples, seed=seed)
        for figure in dict.fromkeys((*GUARDS, *GAINS))
    }
    reasons = (
        *(_guard(figure, margin, before, after, differences[figure]) for figure, margin in GUARDS.items()),
        _floor(pinned, floors),
        _gain(before, after, differences, champion, challenger),
    )
    promoted = all(reason.passed for reason in reasons)
    indonesian, english = _paragraphs(promoted, holdout, champion, challenger, reasons)
    return Verdict(promoted, champion.version, challenger.version, holdout.digest, reasons, indonesian, english)


def check_floors(holdout: Holdout, floors: Floors) -> None:
    """Raise ModelError where the floors were pinned to another holdout, or there is no fixed one."""
    if not holdout.pinned:
        raise ModelError("there is no fixed held-out article to judge a model by; install the program again")
    if floors.holdout != holdout.digest:
        raise ModelError(
            f"the floors hold for the holdout {floors.holdout[:12]}, not for {holdout.digest[:12]}; look at the "
            "figures and pin them anew with: kentongan model floors --pin"
        )


def _guard(figure: str, margin: float, before: Measurement, after: Measurement, by: Interval) -> Reason:
    old, new = before.figures[figure].value, after.figures[figure].value
    shown = _move(figure, old, new, by)
    passed, why = True, ("", "")
    if math.isnan(by.low):
        passed = False
        why = (", tidak dapat diukur pada berita uji", ", cannot be measured on the holdout")
    elif by.high < 0:
        passed, why = False, (", turun secara meyakinkan", ", a sure loss")
    elif by.low < -margin:
        passed = False
        why = (
            f", bisa turun lebih dari {_number(margin, 'id')}",
            f", may fall by more than {_number(margin, 'en')}",
        )
    return Reason(
        "guard", figure, passed, shown[0] + why[0], shown[1] + why[1], old, new, (by.value, by.low, by.high), margin
    )


def _floor(after: Measurement, floors: Floors) -> Reason:
    """Return whether all floors are kept, naming those that are not, the deepest fall first."""
    reached = {name: after.figures[name].value for name in floors.figures if name in after.figures}
    reached |= {slug: figures.f1.value for slug, figures in after.signals.items()}
    reached |= {kind.value: figures.f1.value for kind, figures in after.modalities.items()}
    under = []
    for name, floor in (*floors.figures.items(), *floors.signals.items(), *floors.modalities.items()):
        value = reached.get(name, math.nan)
        if not value >= floor:  # what was not measured is under it, too
            under.append((-1.0 if math.isnan(value) else value - floor, name, value, floor))
    under.sort()
    if not under:
        return Reason("floor", "", True, "semua label di atas lantainya", "every label is above its floor")
    parts = [
        ", ".join(
            f"{NAMES[name][at] if name in NAMES else name} {_number(value, lang)} < {_number(floor, lang)}"
            for _, name, value, floor in under
        )
        for at, lang in enumerate(("id", "en"))
    ]
    _, name, value, floor = under[0]
    return Reason(
        "floor", name, False, f"di bawah lantai: {parts[0]}", f"below the floor: {parts[1]}", after=value, bound=floor
    )


def _gain(
    before: Measurement,
    after: Measurement,
    differences: Mapping[str, Interval],
    champion: Contender,
    challenger: Contender,
) -> Reason:
    """Return whether something is gained: a figure that is better with confidence, or more of the desk's labels."""
    better = [figure for figure in GAINS if differences[figure].low > 0]
    if better:
        best = max(better, key=lambda figure: differences[figure].low)
        old, new, by = before.figures[best].value, after.figures[best].value, differences[best]
        shown = _move(best, old, new, by)
        return Reason(
            "gain",
            best,
            True,
            f"{shown[0]}, lebih baik secara meyakinkan",
            f"{shown[1]}, a sure gain",
            old,
            new,
            (by.value, by.low, by.high),
        )
    more = challenger.desk_labels - champion.desk_labels
    if more > 0:
        return Reason(
            "gain",
            "desk_labels",
            True,
            f"setara, dan belajar dari {more} label desk lebih banyak",
            f"a tie, and it has learned from {more} more labels of the desk",
            champion.desk_labels,
            challenger.desk_labels,
        )
    return Reason("gain", "", False, "tidak ada yang lebih baik secara meyakinkan", "nothing is better with confidence")


def _paragraphs(
    promoted: bool, holdout: Holdout, champion: Contender, challenger: Contender, reasons: Sequence[Reason]
) -> tuple[str, str]:
    kept = [one for one in reasons if one.passed]
    failed = [one for one in reasons if not one.passed]
    numbers = (challenger.examples, challenger.desk_labels, champion.examples, champion.desk_labels)
    pinned, recent = holdout.pinned, len(holdout.truth) - holdout.pinned
    and_recent = (f" dan {recent} label desk terbaru", f" and the {recent} newest of the desk") if recent else ("", "")
    indonesian = (
        f"Model {challenger.version} (dari {numbers[0]} contoh, {numbers[1]} di antaranya label desk; yang dipakai "
        f"{numbers[2]} dan {numbers[3]}) diuji terhadap {champion.version} pada {pinned} berita uji tetap "
        f"({holdout.digest[:12]}){and_recent[0]}"
    )
    english = (
        f"Model {challenger.version} (from {numbers[0]} examples, {numbers[1]} of them labels of the desk; the one in "
        f"use {numbers[2]} and {numbers[3]}) was held against {champion.version} on {pinned} fixed "
        f"held-out articles ({holdout.digest[:12]}){and_recent[1]}"
    )
    if kept:
        indonesian += ": " + "; ".join(one.indonesian for one in kept)
        english += ": " + "; ".join(one.english for one in kept)
    if promoted:
        return f"{indonesian}. Model baru dipakai.", f"{english}. The new model is in use."
    return (
        f"{indonesian}. Model baru TIDAK dipakai, model lama tetap: {'; '.join(one.indonesian for one in failed)}.",
        f"{english}. The new model is NOT in use, the old one stays: {'; '.join(one.english for one in failed)}.",
    )


def _move(figure: str, old: float, new: float, by: Interval) -> tuple[str, str]:
    """Return how a figure moved, in both languages: before, after, and the interval of the difference."""
    said = []
    for at, lang in enumerate(("id", "en")):
        numbers = [_number(old, lang), _number(new, lang)]
        ends = [_number(by.low, lang, signed=True), _number(by.high, lang, signed=True)]
        said.append(f"{NAMES[figure][at]} {numbers[0]} → {numbers[1]} ({ends[0]} … {ends[1]})")
    return said[0], said[1]


def _number(value: float, lang: str, *, signed: bool = False) -> str:
    if math.isnan(value):
        return "–"
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    return text.replace(".", ",").replace("-", "−") if lang == "id" else text.replace("-", "−")
