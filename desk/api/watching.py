"""The picture of regions, what is read of them, early warnings, sources."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from data.errors import InputError, UnknownItemError
from desk.actions.early_warnings import acknowledge, said_of
from desk.actions.previewing import add_site, look_at_site
from desk.actions.sourcing import switch_source
from desk.api.bodies import Number, PeriodQuery, PictureQuery, Switch
from desk.api.door import Caller, CanKeepSources, CanReview, CanSee
from desk.api.routing import operation
from desk.api.views import (
    Coverages,
    CoverageView,
    Done,
    PictureView,
    Sources,
    SourceView,
    Warnings,
    WarningView,
)
from desk.api.work_bodies import Site, SiteSeen, WarningNote
from desk.api.work_views import FinderView, SaidView, SitePreview, SourceAdded, WarningNotes
from desk.overview import Period, overview_of
from desk.permissions import ForbiddenError, Permission
from flows.watch import watch_sources

router = APIRouter()

READ_OF_ARTICLE = 900
"""Characters of the article of a preview: enough to see whether it is read well."""

LONGEST_PERIOD = 92
"""Days that are counted at once: a quarter."""


@operation(router, "GET", "/picture", errors=(404,))
def get_picture(query: Annotated[PictureQuery, Query()], caller: CanSee) -> PictureView:
    """Tell the picture of an area in a period: counts of incidents, always beside the coverage."""
    if query.wilayah is not None:
        caller.tools.gazetteer.unit(query.wilayah)
        if not caller.actor.sees([query.wilayah]):
            raise ForbiddenError(Permission.LIHAT)
    period = _period(caller, query)
    return PictureView.model_validate(overview_of(caller.desk).picture(period, query.wilayah, caller.actor))


@operation(router, "GET", "/coverage")
def get_coverage(query: Annotated[PeriodQuery, Query()], caller: CanSee) -> Coverages:
    """Tell for every province and kabupaten or kota whether silence from it means anything."""
    period = _period(caller, query)
    found = overview_of(caller.desk).coverage(period)
    items = tuple(CoverageView.from_record(found[code]) for code in sorted(found))
    return Coverages(first=period.first, last=period.last, items=items)


@operation(router, "GET", "/warnings")
def list_warnings(query: Annotated[PictureQuery, Query()], caller: CanSee) -> Warnings:
    """List the bursts and rising precursors of a period."""
    found = overview_of(caller.desk).warnings(_period(caller, query), caller.actor, query.wilayah)
    return Warnings(items=tuple(WarningView.from_record(one) for one in found))


@operation(router, "GET", "/warnings/{warning}/notes", errors=(404,))
def list_warning_notes(warning: Number, caller: CanSee) -> WarningNotes:
    """List what people said of an early warning: that they saw it, and what they found out."""
    if not caller.actor.sees([caller.store.early_warnings.get(warning).region]):
        raise UnknownItemError("early warning", warning)
    return WarningNotes(items=tuple(SaidView.from_record(one) for one in said_of(caller.store, warning)))


@operation(router, "POST", "/warnings/{warning}/notes", errors=(404,), status=201)
def note_warning(warning: Number, body: WarningNote, caller: CanReview) -> SaidView:
    """Keep that the caller has seen an early warning, and what they note of it."""
    acknowledge(caller.store, caller.actor, warning, caller.now, body.catatan)
    return SaidView(by=caller.actor.name, at=caller.now, note=body.catatan.strip())


@operation(router, "GET", "/sources")
def list_sources(caller: CanSee) -> Sources:
    """List every source with its health, the worst first."""
    sources = caller.tools.load_sources()
    lines = watch_sources(sources.values(), caller.store, caller.now)
    return Sources(
        items=tuple(
            SourceView.from_record(
                line,
                id=line.source_id,
                name=sources[line.source_id].name,
                home=sources[line.source_id].home,
                enabled=sources[line.source_id].enabled,
            )
            for line in lines
        )
    )


@operation(router, "PUT", "/sources/{source}/state", errors=(404,))
def switch_source_state(
    source: Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,80}$")], body: Switch, caller: CanKeepSources
) -> Done:
    """Let a source be read from the next crawl on, or no more, with the reason; what was read of it stays."""
    known = caller.tools.load_sources().get(source)
    if known is None:
        raise UnknownItemError("source", source)
    catalogue = caller.tools.settings.user_catalogue
    changed = switch_source(
        caller.store, catalogue, known, caller.actor.name, caller.now, on=body.aktif, why=body.alasan
    )
    return Done(changed=changed)


@operation(router, "POST", "/sources/previews", errors=(404, 409), status=201)
def look_at_new_site(body: Site, caller: CanKeepSources) -> SitePreview:
    """Look at a site and tell what would be read of it; nothing is added by looking. It takes up to 90 seconds."""
    form = body.model_dump(mode="json") | {"tier": str(body.tier), "wilayah": " ".join(body.wilayah)}
    token, preview = look_at_site(caller.tools, caller.actor, form, caller.now)
    source, check = preview.source, preview.check
    return SitePreview.from_record(
        source,
        token=token,
        profile=source.profile or "auto",
        verdict=check.verdict,
        finders=tuple(FinderView(kind=one.kind, url=one.url, answered=one in check.answered) for one in source.finders),
        listed=check.refs,
        newest=check.newest,
        titles=tuple(one.title or one.url for one in check.items),
        article_title=check.article.title if check.article is not None else None,
        article_text=check.article.text[:READ_OF_ARTICLE] if check.article is not None else None,
        evidence=preview.evidence,
        failed=(*preview.failed, *check.reasons),
    )


@operation(router, "POST", "/sources", errors=(404, 409), status=201)
def add_new_source(body: SiteSeen, caller: CanKeepSources) -> SourceAdded:
    """Add a site that the caller looked at; it is read from the next crawl on."""
    return SourceAdded.from_record(add_site(caller.tools, caller.actor, body.pratinjau, caller.now))


def _period(caller: Caller, query: PeriodQuery) -> Period:
    last = query.sampai or overview_of(caller.desk).today()
    first = query.dari or Period.ending(last, 7).first
    if first > last or (last - first).days >= LONGEST_PERIOD:
        raise InputError(f"a period begins before it ends and has at most {LONGEST_PERIOD} days")
    return Period(max(first, date(1990, 1, 1)), last)
