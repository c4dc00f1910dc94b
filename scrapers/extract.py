"""One fetched page to one article, or to the reason why it is none.

In order: bytes to text, hostile markup refused, head and JSON-LD, the CMS profile, headline with date and byline beside
it, text; then what kind of page it was. Nothing is fetched, stored or logged here, and the clock is handed in.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from data.errors import FetchError
from data.outcomes import Outcome
from data.records import Article
from scrapers.body import ENOUGH_WORDS, Body, general_body, selected_body
from scrapers.bylines import author_of
from scrapers.challenge import challenge_reason
from scrapers.cleaning import clean_lines, key, word_count
from scrapers.dates import find_date, find_updated
from scrapers.headline import Headline, fragments_of, headline_of, labelled_authors, shown_authors, shown_date
from scrapers.language import language_of
from scrapers.markup import decode, first_text, hostile, one_line, parse, text_of, unmasked, without_inlined_files
from scrapers.metadata import read_metadata
from scrapers.page_kind import Signs, Verdict, before_reading, not_an_article
from scrapers.paging import joined_text, more_pages
from scrapers.profiles import profile_for
from scrapers.publication import modified_of, publication_in_url, publication_of
from scrapers.salvage import salvaged
from scrapers.sites import site_profile, site_reader
from scrapers.urls import canonical_url, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from selectolax.lexbor import LexborHTMLParser

    from data.records import Page, Source
    from scrapers.dates import Moment
    from scrapers.headline import Fragment
    from scrapers.metadata import Metadata
    from scrapers.profiles import Profile

MAX_TEXT_CHARS = 200_000
"""A text is cut here (30,000 words); the longest article seen has 5,000 words."""

MAX_TAGS = 30


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a page says: an article with outcome FETCHED (the store decides whether it is new), or why it has none.

    ``more_pages`` are the URLs of a paged article's further parts. ``reason`` is one plain phrase where there is no
    article.
    """

    article: Article | None
    outcome: Outcome
    more_pages: tuple[str, ...] = ()
    reason: str = ""


def read_page(page: Page, source: Source, now: datetime) -> Extraction:
    """Return the article of a fetched page, or the outcome that the page ends in.

    ``source`` gives zone, profile and names; ``now`` (aware) bounds dates. The page's own markup may ask for more
    processor time than is sane: call through ``scrapers.workers.ExtractionPool`` where pages come from the network.
    Raises UnknownItemError where the source names a profile that is not there.
    """
    reader = site_reader(source.id)
    return reader(page, source, now) if reader is not None else read_by_profile(page, source, now)


def read_by_profile(page: Page, source: Source, now: datetime) -> Extraction:
    """Return what ``read_page`` would for a source that has no reader of its own."""
    if page.outcome is not Outcome.FETCHED or page.body is None:
        return Extraction(
            None, page.outcome if page.outcome.is_final else Outcome.EXTRACTION_FAILED, reason=page.detail
        )
    headers = {name.lower(): value for name, value in page.headers}
    if wall := challenge_reason(page.status or 200, headers, page.body):
        return Extraction(None, Outcome.CHALLENGE, reason=wall)
    if verdict := _not_html(page.body, page.content_type) or before_reading(page.url, page.final_url):
        return _ended(verdict)
    html = without_inlined_files(decode(page.body, page.content_type))
    if reason := hostile(html):
        rest = salvaged(html)
        if rest is None or hostile(rest):
            return Extraction(None, Outcome.QUARANTINED, reason=reason)
        found = _read(rest, page, source, now)
        if found.article is None:
            # What little is left looks like no article: that may be our cutting, so it stays for a person.
            return Extraction(None, Outcome.QUARANTINED, reason=reason)
        return replace(found, article=replace(found.article, method=f"{found.article.method}+salvage"))
    return _read(html, page, source, now)


def _ended(verdict: Verdict) -> Extraction:
    return Extraction(None, verdict.outcome, reason=verdict.reason)


def _not_html(body: bytes, content_type: str | None) -> Verdict | None:
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    declared = (content_type or "").split(";")[0].strip().lower()
    if start.startswith(
        (b"%pdf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"pk\x03\x04", b"\x1f\x8b", b"riff", b"\x00\x00\x00")
    ):
        return Verdict(Outcome.NOT_HTML, "a file, not a web page")
    if start.startswith((b"{", b"[")) and (declared.endswith("json") or _is_json(body)):
        return Verdict(Outcome.NOT_HTML, "JSON")
    if start.startswith((b"<rss", b"<feed", b"<urlset", b"<sitemapindex")) or (
        start.startswith(b"<?xml")
        and any(mark in start for mark in (b"<rss", b"<feed", b"<urlset", b"<sitemapindex", b"<rdf:rdf"))
    ):
        return Verdict(Outcome.NOT_HTML, "a feed or sitemap")
    if (
        declared
        and not any(word in declared for word in ("html", "xml", "octet-stream", "text/plain"))
        and b"<html" not in body[:4096].lower()
    ):
        return Verdict(Outcome.NOT_HTML, declared)
    if not start or b"<" not in body[:65536]:
        return Verdict(Outcome.NOT_HTML, "no markup in it" if start else "an empty answer")
    return None


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _read(html: str, page: Page, source: Source, now: datetime) -> Extraction:
    tree, zone = parse(html), ZoneInfo(source.timezone)
    metadata = read_metadata(tree)
    profile = site_profile(source.id) or profile_for(source.profile, page.final_url, tree)
    names = _site_names(source, page.final_url, metadata)
    fragments = fragments_of(tree)
    headline = headline_of(tree, metadata, profile, names, fragments)
    headline = replace(headline, title=unmasked(headline.title))
    shown = shown_date(tree, profile, headline, fragments, zone, now)
    published = publication_of(_claims(metadata), shown, zone, now)
    if published.at is None:
        published = publication_in_url(page.final_url, zone, now)
    updated = _shown_update(tree, profile, headline, fragments, zone, now)
    sure, classed = shown_authors(tree, profile, headline, fragments)
    labelled = labelled_authors(fragments, headline)
    section, tags = _section(tree, profile, metadata, names, headline, fragments), _tags(tree, profile, metadata)
    pages = more_pages(tree, page.final_url, profile)
    body = _body(html, page.final_url, profile, metadata, headline.title)
    captions = [node.attributes.get("alt") or "" for node in tree.css("figure img, .post-image img")[:20]]
    captions += [text_of(node) for node in tree.css("figcaption")[:20]]
    cleaned = clean_lines(body.lines, headline.title, captions=captions)
    text = unmasked("\n".join(cleaned.lines))[:MAX_TEXT_CHARS]
    signs = Signs(
        url=page.url,
        final_url=page.final_url,
        metadata=metadata,
        headline=headline,
        body=body,
        words=word_count(text),
        has_date=published.at is not None,
        has_profile_body=body.method.startswith("profile"),
    )
    if verdict := not_an_article(tree, profile, signs):
        return _ended(verdict)
    if not headline.title:
        return Extraction(None, Outcome.EXTRACTION_FAILED, reason="no title was found")
    ld_first = metadata.authors if metadata.has_ld_article else ()
    author = author_of((sure, [cleaned.author], ld_first, metadata.authors, classed, labelled), names)
    article = Article(
        source_id=source.id,
        url=page.final_url,
        canonical_url=_canonical(metadata, page),
        title=headline.title,
        text=text,
        content_hash=content_hash(headline.title, text),
        published=published.at,
        modified=modified_of(metadata.modified, updated, published, zone, now),
        tz_assumed=published.tz_assumed,
        author=author,
        section=section,
        tags=tags,
        language=language_of(f"{headline.title}\n{text}"),
        method=_method(profile, body, (headline.method, published.method)),
    )
    return Extraction(article, Outcome.FETCHED, more_pages=pages)


def content_hash(title: str, text: str) -> str:
    """Return the SHA-256 of title and text (hex): the same hash, the same revision."""
    return hashlib.sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest()


def join_pages(first: Article, parts: Sequence[Article]) -> Article:
    """Return the article with the text of its further pages; what a page repeats of an earlier one is left out."""
    text = joined_text(first.text, [part.text for part in parts])[:MAX_TEXT_CHARS]
    author = first.author or next((part.author for part in parts if part.author), None)
    return replace(first, text=text, author=author, content_hash=content_hash(first.title, text))


def _site_names(source: Source, url: str, metadata: Metadata) -> tuple[str, ...]:
    host = (urlsplit(url).hostname or "").lower()
    label = registrable_domain(host).split(".")[0] if host else ""
    found = (metadata.site_name, *metadata.publishers, source.name, host, host.removeprefix("www."), label)
    return tuple(dict.fromkeys(name for name in found if name))


def _claims(metadata: Metadata) -> list[tuple[str, str]]:
    method = "jsonld" if metadata.has_ld_article else "opengraph"
    return [(text, method if number == 0 else "opengraph") for number, text in enumerate(metadata.published)]


def _shown_update(
    tree: LexborHTMLParser,
    profile: Profile,
    headline: Headline,
    fragments: Sequence[Fragment],
    zone: tzinfo,
    now: datetime,
) -> Moment | None:
    for selector in profile.updated:
        for node in tree.css(selector)[:2]:
            text = text_of(node)
            if moment := find_updated(text, zone, now) or find_date(text, zone, now):
                return moment
    if headline.position is None:
        return None
    near = " ".join(fragment.text for fragment in fragments[headline.position + 1 : headline.position + 12])
    return find_updated(near[:300], zone, now)


def _body(html: str, url: str, profile: Profile, metadata: Metadata, title: str) -> Body:
    """Return the article's lines: the profile's element, else the general ways, else what JSON-LD carries."""
    if profile.body:
        body = selected_body(parse(html), profile.body, profile.drops, f"profile:{profile.name}")
        if body.words >= ENOUGH_WORDS and not body.is_menu and body.link_share < 0.6:
            return body
    else:
        body = Body()
    general = general_body(html, url, parse(html), title)
    if general.words > body.words:
        body = general
    # Found in the JSON-LD, where trafilatura looks, too, but without its paragraphs.
    from_head = bool(metadata.article_body) and key("".join(body.lines)) == key(metadata.article_body)
    if body.words < ENOUGH_WORDS or body.is_menu or from_head:
        declared = Body(
            tuple(line for raw in _plain_lines(metadata.article_body) if (line := one_line(raw))), "jsonld-body"
        )
        if declared.words >= ENOUGH_WORDS:
            return declared
    return body


def _plain_lines(text: str) -> list[str]:
    """Return the lines of an articleBody; some sites put markup into it."""
    if "<p" in text or "<br" in text:
        from scrapers.markup import lines_of

        tree = parse(text)
        return lines_of(tree.body) if tree.body is not None else []
    return text.split("\n")


def _section(
    tree: LexborHTMLParser,
    profile: Profile,
    metadata: Metadata,
    names: Sequence[str],
    headline: Headline,
    fragments: Sequence[Fragment],
) -> str | None:
    unwanted = {key(name) for name in names} | {"home", "beranda", "news", ""}
    printed = first_text(tree, profile.section)
    # Themes print the section in capitals; the head has it as it is written.
    printed = next((said for said in metadata.sections if key(said) == key(printed)), printed)
    for said in (printed, *metadata.sections):
        if key(said) not in unwanted and len(said) <= 60:
            return said
    crumbs = [text_of(node) for node in tree.css('[class*="breadcrumb"] a')[:8]]
    inner = [crumb for crumb in crumbs if key(crumb) not in unwanted and len(crumb.split()) <= 4]
    if inner:
        return inner[-1]
    # The seed's theme prints the section as the h1 above the title.
    above = fragments[max(0, (headline.position or 0) - 3) : headline.position or 0]
    tops = [each.text for each in above if each.node.tag == "h1" and len(each.text.split()) <= 3]
    tops = [top for top in tops if key(top) not in unwanted]
    return tops[-1] if tops else (metadata.sections[0] if metadata.sections else None)


def _tags(tree: LexborHTMLParser, profile: Profile, metadata: Metadata) -> tuple[str, ...]:
    found = [text_of(node).lstrip("# ").strip() for selector in profile.tags for node in tree.css(selector)[:MAX_TAGS]]
    found = [tag for tag in found if 1 < len(tag) <= 80] or list(metadata.tags)
    unique: dict[str, str] = {}
    for tag in found:
        unique.setdefault(key(tag), tag)
    return tuple(unique.values())[:MAX_TAGS]


def _canonical(metadata: Metadata, page: Page) -> str:
    """Return the page's identity: the address it declares, if on its own site and not its home; else its own."""
    own = canonical_url(page.final_url)
    host = urlsplit(page.final_url).hostname or ""
    for said in (metadata.canonical, metadata.og_url):
        if not said:
            continue
        try:
            declared = canonical_url(urljoin(page.final_url, said))
        except FetchError:
            continue
        there = urlsplit(declared)
        if there.path in {"", "/"} and not there.query:
            continue
        if registrable_domain(there.hostname or "") == registrable_domain(host):
            return declared
    return own


def _method(profile: Profile, body: Body, used: Sequence[str]) -> str:
    names = (
        [f"profile:{profile.name}"] if profile.name and (body.method.startswith("profile") or "profile" in used) else []
    )
    names += [name for name in used if name and name != "profile"]
    if not body.method.startswith("profile"):
        names.append(body.method)
    return "+".join(dict.fromkeys(names))
