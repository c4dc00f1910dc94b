"""Whether a site answers as its catalogue entry says: each finder asked once, and one article read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from data.errors import KentonganError
from data.outcomes import Outcome
from data.records import Finder, Validators
from scrapers.finders import find

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.records import Article, Page, PageRef, Source
    from scrapers.extract import Extraction
    from scrapers.finders.visit import Fetch

TRIES = 3
"""Articles tried until one can be read: the newest may be a film or a gallery."""

Verdict = Literal["ok", "partly", "failed"]


class Read(Protocol):
    """How a page is read: ``scrapers.workers.ExtractionPool.read``, or a test's stand-in."""

    async def __call__(self, page: Page, source: Source, now: datetime) -> Extraction:
        """Return what a fetched page says, or why it says nothing."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was seen of one source.

    ``verdict`` is "ok" where every finder answered and an article could be read, "partly" where an article could be
    read but a finder failed, else "failed". ``answered`` are the finders that did; ``reasons`` say what did not.
    ``items`` are the first articles that were listed.
    """

    source_id: str
    verdict: Verdict
    refs: int
    newest: datetime | None
    answered: tuple[Finder, ...]
    reasons: tuple[str, ...]
    article: Article | None
    items: tuple[PageRef, ...] = ()


async def check_source(source: Source, *, fetch: Fetch, read: Read, now: datetime) -> Check:
    """Return how ``source`` answers now; nothing of it is kept.

    Every finder is asked once, costly ones too, and only for its first page.
    """
    # All is "known": so every list ends after its first page. The last visit was long ago: so every finder is asked.
    long_ago = now - timedelta(days=2)
    findings = await find(source, fetch=fetch, known=lambda _: True, validators=_none, now=now, last_visit=long_ago)
    reasons = list(findings.failed)
    answered = tuple(
        finder
        for finder in source.finders
        if not any(reason.startswith(f"{finder.kind} {finder.url}:") for reason in findings.failed)
    )
    article = await _first_article(source, findings.refs, fetch=fetch, read=read, now=now, reasons=reasons)
    if not findings.refs:
        reasons.append("no finder lists an article")
    verdict: Verdict = "failed" if article is None else "partly" if findings.failed else "ok"
    newest = max((ref.published for ref in findings.refs if ref.published is not None), default=None)
    items = tuple(findings.refs[:TRIES])
    return Check(source.id, verdict, len(findings.refs), newest, answered, tuple(reasons), article, items)


async def _first_article(
    source: Source, refs: Sequence[PageRef], *, fetch: Fetch, read: Read, now: datetime, reasons: list[str]
) -> Article | None:
    for ref in refs[:TRIES]:
        page = await fetch(ref.url, source)
        if page.outcome is not Outcome.FETCHED:
            reasons.append(f"{ref.url}: {page.outcome}" + (f" ({page.detail})" if page.detail else ""))
            continue
        try:
            extraction = await read(page, source, now)
        except KentonganError as error:  # the entry names a profile that there is not
            reasons.append(str(error))
            return None
        if extraction.article is not None:
            return extraction.article
        reasons.append(f"{ref.url}: {extraction.outcome}")
    return None


def _none(_: str) -> Validators:
    return Validators()
