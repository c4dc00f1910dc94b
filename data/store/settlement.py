"""What a read page means to what is known: a new article, a revision, nothing new, or another name of one we have.

One transaction per URL. It first holds the frontier rows of every name in play, so that two processes that settle names
of one article at once do it one after the other; what it decides then depends only on what is stored and on what the
page says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from data.outcomes import Outcome
from data.store.erasures import erased
from data.store.frontier import ANSWERED, fits_a_key
from data.store.names import host_of, is_root, same_site
from data.store.sameness import same_piece
from data.store.schedule import after, look_again

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from data.records import Article, Page, PageRef
    from data.store.articles import Articles
    from data.store.database import Database
    from data.store.frontier import Frontier
    from data.store.pages import Pages, WarcPlace

WITHDRAWN = frozenset({Outcome.GONE, Outcome.SOFT_404})
"""How a page says that an article we have is there no more: 404 and 410, or the site's own "not found" page."""

UNTRIED = frozenset({Outcome.DEFERRED, Outcome.KNOWN})
"""Nothing was asked, so nothing is learned: these leave no trace."""

SAME_NEWS_DAYS = timedelta(days=3)
"""Title and text alike to the letter at one host within this are one article under two addresses; later it is a text
that a site prints again (weather, prayer times). By reasoning: slugs are mended within hours, boilerplate returns
daily with a new date in it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How a URL ended, and which article and revision were read or already known there; None without any."""

    outcome: Outcome
    article_id: int | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class _Visit:
    """One page on its way in: what came of it, and the frontier rows that are held for it."""

    connection: Connection
    run_id: str
    ref: PageRef
    page: Page | None
    now: datetime
    rows: dict[str, Row[Any]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.ref.canonical_url

    @property
    def row(self) -> Row[Any]:
        return self.rows[self.url]


class Settlement:
    """The one way in for pages and articles."""

    def __init__(self, database: Database, frontier: Frontier, pages: Pages, articles: Articles) -> None:
        self._database = database
        self._frontier = frontier
        self._pages = pages
        self._articles = articles

    def settle(
        self,
        run_id: str,
        ref: PageRef,
        page: Page | None,
        outcome: Outcome,
        article: Article | None,
        now: datetime,
        *,
        warc: WarcPlace | None = None,
        alias_urls: Iterable[str] = (),
    ) -> Settled:
        """Take in how one URL ended in a run; the second time in the same run it returns what the first one did.

        ``outcome`` is what fetching or reading came to; with an ``article`` it may be FETCHED, and which of BARU,
        REVISI, TETAP and DUPLICATE_URL it becomes is decided here. ``alias_urls`` are canonical URLs under which the
        same piece was met: where redirects led, further pages. ``page`` is None where no request was made (replays).
        """
        read = article if outcome.is_article or outcome is Outcome.FETCHED else None
        if read is None and (outcome.is_article or not outcome.is_final):
            msg = f"{ref.canonical_url}: {outcome} says that an article was read, and none was handed in"
            raise ValueError(msg)
        if outcome in UNTRIED:
            return Settled(outcome)
        if not fits_a_key(ref.canonical_url):
            return Settled(Outcome.BAD_URL)
        with self._database.write() as connection:
            visit = _Visit(connection, run_id, ref, page, now)
            declared, aliases = _names(visit, read, tuple(alias_urls)) if read is not None else ((), ())
            if erased(connection, [ref.canonical_url, *declared, *aliases]):
                return Settled(Outcome.KNOWN)
            visit.rows.update(self._frontier.locked(connection, ref, {*declared, *aliases}, now))
            if (before := self._pages.settled(connection, run_id, ref.canonical_url)) is not None:
                return Settled(before.outcome, before.article_id, before.revision)
            settled = self._unread(visit, outcome) if read is None else self._read(visit, read, declared, aliases)
            self._pages.write(
                connection,
                run_id,
                ref.canonical_url,
                settled.outcome,
                page=page,
                at=page.fetched_at if page else now,
                source_id=ref.source_id,
                warc=warc,
                article_id=settled.article_id,
                revision=settled.revision,
            )
        return settled

    # An article was read.

    def _read(self, visit: _Visit, article: Article, declared: tuple[str, ...], aliases: tuple[str, ...]) -> Settled:
        own = visit.row.article_id
        if own is not None and (settled := self._again(visit, article, int(own), declared, aliases)) is not None:
            return settled
        for name in (*declared, *aliases):
            number = visit.rows[name].article_id
            if number is None or number == own:
                continue
            # Being sent on to a page that says the same of itself needs no proof; a mere declaration does.
            shown = name in declared and name in aliases
            if not shown and not self._same(visit, article, self._articles.locked(visit.connection, number)):
                continue
            if not declared:
                # A part of this piece, or a step on the way to it, was taken for an article of its own.
                return self._take_over(visit, article, number, renamed=True)
            return self._other_name(visit, article, number, shown=shown)
        if (number := self._same_news(visit, article, own)) is not None:
            return self._other_name(visit, article, number, shown=False)
        return self._new(visit, article, declared, aliases)

    def _again(
        self, visit: _Visit, article: Article, number: int, declared: tuple[str, ...], aliases: tuple[str, ...]
    ) -> Settled | None:
        """Settle a page whose URL leads to an article already; None where it turns out to lead to another one."""
        held = self._articles.locked(visit.connection, number)
        for name in declared:
            other = visit.rows[name].article_id
            if name in aliases and other is not None and other != number:
                # The site sends this address on to another article that we have: a mended slug.
                return self._moved(visit, article, held, int(other))
        if visit.url != held.read_url:
            return self._under_other_name(visit, article, held)
        never_seen = visit.row.last_attempt is None and not self._same(visit, article, held)
        if never_seen and self._lose_name(visit, held, renamed=True):
            # Only other pages had said that this is their real address, and they were wrong.
            return None
        return self._present(visit, article, held)

    def _under_other_name(self, visit: _Visit, article: Article, held: Row[Any]) -> Settled | None:
        """Settle a page under another name of ``held`` than it is looked at under; None where it is none after all."""
        if visit.url == held.canonical_url:
            return self._take_over(visit, article, held.id)  # the article's own name answers again
        if not self._same(visit, article, held):
            return None
        if held.withdrawn_at is not None:
            return self._take_over(visit, article, held.id)  # its other names are gone, this one answers
        return self._duplicate(visit, held)

    def _present(self, visit: _Visit, article: Article, held: Row[Any]) -> Settled:
        """Settle the page under which ``held`` is looked at: it is there, changed or not."""
        revision = held.revision
        outcome = Outcome.TETAP if article.content_hash == held.content_hash else Outcome.REVISI
        if outcome is Outcome.REVISI:
            revision = self._articles.revise(visit.connection, held, article, visit.run_id, visit.now)
        else:
            self._articles.fill_published(visit.connection, held, article.published)
        self._revive(visit, held)
        self._tie(visit, held.id)
        self._attempted(visit, outcome, held=held)
        self._keep_validators(visit, visit.url)
        return Settled(outcome, held.id, revision)

    def _take_over(self, visit: _Visit, article: Article, number: int, *, renamed: bool = False) -> Settled:
        """Settle a page that article ``number`` is read at from now on; ``renamed``: that is its own name too."""
        held = self._articles.locked(visit.connection, number)
        self._frontier.note(visit.connection, held.read_url, next_check=None)
        self._frontier.note(visit.connection, visit.url, article_id=number)
        self._articles.note(visit.connection, number, read_url=visit.url)
        if renamed and self._articles.named(visit.connection, visit.url) is None:
            self._articles.note(visit.connection, number, canonical_url=visit.url)
        return self._present(visit, article, self._articles.locked(visit.connection, number))

    def _moved(self, visit: _Visit, article: Article, held: Row[Any], number: int) -> Settled:
        """Settle a page that leads away from its article ``held`` to article ``number``."""
        self._frontier.note(visit.connection, visit.url, article_id=number)
        if held.read_url == visit.url:
            self._gone(visit, held)
        return self._other_name(visit, article, number, shown=True)

    def _other_name(self, visit: _Visit, article: Article, number: int, *, shown: bool) -> Settled:
        """Settle a page that is another name of article ``number``; ``shown``: we were led to its own page."""
        held = self._articles.locked(visit.connection, number)
        self._frontier.note(visit.connection, visit.url, article_id=number)
        if held.withdrawn_at is not None and not shown:
            # Its other addresses are gone, this one answers.
            return self._take_over(visit, article, number)
        if shown and article.content_hash != held.content_hash:
            revision = self._articles.revise(visit.connection, held, article, visit.run_id, visit.now)
            self._revive(visit, held)
            self._tie(visit, held.id)
            self._attempted(visit, Outcome.REVISI)
            return Settled(Outcome.REVISI, held.id, revision)
        if shown:
            self._revive(visit, held)
        return self._duplicate(visit, held)

    def _duplicate(self, visit: _Visit, held: Row[Any]) -> Settled:
        self._tie(visit, held.id)
        self._attempted(visit, Outcome.DUPLICATE_URL)
        return Settled(Outcome.DUPLICATE_URL, held.id, held.revision)

    def _new(self, visit: _Visit, article: Article, declared: tuple[str, ...], aliases: tuple[str, ...]) -> Settled:
        free = [name for name in declared if visit.rows[name].article_id is None]
        name = free[0] if free else _own_name(visit, aliases)
        if name != visit.url and self._articles.named(visit.connection, name) is not None:
            name = visit.url
        if (number := self._articles.named(visit.connection, name)) is not None:
            # It had moved away from its own address, and is here again.
            return self._take_over(visit, article, number)
        number = self._articles.add(visit.connection, article, name, visit.run_id, visit.now)
        self._frontier.note(visit.connection, visit.url, article_id=number)
        self._tie(visit, number)
        held = self._articles.locked(visit.connection, number)
        self._attempted(visit, Outcome.BARU, held=held)
        if name != visit.url:
            again = look_again(held.first_seen, None, visit.now)
            seen = {"last_outcome": Outcome.BARU.value, "last_attempt": visit.now} if name in aliases else {}
            self._frontier.note(visit.connection, name, next_check=again, attempts=0, **seen)
        if name == visit.url or name in aliases:
            self._keep_validators(visit, name)
        return Settled(Outcome.BARU, number, 1)

    def _same(self, visit: _Visit, article: Article, held: Row[Any]) -> bool:
        if article.content_hash == held.content_hash:
            return True
        title, text = self._articles.text_of(visit.connection, held)
        return same_piece(f"{title}\n{text}", f"{article.title}\n{article.text}")

    def _same_news(self, visit: _Visit, article: Article, own: int | None) -> int | None:
        """Return the article of the same source and host that says the same to the letter; None where there is none."""
        for held in self._articles.same_hash(visit.connection, article.source_id, article.content_hash):
            apart = abs((article.published or visit.now) - (held.published or held.first_seen))
            if held.id != own and host_of(held.read_url) == host_of(visit.url) and apart <= SAME_NEWS_DAYS:
                return int(held.id)
        return None

    # No article was read.

    def _unread(self, visit: _Visit, outcome: Outcome) -> Settled:
        number = visit.row.article_id
        if number is None:
            self._attempted(visit, outcome)
            return Settled(outcome)
        held = self._articles.locked(visit.connection, number)
        if visit.url != held.read_url:
            self._attempted(visit, outcome)
            return Settled(outcome, held.id, held.revision)
        self._attempted(visit, outcome, held=held)
        if outcome is Outcome.NOT_MODIFIED:
            self._revive(visit, held)
            if visit.page is not None:
                self._pages.keep_validators(visit.connection, visit.url, visit.page.validators)
        elif outcome in WITHDRAWN:
            self._gone(visit, held)
        elif not outcome.retryable and not self._has_answered(visit):
            self._lose_name(visit, held, renamed=True)
        return Settled(outcome, held.id, held.revision)

    def _gone(self, visit: _Visit, held: Row[Any]) -> None:
        """Look at ``held`` under another name that answers; where there is none, it is withdrawn."""
        if self._lose_name(visit, held, renamed=not self._has_answered(visit)):
            return
        if held.withdrawn_at is None:
            self._articles.note(visit.connection, held.id, withdrawn_at=visit.now)

    def _lose_name(self, visit: _Visit, held: Row[Any], *, renamed: bool) -> bool:
        """Read ``held`` under another name from now on; return False where no other one has ever answered.

        ``renamed``: this URL was only said to be its name and is not: it becomes free, and the article's own name the
        other one.
        """
        other = self._frontier.other_name(visit.connection, held.id, visit.url)
        if other is None:
            return False
        self._articles.note(visit.connection, held.id, read_url=other)
        self._frontier.note(visit.connection, other, next_check=visit.now, attempts=0)
        self._frontier.note(visit.connection, visit.url, next_check=None)
        if renamed:
            self._frontier.note(visit.connection, visit.url, article_id=None)
            if held.canonical_url == visit.url:
                self._articles.note(visit.connection, held.id, canonical_url=other)
        return True

    def _has_answered(self, visit: _Visit) -> bool:
        # What fails for a while keeps its name: the last outcome no longer tells what there was before.
        last = visit.row.last_outcome
        return last is not None and (Outcome(last) in ANSWERED or visit.row.attempts > 0)

    # Both.

    def _attempted(self, visit: _Visit, outcome: Outcome, *, held: Row[Any] | None = None) -> None:
        """Note the attempt and the next look; ``held`` is the article that is looked at under this very URL."""
        looked_at_here = held is not None and held.read_url == visit.url
        again, attempts = after(
            outcome,
            tried_at=visit.now,
            attempts=visit.row.attempts,
            first_seen=held.first_seen if held is not None and looked_at_here else None,
            flagged_at=held.flagged_at if held is not None and looked_at_here else None,
            retry_after_s=visit.page.retry_after_s if visit.page else None,
            never_read=held is None and visit.row.article_id is None,
        )
        self._frontier.note(
            visit.connection,
            visit.url,
            last_outcome=outcome.value,
            last_attempt=visit.now,
            attempts=attempts,
            next_check=again,
        )

    def _revive(self, visit: _Visit, held: Row[Any]) -> None:
        if held.withdrawn_at is not None:
            self._articles.note(visit.connection, held.id, withdrawn_at=None)

    def _tie(self, visit: _Visit, number: int) -> None:
        self._frontier.tie(visit.connection, visit.rows, number)

    def _keep_validators(self, visit: _Visit, name: str) -> None:
        if visit.page is not None:
            self._pages.keep_validators(visit.connection, name, visit.page.validators)


def _names(visit: _Visit, article: Article, alias_urls: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the name that the page declares (one or none) and those it was met under, without what cannot be true.

    An address on another site is no name: a text there is another article, a copy.
    """
    read_at = visit.page.final_url if visit.page is not None else visit.url
    aliases = tuple(
        name
        for name in dict.fromkeys(alias_urls)
        if name != visit.url and fits_a_key(name) and not is_root(name) and same_site(name, read_at)
    )
    name = article.canonical_url
    usable = name != visit.url and fits_a_key(name) and not is_root(name) and same_site(name, read_at)
    return ((name,) if usable else ()), aliases


def _own_name(visit: _Visit, aliases: tuple[str, ...]) -> str:
    """Return the name of an article that declares none: its URL, or where that led if it led to another site."""
    read_at = visit.page.final_url if visit.page is not None else visit.url
    free = [name for name in aliases if visit.rows[name].article_id is None]
    return visit.url if same_site(visit.url, read_at) or not free else free[0]
