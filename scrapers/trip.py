"""One page on its way through redirects: what was asked for, where it is now, what it has cost, what it ends as."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from data.errors import FetchError
from data.outcomes import Outcome
from data.records import Page, Validators
from scrapers.answers import validators_of
from scrapers.exchange import Meter
from scrapers.urls import parse_url, printable, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from data.records import Source
    from scrapers.exchange import Answer
    from scrapers.urls import Url

Accept = Literal["html", "feed", "xml", "json", "any"]

ACCEPT_HEADERS: Mapping[Accept, str] = {
    "html": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "feed": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
    "xml": "application/xml,text/xml;q=0.9,*/*;q=0.5",
    "json": "application/json,*/*;q=0.5",
    "any": "*/*",
}


@dataclass(slots=True)
class Trip:
    """A page while it is being fetched.

    ``at`` is the hop that it has come to (None: not begun), ``redirects`` the URLs that it was sent on from,
    ``retry_after_s`` what the network asked for. ``home`` is the source's home page, None where that is no URL.
    """

    url: str
    source: Source
    accept: Accept
    validators: Validators
    began: datetime
    home: Url | None
    at: Url | None = None
    redirects: list[str] = field(default_factory=list)
    meter: Meter = field(default_factory=Meter)
    retry_after_s: float | None = None

    @property
    def first(self) -> Url:
        """The URL that was asked for, taken apart."""
        return parse_url(self.url)

    def is_on_site(self, url: Url) -> bool:
        """Return whether ``url`` belongs to the site of the source, or of the URL that was asked for."""
        domain = registrable_domain(url.host)
        return domain in {registrable_domain(self.first.host), self.source.network} or self._is_at_home(domain)

    def networks(self, url: Url) -> tuple[str, ...]:
        """Return the names under which ``url``'s host is budgeted and rests: its network's, and its domain's."""
        domain = registrable_domain(url.host)
        if not self._is_at_home(domain):
            return (domain,)
        return tuple(dict.fromkeys((self.source.network or domain, domain)))

    def _is_at_home(self, domain: str) -> bool:
        return self.home is not None and domain == registrable_domain(self.home.host)

    def headers(self) -> dict[str, str]:
        """Return what is said with each question besides who asks."""
        headers = {"Accept": ACCEPT_HEADERS[self.accept], "Accept-Language": "id,ms;q=0.8,en;q=0.5"}
        if self.validators.etag:
            headers["If-None-Match"] = self.validators.etag
        if self.validators.last_modified:
            headers["If-Modified-Since"] = self.validators.last_modified
        return headers

    def page(self, outcome: Outcome, answer: Answer | None, detail: str, body: bytes | None) -> Page:
        """Return the record of how it ended; ``answer`` is None where there is none."""
        given = validators_of(answer) if answer is not None else Validators()
        if outcome is Outcome.NOT_MODIFIED and given == Validators():
            given = self.validators
        return Page(
            url=self.url,
            final_url=str(self.at) if self.redirects else self.url,
            source_id=self.source.id,
            fetched_at=self.began,
            outcome=outcome,
            status=self.meter.status,
            body=body,
            content_type=answer.header("content-type") if answer else None,
            headers=answer.headers if answer else (),
            validators=given,
            redirects=tuple(self.redirects),
            wire_bytes=self.meter.wire_bytes,
            elapsed_s=self.meter.seconds,
            retry_after_s=self.retry_after_s,
            detail=printable(detail),
        )


@lru_cache(maxsize=4096)
def _parsed_home(home: str) -> Url | None:
    try:
        return parse_url(home)
    except FetchError:
        return None


def home_of(source: Source) -> Url | None:
    """Return the home page of ``source``; None where the catalogue names none that could be asked."""
    return _parsed_home(source.home)
