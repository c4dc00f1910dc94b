"""An assessment pass: every present revision that nothing has judged yet is judged, saved and joined.

What other versions have judged is left to ``flows.rescore``, so that a new model never keeps today's news waiting.

One transaction per article holds its assessment, its signature and its place in an incident, so that ``kill -9`` leaves
either all of it or nothing; one lease for the pass, so that two passes never open two incidents for one event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

import structlog

from classifiers.copies import signature
from classifiers.incidents import is_joinable
from data.errors import KentonganError
from flows.joining import member, place, refreshed
from flows.leases import held
from flows.syndication import note_copies, witnesses
from models.assessor import AssessItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from classifiers.incidents import Member
    from data.records import Assessment, Source, StoredArticle
    from data.store import Store

log = structlog.get_logger(__name__)

BATCH = 100
"""Articles judged at once: enough for the matrix arithmetic to pay, few enough for progress and memory."""

LEASE_NAME = "assess"
LEASE = timedelta(minutes=10)


class Assesses(Protocol):
    """What a pass needs of ``models.assessor.Assessor``."""

    @property
    def model_version(self) -> str:
        """Name of the weights in use."""

    @property
    def rules_version(self) -> str:
        """Name of the rules in use."""

    def assess(self, items: Sequence[AssessItem]) -> list[Assessment]:
        """Return an assessment per item, in order."""


@dataclass(frozen=True, slots=True)
class AssessTools:
    """What has effects in an assessment pass: store, model, clock; ``sources`` by id give zone, coverage and tier."""

    store: Store
    assessor: Assesses
    sources: Mapping[str, Source]
    clock: Callable[[], datetime]
    min_free_mb: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What a pass over articles did, assessing or re-scoring: ``joined`` articles came to incidents that were there.

    ``failed`` articles could not be judged, through a defect of ours: they wait for the next pass, and are in the log.
    """

    flagged: int = 0
    opened: int = 0
    joined: int = 0
    updated: int = 0
    failed: int = 0

    def plus(self, **more: int) -> Self:
        """Return the tally with ``more`` added."""
        return replace(self, **{name: getattr(self, name) + count for name, count in more.items()})


T = TypeVar("T", bound=Tally)


@dataclass(frozen=True, slots=True)
class AssessTally(Tally):
    """What an assessment pass did: ``assessed`` articles, and what came of them."""

    assessed: int = 0


def assess_pending(
    tools: AssessTools, *, batch: int = BATCH, watch: Callable[[AssessTally], None] = lambda _: None
) -> AssessTally:
    """Judge everything that waits, oldest first, and return what was done; LeaseError where another pass runs."""
    tally, failed = AssessTally(), set[int]()
    with held(tools.store, LEASE_NAME, tools.clock, LEASE) as renew:
        if tools.store.articles.to_assess(1):
            # Clones and spinners, by what they did of late, are no witnesses in this pass.
            tools = replace(tools, sources=witnesses(tools.store, tools.sources, tools.clock()))
        while waiting := _waiting(tools, batch, failed):
            tools.store.check_room(tools.min_free_mb * 1_000_000)
            tally = settled(waiting, tools, tally, failed, settle=_settle, watch=watch)
            renew()
    log.info("assess_done", **{name: getattr(tally, name) for name in AssessTally.__dataclass_fields__})
    return tally


def _waiting(tools: AssessTools, batch: int, failed: set[int]) -> list[StoredArticle]:
    """Return the next articles to judge, without those that this pass has tried in vain."""
    found = tools.store.articles.to_assess(batch + len(failed))
    return [stored for stored in found if stored.id not in failed][:batch]


def settled(
    waiting: Sequence[StoredArticle],
    tools: AssessTools,
    tally: T,
    failed: set[int],
    *,
    settle: Callable[[StoredArticle, Assessment, AssessTools, T], T],
    watch: Callable[[T], None],
) -> T:
    """Judge ``waiting`` and settle each in a transaction of its own; return the tally with what was done.

    The ids of those that could not be judged come to ``failed``.
    """
    for stored, assessment in judged(waiting, tools):
        if assessment is None:
            failed.add(stored.id)
            tally = tally.plus(failed=1)
            continue
        with tools.store.transaction():
            tally = settle(stored, assessment, tools, tally)
        watch(tally)
    return tally


def judged(waiting: Sequence[StoredArticle], tools: AssessTools) -> Iterator[tuple[StoredArticle, Assessment | None]]:
    """Yield each article with its assessment; None for one on whose text a rule breaks."""
    try:
        assessments = tools.assessor.assess([item_of(one, tools.sources) for one in waiting])
    except KentonganError:
        raise
    except Exception:  # one odd text must not keep all others waiting, pass after pass
        if len(waiting) == 1:
            log.exception("article_not_judged", article=waiting[0].id, url=waiting[0].article.canonical_url)
            yield waiting[0], None
            return
        for one in waiting:
            yield from judged([one], tools)
        return
    yield from zip(waiting, assessments, strict=True)


def item_of(stored: StoredArticle, sources: Mapping[str, Source]) -> AssessItem:
    """Return what the assessor is told of an article: its text, and where its outlet stands."""
    article, source = stored.article, sources.get(stored.article.source_id)
    return AssessItem(
        id=str(stored.id),
        title=article.title,
        text=article.text,
        published=article.published,
        url=article.canonical_url,
        source=article.source_id,
        provinces=source.provinces if source else (),
        regencies=source.regencies if source else (),
        timezone=source.timezone if source else "Asia/Jakarta",
    )


def _settle(stored: StoredArticle, assessment: Assessment, tools: AssessTools, tally: AssessTally) -> AssessTally:
    store, now = tools.store, tools.clock()
    if not is_present(stored, store):
        return tally  # revised while it was judged: the new text waits, and comes next
    store.assessments.save(stored.id, stored.revision, assessment, now)
    tally = tally.plus(assessed=1, flagged=int(assessment.flagged))
    article = signed(stored, assessment, tools)
    before = store.incidents.of_article(stored.id)
    if before is None and not is_joinable(assessment):
        # Nothing to join but what it may be a print of: a clone spreads an event whatever its words are taken for.
        pairs = note_copies(store, stored, article.signature, now)
        if not any(store.incidents.of_article(one) for pair in pairs for one in (pair.article_id, pair.of_article_id)):
            return tally
    placed = place(stored, article, store, tools.sources, now)
    changed = placed.changed | ({before.id} if before else set())
    updated = refreshed(changed, store, tools.sources, now)
    if before is not None:
        return tally.plus(updated=int(updated > 0))
    return tally.plus(opened=int(placed.opened), joined=int(assessment.flagged and not placed.opened))


def is_present(stored: StoredArticle, store: Store) -> bool:
    """Return whether this is still the article's last revision; asked inside a transaction, it is so until the end."""
    present = store.articles.get(stored.id)
    return present is not None and present.revision == stored.revision


def signed(stored: StoredArticle, assessment: Assessment, tools: AssessTools) -> Member:
    """Return an article as it counts for incidents; its signature is made and kept."""
    mark = signature(stored.article.title, stored.article.text)
    tools.store.signatures.put(stored.id, mark.digest, mark.bands)
    return member(stored, assessment, mark, tools.sources)
