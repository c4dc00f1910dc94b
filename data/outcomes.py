"""What became of a URL: each one that is offered in a run ends in exactly one of these, and is counted once."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The one way in which a URL left a run.

    The value is the word in the store, in tallies and in ``--json``; it is never renamed, only added to.
    """

    # An article was read.
    BARU = "baru"  # a new article
    REVISI = "revisi"  # a known article whose text or title has changed: a new revision
    TETAP = "tetap"  # a known article, fetched, unchanged
    # Nothing had to be read.
    NOT_MODIFIED = "not_modified"  # 304
    KNOWN = "known"  # known and not due yet: not fetched
    DEFERRED = "deferred"  # the run's budget for this host was used up; it stays in the frontier
    # It is there, but it is no article.
    NOT_ARTICLE = "not_article"  # listing, tag, author, index, static page
    SOFT_404 = "soft_404"  # 200 or a redirect home where the page is gone
    TOO_SHORT = "too_short"  # video, photo or stub: fewer words than an article has
    OFF_SITE = "off_site"  # led to another site
    DUPLICATE_URL = "duplicate_url"  # another name (AMP, mobile, page 2) of an article read under its canonical URL
    NOT_HTML = "not_html"
    # It may not be read.
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNREACHABLE = "robots_unreachable"  # robots.txt answered 429 or 5xx, or not at all: wait (RFC 9309, 2.3.1.4)
    CHALLENGE = "challenge"  # bot wall; never forced
    PAYWALL = "paywall"
    LOGIN = "login"
    REFUSED_ADDRESS = "refused_address"  # private, loopback, link-local, metadata …
    BAD_URL = "bad_url"  # no URL that we may ask for (scheme, credentials, port, syntax)
    # It could not be had.
    GONE = "gone"  # 404, 410: a known article is marked withdrawn
    CLIENT_ERROR = "client_error"  # other 4xx
    SERVER_ERROR = "server_error"  # 5xx
    THROTTLED = "throttled"  # 429, or 503 with Retry-After: the host is left alone that long
    TIMEOUT = "timeout"  # the total deadline passed
    DNS_ERROR = "dns_error"
    TLS_ERROR = "tls_error"
    CONNECT_ERROR = "connect_error"
    PROTOCOL_ERROR = "protocol_error"  # empty, truncated, malformed or over-long answer
    TOO_LARGE = "too_large"  # over the byte cap, or a compression bomb
    TOO_MANY_REDIRECTS = "too_many_redirects"
    # It was had and could not be read.
    EXTRACTION_FAILED = "extraction_failed"  # no title or no text where an article was expected
    QUARANTINED = "quarantined"  # the parser crashed, or passed its CPU deadline; raw bytes are kept

    # The fetch itself succeeded and what it is has still to be decided. Never the end of a URL.
    FETCHED = "fetched"

    @property
    def is_article(self) -> bool:
        """Whether an article's text was read."""
        return self in {Outcome.BARU, Outcome.REVISI, Outcome.TETAP}

    @property
    def is_final(self) -> bool:
        """Whether a URL may end a run so."""
        return self is not Outcome.FETCHED

    @property
    def retryable(self) -> bool:
        """Whether the same URL should be tried again in a later run (with back-off)."""
        return self in RETRYABLE


RETRYABLE = frozenset(
    {
        Outcome.DEFERRED,
        Outcome.ROBOTS_UNREACHABLE,
        Outcome.CHALLENGE,
        Outcome.SERVER_ERROR,
        Outcome.THROTTLED,
        Outcome.TIMEOUT,
        Outcome.DNS_ERROR,
        Outcome.TLS_ERROR,
        Outcome.CONNECT_ERROR,
        Outcome.PROTOCOL_ERROR,
    }
)
