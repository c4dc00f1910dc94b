"""Places taught by users: corrections become examples, and names that stand their trial are read so from then on.

The corrections are in the store. The names taken into use are a file of the installation (``places/taught.jsonl``),
written whole; the version of the rules names them, so that what other names have judged is judged anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from classifiers.places.lexicon import normal
from classifiers.places.taught import PlaceText, facts_of, objections, taught, try_name
from data.errors import InputError, UnknownItemError
from data.resolution import annotator_name, person_of
from data.taught_places import FILE, TaughtName, lines_of, names_in_use, read_taught
from flows.leases import held
from models.disk import write_whole
from models.measure_places import read_role_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from classifiers.places import Locator
    from classifiers.places.taught import Trial
    from data.records import Source, StoredArticle
    from data.store import Store
    from data.taught_places import PlaceCorrection

log = structlog.get_logger(__name__)

MOST_OTHERS: Final = 2000
"""Articles with a name that its trial reads, the newest: at 1,000 a second both ways, four seconds."""

LEASE_NAME = "teach"
LEASE = timedelta(minutes=5)

BUNDLED = "bawaan:"
"""Before the id of a text of the project's own set, in lists of what is helped or harmed."""


@dataclass(frozen=True, slots=True)
class TeachTools:
    """What teaching needs; ``locator`` is the product's own, without what was taught, ``folder`` holds the names."""

    store: Store
    locator: Locator
    sources: Mapping[str, Source]
    folder: Path
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A name that corrections give a meaning: its units, on whose word, and how its trial went."""

    name: str
    codes: tuple[str, ...]
    articles: tuple[int, ...]
    persons: int
    trial: Trial
    objections: tuple[str, ...]


def decisions(tools: TeachTools) -> tuple[TaughtName, ...]:
    """Return every decision on names, the first one first."""
    return read_taught(tools.folder / FILE)


def proposals(tools: TeachTools) -> tuple[Proposal, ...]:
    """Return what the corrections propose beyond the names in use, each tried, the best supported first."""
    corrections = tools.store.place_corrections.all()
    used = {normal(one.name): frozenset(one.codes) for one in names_in_use(decisions(tools))}
    by_name: dict[str, list[PlaceCorrection]] = defaultdict(list)
    for one in corrections:
        if one.kind == "nama":
            by_name[normal(one.name)].append(one)
    known = known_texts(tools, corrections)
    found = []
    for form, said in by_name.items():
        codes = meant(said)
        if used.get(form) != frozenset(codes):
            found.append(_proposal(tools, said[-1].name, codes, said, known))
    return tuple(sorted(found, key=lambda one: (-one.persons, -len(one.articles), one.name)))


def meant(corrections: Iterable[PlaceCorrection]) -> tuple[str, ...]:
    """Return the units that corrections give a name, the one said most often first; none where they say it is none.

    A name that is a place in some articles and none in others means its units: that it is none there is for the text
    to tell.
    """
    counted = Counter(code for one in corrections for code in one.codes)
    return tuple(code for code, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _proposal(
    tools: TeachTools, name: str, codes: tuple[str, ...], said: Sequence[PlaceCorrection], known: Sequence[PlaceText]
) -> Proposal:
    trial_name = TaughtName(name, codes, "dipakai", "", tools.clock(), "")
    trial = _tried(tools, trial_name, known)
    return Proposal(
        name,
        codes,
        tuple(sorted({one.article_id for one in said})),
        len({person_of(one.person) for one in said}),
        trial,
        objections(_knowing(tools, besides=name), trial_name, trial),
    )


def known_texts(tools: TeachTools, corrections: Sequence[PlaceCorrection] | None = None) -> tuple[PlaceText, ...]:
    """Return the texts whose places persons have corrected, and the project's own labelled ones."""
    by_text: dict[tuple[int, int], list[PlaceCorrection]] = defaultdict(list)
    for one in tools.store.place_corrections.all() if corrections is None else corrections:
        by_text[one.article_id, one.revision].append(one)
    texts = []
    for (article_id, revision), said in by_text.items():
        stored = tools.store.articles.get(article_id, revision)
        if stored is not None:
            texts.append(replace(_text(stored, tools.sources), facts=facts_of(said)))
    bundled = (
        PlaceText(
            f"{BUNDLED}{one.id}",
            one.title,
            one.text,
            facts=frozenset(
                [("tempat", " ".join(sorted(place.codes))) for place in one.places]
                + [("bukan", normal(name)) for name in one.not_places]
            ),
        )
        for one in read_role_texts()
    )
    return (*texts, *bundled)


def examples(tools: TeachTools) -> Iterator[dict[str, Any]]:
    """Yield the corrected articles as rows of JSON, with the event's places and the names that persons gave."""
    by_text: dict[tuple[int, int], list[PlaceCorrection]] = defaultdict(list)
    for one in tools.store.place_corrections.all():
        by_text[one.article_id, one.revision].append(one)
    for (article_id, revision), said in by_text.items():
        stored = tools.store.articles.get(article_id, revision)
        if stored is None:
            continue
        events = [one for one in said if one.kind == "kejadian"]
        yield {
            "id": str(article_id),
            "title": stored.article.title,
            "text": stored.article.text,
            "url": stored.article.canonical_url,
            "published": stored.article.published.isoformat() if stored.article.published else None,
            "event_places": [{"code": code} for code in events[-1].codes] if events else None,
            "names": [{"name": one.name, "codes": list(one.codes)} for one in said if one.kind == "nama"],
        }


def adopt(tools: TeachTools, name: str, by: str, codes: Sequence[str] | None = None) -> TaughtName:
    """Take a corrected name into use after its trial and return the decision; ``codes`` None: as the corrections say.

    Raises UnknownItemError where nobody has corrected the name, InputError with what speaks against it: then nothing
    is changed. LeaseError where another decision is being made.
    """
    person = annotator_name(by)
    with held(tools.store, LEASE_NAME, tools.clock, LEASE):
        corrections = tools.store.place_corrections.all()
        said = [one for one in corrections if one.kind == "nama" and normal(one.name) == normal(name)]
        if not said:
            raise UnknownItemError(
                "corrected name", name, hint="correct it in an article first: kentongan places correct"
            )
        chosen = meant(said) if codes is None else tuple(codes)
        proposal = _proposal(tools, said[-1].name, chosen, said, known_texts(tools, corrections))
        if proposal.objections:
            raise InputError(f'"{proposal.name}" is not taken over: {"; ".join(proposal.objections)}')
        trial = proposal.trial
        why = (
            f"helps {len(trial.helped)} corrected articles and harms {len(trial.harmed)}; "
            f"other articles with the name: {trial.met}, {len(trial.moved)} of them lose a place"
        )
        return _decide(tools, TaughtName(proposal.name, chosen, "dipakai", person, tools.clock(), why))


def withdraw(tools: TeachTools, name: str, by: str, why: str) -> TaughtName:
    """Take a name out of use again and return the decision. Raises UnknownItemError where it is not in use."""
    person = annotator_name(by)
    with held(tools.store, LEASE_NAME, tools.clock, LEASE):
        used = {normal(one.name): one for one in names_in_use(decisions(tools))}
        if normal(name) not in used:
            raise UnknownItemError("taught name", name, hint="see kentongan places taught")
        standing = used[normal(name)]
        return _decide(tools, replace(standing, state="dicabut", by=person, at=tools.clock(), why=why))


def _decide(tools: TeachTools, decision: TaughtName) -> TaughtName:
    write_whole(tools.folder, {FILE: lines_of([*decisions(tools), decision])})
    log.info("place_name_decided", name=decision.name, codes=decision.codes, state=decision.state, by=decision.by)
    return decision


def _tried(tools: TeachTools, name: TaughtName, known: Sequence[PlaceText]) -> Trial:
    corrected = {text.id for text in known}
    found = tools.store.articles.search(f'"{name.name}"', limit=MOST_OTHERS)
    others = [text for text in (_text(stored, tools.sources) for stored in found) if text.id not in corrected]
    return try_name(_knowing(tools, besides=name.name), name, known, others)


def _knowing(tools: TeachTools, *, besides: str) -> Locator:
    """Return the locator with every name in use but one: that one is on trial."""
    names = [one for one in names_in_use(decisions(tools)) if normal(one.name) != normal(besides)]
    return taught(tools.locator, names)


def _text(stored: StoredArticle, sources: Mapping[str, Source]) -> PlaceText:
    source = sources.get(stored.article.source_id)
    return PlaceText(
        str(stored.id),
        stored.article.title,
        stored.article.text,
        source.provinces if source else (),
        source.regencies if source else (),
    )
