"""One visit to a source: the asking, with what it brought and what failed written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from data.outcomes import Outcome
from scrapers.finders.markup import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.records import Page, Source, Validators
    from scrapers.fetch import Accept

UNREACHABLE = frozenset(
    {
        Outcome.DNS_ERROR,
        Outcome.CONNECT_ERROR,
        Outcome.TLS_ERROR,
        Outcome.THROTTLED,
        Outcome.ROBOTS_UNREACHABLE,
        Outcome.REFUSED_ADDRESS,
    }
)
"""After one of these no other page of the host is asked for in this visit: the answer would be the same."""


class Fetch(Protocol):
    """How a finder asks: ``scrapers.fetch.Fetcher.fetch``, or a test's stand-in."""

    async def __call__(
        self, url: str, source: Source, *, validators: Validators | None = None, accept: Accept = "html"
    ) -> Page:
        """Return the answer to one request, whatever happened."""


@dataclass(slots=True)
class Visit:
    """What the finders of one source share while they run.

    ``known`` says of a canonical URL whether it was ever offered; ``validators`` what a URL was answered with last;
    with ``afresh`` they are not used, so that a server that always says "not modified" is found out.
    """

    source: Source
    fetch: Fetch
    known: Callable[[str], bool]
    validators: Callable[[str], Validators]
    now: datetime
    afresh: bool = False
    pages: list[Page] = field(default_factory=list)
    unreachable: dict[str, str] = field(default_factory=dict)

    async def ask(self, url: str, accept: Accept, *, changed_since: bool = True) -> Page | None:
        """Return the answer to a request; None where the server says that nothing has changed.

        With ``changed_since`` the request is conditional. Raises NotReadableError, saying why, for any other answer.
        """
        host = urlsplit(url).hostname or ""
        if (reason := self.unreachable.get(host)) is not None:
            raise NotReadableError(f"not asked: {reason} just before")
        asked_with = self.validators(url) if changed_since and not self.afresh else None
        page = await self.fetch(url, self.source, validators=asked_with, accept=accept)
        self.pages.append(page)
        if page.outcome is Outcome.NOT_MODIFIED:
            return None
        if page.outcome in UNREACHABLE:
            self.unreachable[host] = str(page.outcome)
        if page.outcome is not Outcome.FETCHED or page.body is None:
            status = f", HTTP {page.status}" if page.status else ""
            detail = f": {page.detail}" if page.detail else ""
            raise NotReadableError(f"{page.outcome}{status}{detail}")
        return page
