"""``kentongan extract``: the article record of one saved page."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from data.errors import InputError, UnknownItemError
from desk.terminal.speech import reword, speaker_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Article, Source
    from scrapers.extract import Extraction

MAX_BYTES = 20_000_000
"""A saved page larger than this, unpacked, is not read: the crawler's own cap is lower still."""

LABELS = (
    ("title", "Judul", "Title"),
    ("published", "Terbit", "Published"),
    ("modified", "Diperbarui", "Changed"),
    ("author", "Penulis", "Author"),
    ("section", "Rubrik", "Section"),
    ("tags", "Tag", "Tags"),
    ("language", "Bahasa", "Language"),
    ("canonical_url", "Alamat", "Address"),
    ("method", "Cara baca", "Read by"),
    ("more_pages", "Halaman lain", "Further pages"),
)


@click.command("extract")
@click.argument("page", metavar="PAGE.html", type=click.Path(allow_dash=True))
@click.option("--url", required=True, help="The address that the page was saved from.")
@click.option("--source", "source_id", help="Id of the source in the catalogue (default: found by the address).")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
@click.pass_context
def command(ctx: click.Context, page: str, url: str, source_id: str | None, as_json: bool) -> None:
    """Print the article record of one saved page (HTML, also gzipped; "-" is standard input).

    Exit codes: 0 an article was read, 1 the page is no article (with --json the outcome and reason are printed),
    65 the page cannot be read, 66 no such file.
    """
    from data.errors import FetchError
    from scrapers.urls import parse_url

    try:
        parse_url(url)
    except FetchError as error:
        raise click.BadParameter(f"{error.detail or error}", param_hint="--url") from error
    source = _source(source_id, url)
    extraction = _read(_content(page), url, source)
    record = _record(extraction, source)
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        _show(extraction, record, speaker_of(ctx))
    if extraction.article is None:
        ctx.exit(1)


def _content(page: str) -> bytes:
    """Return the page's bytes, unpacked."""
    try:
        body = sys.stdin.buffer.read(MAX_BYTES + 1) if page == "-" else Path(page).read_bytes()
    except FileNotFoundError as error:
        raise UnknownItemError("file", page, hint='give a saved page, or "-" for standard input') from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=page) from error
    if body.startswith(b"\x1f\x8b"):
        body = _unpacked(body, page)
    if not body.strip():
        raise InputError("there is nothing in it; save the page's HTML first", where=page)
    if len(body) > MAX_BYTES:
        raise InputError(f"more than {MAX_BYTES:,} bytes; that is no news page", where=page)
    return body


def _unpacked(body: bytes, page: str) -> bytes:
    import io

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"is gzip, but broken: {error}", where=page) from error


def _source(source_id: str | None, url: str) -> Source:
    """Return the source to read the page as: the named one, the one whose host it is, or one that knows nothing."""
    from data.catalogue import source_for_url
    from data.records import Source
    from flows.settings import Settings
    from flows.tools import load_sources

    sources = load_sources(Settings.from_environ())
    if source_id is not None:
        found = next((source for source in sources if source.id == source_id), None)
        if found is None:
            raise UnknownItemError("source", source_id, hint="see kentongan sources")
        return found
    return source_for_url(sources, url) or Source(
        id="-", name="", home=url, timezone="Asia/Jakarta", profile="auto", finders=()
    )


def _read(body: bytes, url: str, source: Source) -> Extraction:
    import asyncio

    from data.outcomes import Outcome
    from data.records import Page
    from scrapers.workers import ExtractionPool

    now = datetime.now(UTC)
    page = Page(
        url=url,
        final_url=url,
        source_id=source.id,
        fetched_at=now,
        outcome=Outcome.FETCHED,
        status=200,
        body=body,
        content_type="text/html",
    )

    async def read() -> Extraction:
        async with ExtractionPool(workers=0) as pool:
            return await pool.read(page, source, now)

    return asyncio.run(read())


def _record(extraction: Extraction, source: Source) -> dict[str, Any]:
    record: dict[str, Any] = {"outcome": str(extraction.outcome), "reason": extraction.reason}
    article = extraction.article
    if article is not None:
        record |= asdict(article)
        record["published"] = _utc(article.published)
        record["modified"] = _utc(article.modified)
        record["published_local"] = _local(article, source.timezone)
        record["tags"] = list(article.tags)
    record["more_pages"] = list(extraction.more_pages)
    return record


def _utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at is not None else None


def _local(article: Article, zone: str) -> str | None:
    return article.published.astimezone(ZoneInfo(zone)).isoformat() if article.published is not None else None


def _show(extraction: Extraction, record: dict[str, Any], say: Callable[[str, str], str]) -> None:
    if extraction.article is None:
        reason = reword(say, extraction.reason)
        click.echo(f"{say('Bukan artikel', 'Not an article')}: {extraction.outcome} ({reason})")
        return
    for name, indonesian, english in LABELS:
        value = record["published_local"] if name == "published" else record[name]
        if not value:
            continue
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        assumed = name == "published" and record["tz_assumed"]
        note = f" ({say('zona diandaikan', 'zone assumed')})" if assumed else ""
        click.echo(f"{say(indonesian, english)}: {shown}{note}")
    click.echo(f"\n{record['text']}")
