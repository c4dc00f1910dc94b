"""Names that persons taught: a locator that knows them, and the trial that shows what one helps and harms.

A correction of one article is an example. A name is taken over for all articles only where with it at least one
corrected article is read right that was not, none that was right is read wrong, and what it would change in articles
that nobody has looked at is little and looks like the place that was taught.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from classifiers.places.lexicon import MAX_NAME_TOKENS, TOKEN, normal
from data.gazetteer import KABKOTA, PROVINCE
from data.records import PlaceRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifiers.places import Locator
    from classifiers.places.lexicon import Lexicon
    from data.records import Place
    from data.taught_places import PlaceCorrection, TaughtName

SHORTEST: Final = 4
"""Letters that a taught name must have: of shorter ones nearly every string is a word or an abbreviation of more."""

MOST_LOWER: Final = 0.2
"""Share of the articles with the name that also write it in lower case, above which it is an ordinary word. Of the
gazetteer's names in 6,000 pieces of news, those that are words have 0.86 in the median (one in twenty below 0.15), the
names of kabupaten and kota that are none 0.0 (nine in ten below 0.02)."""

MOST_MOVED: Final = 0.05
"""Share of the other articles with the name in which a unit may be lost that was found without it. By reasoning: a
longer name rightly swallows a shorter one now and then; beyond one in twenty it stands in the way of others."""

MOST_ELSEWHERE: Final = 0.5
"""Share of the other articles with the name and a province that speak of other provinces than the taught unit's, above
which it is a name of several places."""

FEWEST_ELSEWHERE: Final = 4
"""Articles with the name and a province below which that share says nothing."""

_SPELLING: Final = "ejaan"

L = TypeVar("L", bound="Locator")


@dataclass(frozen=True, slots=True)
class PlaceText:
    """A text as the locator reads it, with what is known to be right of it; ``facts`` are those of `facts_of`."""

    id: str
    title: str
    text: str
    provinces: tuple[str, ...] = ()
    regencies: tuple[str, ...] = ()
    facts: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a name does to texts, with it and without.

    ``helped`` and ``harmed`` are ids of texts with known facts of which one is read right only with it, or only
    without it. ``met`` other texts hold the name, ``lower`` of them also in lower case; in ``moved`` a kabupaten or
    kota is lost; ``elsewhere`` of ``provinced`` speak of other provinces only.
    """

    helped: tuple[str, ...] = ()
    harmed: tuple[str, ...] = ()
    met: int = 0
    lower: int = 0
    moved: tuple[str, ...] = ()
    provinced: int = 0
    elsewhere: int = 0


def taught(locator: L, names: Sequence[TaughtName]) -> L:
    """Return a locator that knows ``names`` too; the one given is left as it is, and returned where there are none."""
    if not names:
        return locator
    other = copy.copy(locator)
    other.lexicon = with_names(locator.lexicon, names)
    return other


def with_names(lexicon: Lexicon, names: Iterable[TaughtName]) -> Lexicon:
    """Return a lexicon in which ``names`` can mean their units too; a name without units needs an administrative word.

    Units that a name means already stay, before the taught ones: the text decides between them as it always does.
    """
    codes, kinds, longest = dict(lexicon.codes), dict(lexicon.alias_kinds), dict(lexicon.longest)
    common, strict, never = set(lexicon.common), set(lexicon.words.strict), set(lexicon.words.never_alone)
    for name in names:
        form = normal(name.name)
        if not name.codes:
            for guarded in (common, strict, never):
                guarded.add(form)
            continue
        known = codes.get(form, ())
        if not known:
            kinds[form] = _SPELLING
        codes[form] = (*known, *(code for code in name.codes if code not in known))
        first, _, rest = form.partition(" ")
        length = rest.count(" ") + 2 if rest else 1
        longest[first] = max(longest.get(first, 0), min(length, MAX_NAME_TOKENS))
    words = replace(lexicon.words, strict=frozenset(strict), never_alone=frozenset(never))
    return replace(lexicon, codes=codes, alias_kinds=kinds, longest=longest, common=frozenset(common), words=words)


def facts_of(corrections: Iterable[PlaceCorrection]) -> frozenset[tuple[str, str]]:
    """Return what corrections of one text say is right, as pairs of a kind and its codes or name.

    ``("tempat", "13.12 13.08")``: one of these units, or one within it, is found. ``("bukan", "damai")``: no place is
    found in this name. ``("kejadian", "13.12 13.77")``: the kabupaten and kota of the event are these and no others.
    """
    found = set()
    for one in corrections:
        if one.kind == "kejadian":
            found.add(("kejadian", " ".join(sorted({code[:KABKOTA] for code in one.codes}))))
        elif one.codes:
            found.add(("tempat", " ".join(sorted(one.codes))))
        else:
            found.add(("bukan", normal(one.name)))
    return frozenset(found)


def right_facts(text: PlaceText, places: Sequence[Place]) -> frozenset[tuple[str, str]]:
    """Return which facts of a text ``places`` fulfil."""
    return frozenset(fact for fact in text.facts if _is_right(fact, text, places))


def _is_right(fact: tuple[str, str], text: PlaceText, places: Sequence[Place]) -> bool:
    kind, said = fact
    if kind == "bukan":
        spans = ((text.title if place.zone == "title" else text.text)[place.start : place.end] for place in places)
        return all(normal(span) != said for span in spans)
    if kind == "tempat":
        return any(_lies_in(place.code, code) for place in places for code in said.split())
    events = {place.code[:KABKOTA] for place in places if place.role is PlaceRole.KEJADIAN}
    return events == set(said.split())


def _lies_in(code: str, unit: str) -> bool:
    return code == unit or code.startswith(f"{unit}.")


def contains(form: str, text: str) -> bool:
    """Return whether a text holds a name's normal form as whole words, in any case."""
    return f" {form} " in f" {normal(text)} "


def try_name(locator: Locator, name: TaughtName, known: Iterable[PlaceText], others: Iterable[PlaceText]) -> Trial:
    """Return what a name would do: to texts with ``known`` facts, and to ``others`` that nobody has looked at.

    Texts that do not hold the name are passed over: they read the same. ``locator`` does not know the name yet.
    """
    knowing, form = taught(locator, [name]), normal(name.name)
    helped, harmed, moved = [], [], []
    met = lower = provinced = elsewhere = 0
    for text in known:
        if not (contains(form, text.title) or contains(form, text.text)):
            continue
        before = right_facts(text, _locate(locator, text))
        after = right_facts(text, _locate(knowing, text))
        if after - before:
            helped.append(text.id)
        if before - after:
            harmed.append(text.id)
    provinces = {code[:PROVINCE] for code in name.codes}
    for text in others:
        if not (contains(form, text.title) or contains(form, text.text)):
            continue
        met += 1
        lower += _in_lower_case(form, f"{text.title}\n{text.text}")
        found = _locate(locator, text)
        before_codes = {place.code[:KABKOTA] for place in found if len(place.code) >= KABKOTA}
        after_codes = {place.code[:KABKOTA] for place in _locate(knowing, text)}
        if name.codes and before_codes - after_codes:
            moved.append(text.id)
        named = {place.code[:PROVINCE] for place in found} or {code[:PROVINCE] for code in text.provinces}
        provinced += bool(named)
        elsewhere += bool(named) and provinces.isdisjoint(named)
    return Trial(tuple(helped), tuple(harmed), met, lower, tuple(moved), provinced, elsewhere)


def objections(locator: Locator, name: TaughtName, trial: Trial) -> tuple[str, ...]:
    """Return why a name is not taken over, a sentence each; none where it helps and harms nothing."""
    form = normal(name.name)
    found = []
    if not name.codes:
        if not trial.helped:
            found.append("no corrected article is read better with it")
        if trial.harmed:
            found.append(f"with it, articles that were right are read wrong: {', '.join(trial.harmed[:5])}")
        return tuple(found)
    if len(form.replace(" ", "")) < SHORTEST or not any(letter.isalpha() for letter in form):
        found.append(f"the name is shorter than {SHORTEST} letters: too many other things are called so")
    if len(form.split()) > MAX_NAME_TOKENS:
        found.append(f"the name has more than {MAX_NAME_TOKENS} words")
    if form in locator.lexicon.words.admin or form in locator.lexicon.words.heads:
        found.append("the name is an administrative word")
    if not trial.helped:
        found.append("no corrected article is read better with it")
    if trial.harmed:
        found.append(f"with it, articles that were right are read wrong: {', '.join(trial.harmed[:5])}")
    if trial.met and trial.lower / trial.met > MOST_LOWER:
        found.append(f"it is an ordinary word: {trial.lower} of {trial.met} articles write it in lower case")
    if trial.met and len(trial.moved) / trial.met > MOST_MOVED:
        found.append(f"with it, {len(trial.moved)} of {trial.met} articles lose a place: {', '.join(trial.moved[:5])}")
    if trial.provinced >= FEWEST_ELSEWHERE and trial.elsewhere / trial.provinced > MOST_ELSEWHERE:
        found.append(f"{trial.elsewhere} of {trial.provinced} articles with this name speak of other provinces")
    return tuple(found)


def _in_lower_case(form: str, text: str) -> bool:
    return f" {form} " in f" {' '.join(TOKEN.findall(text))} "


def _locate(locator: Locator, text: PlaceText) -> tuple[Place, ...]:
    return locator.locate(text.title, text.text, outlet_provinces=text.provinces, outlet_regencies=text.regencies)
