"""``kentongan sources``: list, check, enable, disable and add sources; show the health of each, and who copies whom."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.source_copies import copies
from desk.terminal.speech import reword, speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from data.records import Source
    from data.sightings import SourceAlarm
    from flows.reading import CrawlTools
    from flows.settings import Settings
    from flows.watch import SourceHealth
    from scrapers.check import Check

AT_ONCE = 16
"""Sources checked side by side; each network is asked one thing at a time anyway."""

STATES = ("all", "enabled", "disabled", "verified", "unverified")


@click.group(name="sources")
def command() -> None:
    """List, check, enable, add sources; show the health of each.

    The catalogue that comes with the program is never changed: what you enable, disable, add or verify is written to
    $KENTONGAN_HOME/sources.toml.
    """


command.add_command(copies)


@command.command(name="list")
@click.option("--province", "provinces", multiple=True, metavar="CODE", help="Only sources that cover it (13); repeat.")
@click.option("--status", type=click.Choice(STATES), default="all", show_default=True, help="Only sources so marked.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_command(ctx: click.Context, provinces: tuple[str, ...], status: str, *, as_json: bool) -> int:
    """Show the sources of the catalogue."""
    from flows.tools import load_sources

    _check_codes(provinces, "--province", 2)
    say = speaker_of(ctx)
    declared = load_sources(_settings())
    chosen = [source for source in declared if _covers(source, provinces) and _is(source, status)]
    if as_json:
        write_json([_record(source) for source in chosen])
        return 0
    yes, no = say("ya", "yes"), say("tidak", "no")
    rows = [
        {
            "id": source.id,
            say("nama", "name"): source.name,
            say("alamat", "home"): source.home,
            say("provinsi", "provinces"): " ".join(source.provinces) or say("nasional", "national"),
            say("tingkat", "tier"): source.tier,
            "cms": source.profile,
            say("pencari", "finders"): " ".join(finder.kind for finder in source.finders),
            say("aktif", "enabled"): yes if source.enabled else no,
            say("terbukti", "verified"): yes if source.verified else no,
        }
        for source in chosen
    ]
    if rows:
        show(rows)
    click.echo(say(f"{len(rows)} dari {len(declared)} sumber", f"{len(rows)} of {len(declared)} sources"))
    return 0


@command.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--province", "provinces", multiple=True, metavar="CODE", help="Check those that cover it; repeat.")
@click.option("--mend", is_flag=True, help="Where some finders fail, keep in your file those that answered.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, ids: tuple[str, ...], provinces: tuple[str, ...], *, mend: bool, as_json: bool) -> int:
    """Ask sources live whether they answer as declared: their finders, and one article read.

    Without ID: all that are enabled. One that answers as declared is marked verified. Ends with 1 where one failed.
    """
    from flows.tools import chosen_sources, load_sources

    _check_codes(provinces, "--province", 2)
    settings, say = _settings(), speaker_of(ctx)
    declared = load_sources(settings)
    chosen = chosen_sources(declared, ids) if ids else tuple(source for source in declared if source.enabled)
    chosen = tuple(source for source in chosen if _covers(source, provinces))
    told: Callable[[Check], None] = (lambda _: None) if as_json else (lambda seen: click.echo(_check_line(seen, say)))
    seen = asyncio.run(_check_all(settings, chosen, told))
    _keep(settings, chosen, seen, mend=mend)
    if as_json:
        write_json([_check_record(one) for one in seen])
    else:
        good = sum(one.verdict == "ok" for one in seen)
        partly = sum(one.verdict == "partly" for one in seen)
        bad = len(seen) - good - partly
        click.echo(
            say(
                f"{good} sesuai, {partly} sebagian, {bad} gagal",
                f"{good} as declared, {partly} partly, {bad} failed",
            )
        )
    return 1 if any(one.verdict == "failed" for one in seen) else 0


@command.command()
@click.argument("ids", nargs=-1, metavar="ID...", required=True)
@click.pass_context
def enable(ctx: click.Context, ids: tuple[str, ...]) -> int:
    """Switch sources on: they are read from the next crawl."""
    return _switch(ctx, ids, on=True)


@command.command()
@click.argument("ids", nargs=-1, metavar="ID...", required=True)
@click.pass_context
def disable(ctx: click.Context, ids: tuple[str, ...]) -> int:
    """Switch sources off: they are not read any more; what was read stays."""
    return _switch(ctx, ids, on=False)


@command.command()
@click.argument("url")
@click.option("--province", "provinces", multiple=True, metavar="CODE", help="Code of a province (13); repeat.")
@click.option(
    "--regency", "regencies", multiple=True, metavar="CODE", help="Code of a kabupaten or kota (13.75); repeat."
)
@click.option("--id", "identity", help="Its id (default: from the host).")
@click.option("--name", help="Its name (default: what the site calls itself).")
@click.option("--tier", type=click.IntRange(1, 4), default=3, show_default=True, help="1 official … 4 clone.")
@click.option("--dry-run", is_flag=True, help="Only show what was found.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def add(ctx: click.Context, /, url: str, *, dry_run: bool, as_json: bool, **given: Any) -> int:
    """Add the site whose homepage is URL: its CMS, feeds and sitemaps are found by looking.

    Without a province it counts as national; then its times are read as WIB where they name no zone.
    """
    from dataclasses import replace

    from data.catalogue_edit import add_source, toml_of
    from data.errors import InputError
    from flows.tools import load_sources

    settings, say = _settings(), speaker_of(ctx)
    _check_codes(given["provinces"], "--province", 2)
    _check_codes(given["regencies"], "--regency", 5)
    address = _address(url)
    declared = load_sources(settings)
    _refuse_double(declared, address, given["identity"])
    proposal = asyncio.run(_discover(settings, address, given))
    source = replace(proposal.source, tier=given["tier"], name=given["name"] or proposal.source.name)
    if any(other.id == source.id for other in declared):
        raise InputError(f'there is a source "{source.id}" already; choose another with --id', where=url)
    if not dry_run:
        add_source(settings.user_catalogue, source)
    if as_json:
        evidence, failed = list(proposal.evidence), list(proposal.failed)
        write_json({"source": _record(source), "evidence": evidence, "failed": failed, "written": not dry_run})
        return 0
    for line in proposal.evidence:
        click.echo(f"  + {reword(say, line)}")
    for line in proposal.failed:
        click.echo(f"  - {reword(say, line)}")
    click.echo("\n" + toml_of(source))
    if dry_run:
        click.echo(say("Tidak ditulis (--dry-run).", "Nothing was written (--dry-run)."))
    else:
        where = settings.user_catalogue
        click.echo(say(f"Ditulis ke {where}.", f"Written to {where}."))
        click.echo(say(f"Periksa: kentongan sources check {source.id}", f"Next: kentongan sources check {source.id}"))
    return 0


@command.command()
@click.option("--all", "everything", is_flag=True, help="Switched-off sources too.")
@click.option("--history", is_flag=True, help="What was told before, the last first, instead of how things stand.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def health(ctx: click.Context, *, everything: bool, history: bool, as_json: bool) -> int:
    """Show which sources answer, which are blocked, broken or silent, and what to do; the worst first.

    Each source is measured by its own past: its hours, its weekdays, the share of its pages that is read. What is wrong
    is told once by the flow watch; --history shows what it told, and since when it is over.
    """
    from flows.tools import load_sources, open_store, utc_now
    from flows.watch import Health, watch_sources

    settings, say = _settings(), speaker_of(ctx)
    with open_store(settings) as store:
        if history:
            return _show_history(store.source_alarms.history(), settings, say, as_json=as_json)
        lines = watch_sources(load_sources(settings), store, utc_now())
    shown = [line for line in lines if everything or line.health is not Health.MATIKAN]
    if as_json:
        write_json(
            [
                {
                    "source": line.source_id,
                    "health": str(line.health),
                    "note": line.note,
                    "advice": line.advice,
                    "since": line.since,
                    "last_ok": line.last_ok,
                    "last_new": line.last_new,
                    "read_share": line.read_share,
                    "findings": [
                        {"kind": str(one.kind), "since": one.since, "note": one.note, "advice": one.advice}
                        for one in line.findings
                    ],
                }
                for line in shown
            ]
        )
        return 0
    rows = [
        {
            "id": line.source_id,
            say("keadaan", "health"): str(line.health),
            say("sejak", "since"): _shown(line.since, settings),
            say("keterangan", "note"): _notes(line, say),
            say("tindakan", "what to do"): reword(say, line.advice),
            say("terakhir menjawab", "last answer"): _shown(line.last_ok, settings),
            say("terakhir baru", "last new"): _shown(line.last_new, settings),
            say("terbaca", "read"): "" if line.read_share is None else f"{line.read_share:.0%}",
        }
        for line in shown
    ]
    if rows:
        show(rows)
    click.echo(say(f"{len(rows)} sumber", f"{len(rows)} sources"))
    return 0


def _notes(line: SourceHealth, say: Callable[[str, str], str]) -> str:
    """Return all that is said of a source: its line, and whatever else was found."""
    notes = dict.fromkeys([line.note, *(one.note for one in line.findings)])
    return "; ".join(reword(say, note) for note in notes)


def _show_history(
    alarms: Sequence[SourceAlarm], settings: Settings, say: Callable[[str, str], str], *, as_json: bool
) -> int:
    from dataclasses import asdict

    if as_json:
        write_json([asdict(alarm) | {"kind": str(alarm.kind)} for alarm in alarms])
        return 0
    rows = [
        {
            "id": alarm.source_id,
            say("hal", "kind"): str(alarm.kind),
            say("sejak", "since"): _shown(alarm.since, settings),
            say("diberitahukan", "told"): _shown(alarm.raised_at, settings),
            say("selesai", "over"): _shown(alarm.closed_at, settings),
            say("keterangan", "note"): reword(say, alarm.note),
        }
        for alarm in alarms
    ]
    if rows:
        show(rows)
    click.echo(say(f"{len(rows)} peringatan tentang sumber", f"{len(rows)} alarms about sources"))
    return 0


def _settings() -> Settings:
    from flows.settings import Settings

    return Settings.from_environ()


def _check_codes(codes: Sequence[str], option: str, length: int) -> None:
    from data.catalogue import zones
    from data.gazetteer import load_gazetteer

    for code in codes:
        if code not in zones() and (former := load_gazetteer().older.by_code(code)) is not None:
            raise click.BadParameter(f'"{code}" is an older code; write {former.now}', param_hint=option)
        if code not in zones() or len(code) != length:
            example = "13" if length == len("13") else "13.75"
            raise click.BadParameter(
                f'"{code}" is no such Kemendagri code; one looks like {example}', param_hint=option
            )


def _covers(source: Source, provinces: Sequence[str]) -> bool:
    return not provinces or any(code in source.provinces for code in provinces)


def _is(source: Source, status: str) -> bool:
    return {
        "all": True,
        "enabled": source.enabled,
        "disabled": not source.enabled,
        "verified": source.verified,
        "unverified": not source.verified,
    }[status]


def _record(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": source.name,
        "home": source.home,
        "provinces": list(source.provinces),
        "regencies": list(source.regencies),
        "timezone": source.timezone,
        "profile": source.profile,
        "finders": [
            {"kind": finder.kind, "url": finder.url, "options": dict(finder.options)} for finder in source.finders
        ],
        "tier": source.tier,
        "network": source.network,
        "enabled": source.enabled,
        "verified": source.verified,
        "note": source.note,
    }


async def _check_all(settings: Settings, chosen: Sequence[Source], told: Callable[[Check], None]) -> list[Check]:
    """Check sources side by side and mark in the store when one was seen to answer as declared."""
    from dataclasses import replace

    from flows.tools import crawl_tools
    from scrapers.check import check_source

    gate = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source, tools: CrawlTools) -> Check:
        async with gate:
            seen = await check_source(source, fetch=tools.fetcher.fetch, read=tools.reader.read, now=tools.clock())
        if seen.verdict == "ok":
            state = tools.store.sources.state(source.id)
            tools.store.sources.save(replace(state, verified_at=tools.clock()))
        told(seen)
        return seen

    async with crawl_tools(settings) as tools:
        return list(await asyncio.gather(*(one(source, tools) for source in chosen)))


def _keep(settings: Settings, chosen: Sequence[Source], seen: Sequence[Check], *, mend: bool) -> None:
    """Write to the user's file what the check has shown: verified, and with ``mend`` the finders that answer."""
    from data.catalogue_edit import set_finders, set_value

    for source, one in zip(chosen, seen, strict=True):
        mended = mend and one.verdict == "partly" and bool(one.answered)
        if mended:
            set_finders(settings.user_catalogue, source.id, one.answered)
        if (one.verdict == "ok" or mended) and not source.verified:
            set_value(settings.user_catalogue, source.id, "verified", True)


def _check_line(seen: Check, say: Callable[[str, str], str]) -> str:
    word = {"ok": say("sesuai", "ok"), "partly": say("sebagian", "partly"), "failed": say("GAGAL", "FAILED")}[
        seen.verdict
    ]
    newest = f", {say('terbaru', 'newest')} {seen.newest:%Y-%m-%d %H:%M} UTC" if seen.newest else ""
    lines = [f"{word:<9} {seen.source_id}: {seen.refs} {say('berita', 'articles')}{newest}"]
    if seen.article is not None:
        lines.append(f'          "{seen.article.title}" ({len(seen.article.text.split())} {say("kata", "words")})')
    lines += [f"          - {reword(say, reason)}" for reason in seen.reasons]
    return "\n".join(lines)


def _check_record(seen: Check) -> dict[str, Any]:
    return {
        "source": seen.source_id,
        "verdict": seen.verdict,
        "articles": seen.refs,
        "newest": seen.newest,
        "answered": [{"kind": finder.kind, "url": finder.url} for finder in seen.answered],
        "reasons": list(seen.reasons),
        "title": seen.article.title if seen.article else None,
        "url": seen.article.url if seen.article else None,
    }


def _switch(ctx: click.Context, ids: Sequence[str], *, on: bool) -> int:
    from dataclasses import replace

    from data.catalogue_edit import set_value
    from flows.tools import chosen_sources, load_sources, open_store

    settings, say = _settings(), speaker_of(ctx)
    for source in chosen_sources(load_sources(settings), ids):
        if source.enabled is not on:
            set_value(settings.user_catalogue, source.id, "enabled", on)
        word = say("diaktifkan", "enabled") if on else say("dimatikan", "disabled")
        click.echo(f"{source.id}: {word}")
    if on:
        with open_store(settings) as store:
            for name in ids:
                state = store.sources.state(name)
                if not state.enabled:
                    store.sources.save(replace(state, enabled=True))
    return 0


def _address(url: str) -> str:
    from data.catalogue import bad_url

    address = url if "://" in url else f"https://{url}"
    if (reason := bad_url(address)) is not None:
        raise click.BadParameter(f'"{url}" {reason}; write the homepage whole: https://langgam.id/', param_hint="URL")
    return address


def _refuse_double(declared: Sequence[Source], address: str, identity: str | None) -> None:
    """Refuse a site that is in the catalogue already, unless it is given an id of its own."""
    from data.catalogue import source_for_url
    from data.errors import InputError
    from scrapers.finders.offers import bare_host
    from scrapers.urls import parse_url

    there = source_for_url(declared, address)
    same_host = there is not None and bare_host(parse_url(there.home).host) == bare_host(parse_url(address).host)
    if there is not None and same_host and identity is None:
        hint = f"kentongan sources enable {there.id}" if not there.enabled else f"kentongan sources check {there.id}"
        raise InputError(f'this site is source "{there.id}" already; see {hint}, or give another --id', where=address)


async def _discover(settings: Settings, address: str, given: dict[str, Any]) -> Any:
    from data.errors import InputError
    from data.records import Source
    from flows.tools import crawl_tools
    from scrapers.discover import discover, source_id
    from scrapers.finders.markup import NotReadableError

    stranger = Source(given["identity"] or source_id(address), address, address, settings.timezone, "auto", ())
    async with crawl_tools(settings) as tools:
        home = await tools.fetcher.fetch(address, stranger, accept="any")
        try:
            return await discover(
                home,
                fetch=tools.fetcher.fetch,
                now=tools.clock(),
                provinces=given["provinces"],
                regencies=given["regencies"],
                identity=given["identity"],
            )
        except NotReadableError as error:
            detail = f" ({home.detail})" if home.detail and home.body is None else ""
            raise InputError(f"{error}{detail}; nothing was written", where=address) from error


def _shown(moment: datetime | None, settings: Settings) -> str:
    from zoneinfo import ZoneInfo

    return f"{moment.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}" if moment else ""
