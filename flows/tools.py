"""The composition root: what has effects is made here from settings, used, and closed again.

Everything below takes its store, network, parser processes and clock as arguments; commands and Prefect tasks get
them from these functions, and tests hand in their own.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from data.catalogue import load_catalogue
from data.errors import CatalogueError, ModelError, UnknownItemError
from scrapers.profiles import AUTOMATIC, profile_names

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from classifiers.places import Locator
    from classifiers.stages import Calendar
    from data.records import Source
    from data.store import Store
    from data.taught_places import TaughtName
    from flows.assess import AssessTools
    from flows.desk import DeskTools
    from flows.publish import PublishTools
    from flows.reading import CrawlTools
    from flows.retention import RetentionTools
    from flows.retrain import RetrainOutcome, RetrainTools
    from flows.settings import Settings
    from flows.teaching import TeachTools
    from models.assessor import Assessor
    from models.registry import Registry


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC: the clock of everything that is not a test."""
    return datetime.now(UTC)


def load_sources(settings: Settings) -> tuple[Source, ...]:
    """Return the sources that this installation reads from.

    They are the bundled catalogue's, or those of ``settings.catalogues`` in its place, the user's own file over either.
    Raises CatalogueError naming file and line.
    """
    paths = [*(settings.catalogues or (settings.bundled_catalogue,))]
    if settings.user_catalogue.is_file():
        paths.append(settings.user_catalogue)
    sources = load_catalogue(paths)
    # The catalogue's floor knows no profiles; one that is not there would end a whole crawl later on.
    known = {*AUTOMATIC, *profile_names()}
    for source in sources:
        if source.profile not in known:
            raise CatalogueError(
                f'there is no profile "{source.profile}"; there are {", ".join(sorted(known - {""}))}',
                where=f'{paths[-1]}, source "{source.id}"',
            )
    return sources


def chosen_sources(sources: Iterable[Source], ids: Iterable[str]) -> tuple[Source, ...]:
    """Return the sources named by ``ids``, in that order; UnknownItemError, with the nearest name, for a wrong one."""
    from difflib import get_close_matches

    by_id = {source.id: source for source in sources}
    chosen = []
    for name in ids:
        if name not in by_id:
            near = get_close_matches(name, by_id, n=1)
            hint = f'did you mean "{near[0]}"? ' if near else ""
            raise UnknownItemError("source", name, hint=f"{hint}see kentongan sources list")
        chosen.append(by_id[name])
    return tuple(chosen)


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Yield the store of this installation, migrated; StoreError and its kinds where it cannot be opened."""
    from data.store import Store

    store = Store.open(settings.database_url)
    try:
        yield store
    finally:
        store.close()


def registry_of(settings: Settings) -> Registry:
    """Return the registry of this installation's models."""
    from models.registry import Registry

    return Registry(settings.models_dir)


def load_assessor(settings: Settings, *, keep: bool = False, calendar: Calendar | None = None) -> Assessor:
    """Return the assessor with the model in use; ModelError, with the way back, where that cannot be used.

    ``keep``: the registry keeps the model, so that what it judges can be traced to its card for ever. ``calendar`` is
    the desk's (None: the one that comes with the program).
    """
    from models.assessor import Assessor
    from models.registry import GO_BACK

    registry = registry_of(settings)
    folder = settings.model_dir or registry.current()
    try:
        assessor = Assessor.load(folder, names=taught_names(settings), calendar=calendar)
    except ModelError as error:
        if settings.model_dir is not None or registry.current_version() == registry.shipped_version:
            raise
        raise ModelError(f"{error}; {GO_BACK}") from error
    if keep:
        registry.keep(folder)
    return assessor


def desk_calendar(settings: Settings) -> Calendar | None:
    """Return the stages of elections as the desk set them; None where there is no store yet, so that nothing is set.

    A store is read, never made. Raises StoreError and its kinds where there is one and it cannot be read.
    """
    from data.store.database import is_there
    from flows.desk_rules import calendar_in_use

    if not is_there(settings.database_url):
        return None
    with open_store(settings) as store:
        return calendar_in_use(store)


def versions_in_use(settings: Settings, calendar: Calendar | None = None) -> tuple[str, str]:
    """Return the versions of model and rules that would judge now, without loading either (a second and more).

    ``calendar`` is the desk's (None: the one that comes with the program).
    """
    from models.assessor import rules_in_use
    from models.registry import version_of

    model = version_of(settings.model_dir) if settings.model_dir else registry_of(settings).current_version()
    return model, rules_in_use(taught_names(settings), calendar)


def taught_names(settings: Settings) -> tuple[TaughtName, ...]:
    """Return the place names that this installation was taught and uses; SettingsError where their file is broken."""
    from data.taught_places import FILE, names_in_use, read_taught

    return names_in_use(read_taught(settings.places_dir / FILE))


def load_locator(settings: Settings) -> Locator:
    """Return the locator that reads as this installation does: the product's tables and the names it was taught."""
    from classifiers.places import Locator
    from classifiers.places.taught import taught

    return taught(Locator.load(), taught_names(settings))


@contextmanager
def teach_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Iterator[TeachTools]:
    """Yield what teaching a place name needs."""
    from classifiers.places import Locator
    from flows.teaching import TeachTools

    sources = {source.id: source for source in load_sources(settings)}
    with open_store(settings) as store:
        yield TeachTools(store, Locator.load(), sources, settings.places_dir, clock)


@contextmanager
def retrain_tools(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    notify: Callable[[RetrainOutcome], None] = lambda _: None,
) -> Iterator[RetrainTools]:
    """Yield what a retraining needs: the desk's labels from the store, the trainer, the registry and its floors."""
    from flows.retrain import RetrainTools, floors_of
    from models.challenger import Trainer
    from models.examples import example_of

    registry = registry_of(settings)
    with open_store(settings) as store:
        yield RetrainTools(
            store=store,
            registry=registry,
            labels=lambda since: [example_of(one) for one in store.labels.examples(since)],
            trainer=Trainer(jobs=max(1, settings.workers)),
            floors=lambda: floors_of(registry.folder),
            clock=clock,
            notify=notify,
            min_free_mb=settings.min_free_mb,
        )


@asynccontextmanager
async def crawl_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> AsyncIterator[CrawlTools]:
    """Yield what a crawl needs, made from ``settings``; network, parser processes, archive, store are closed after."""
    from flows.reading import CrawlTools
    from scrapers.fetch import Fetcher
    from scrapers.warc import WarcArchive
    from scrapers.workers import ExtractionPool

    with open_store(settings) as store:
        fetcher = Fetcher(
            user_agent=settings.user_agent,
            robots=store.robots,
            hosts=store.hosts,
            clock=clock,
            allow_private_hosts=settings.allow_private_hosts,
            connect_to=settings.connect_to,
            default_delay_s=settings.default_delay_s,
        )
        archive = WarcArchive(settings.warc_dir, user_agent=settings.user_agent)
        reader = ExtractionPool(settings.workers)
        try:
            yield CrawlTools(
                store,
                fetcher,
                reader,
                archive,
                clock,
                min_free_mb=settings.min_free_mb,
                default_delay_s=settings.default_delay_s,
            )
        finally:
            await fetcher.aclose()
            await reader.aclose()
            archive.close()


@contextmanager
def assess_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Iterator[AssessTools]:
    """Yield what an assessment pass needs; ModelError where the model cannot be used."""
    from flows.assess import AssessTools
    from flows.desk_rules import calendar_in_use

    sources = {source.id: source for source in load_sources(settings)}
    with open_store(settings) as store:
        assessor = load_assessor(settings, keep=True, calendar=calendar_in_use(store))
        yield AssessTools(store, assessor, sources, clock, min_free_mb=settings.min_free_mb)


def stated_of(settings: Settings) -> dict[str, str]:
    """Return the fields of a feed's `Channel` that the settings set."""
    set_ = {
        "title": settings.feeds_title,
        "rights": settings.feeds_rights,
        "rights_url": settings.feeds_rights_url,
        "corrections": settings.feeds_corrections,
        "contact": settings.feeds_contact,
    }
    return {name: value for name, value in set_.items() if value}


@contextmanager
def publish_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Iterator[PublishTools]:
    """Yield what a publish pass, a list of incidents and an export need."""
    from classifiers.stages import load_calendar
    from data.gazetteer import load_gazetteer
    from data.taxonomy import load_taxonomy
    from flows.publish import PublishTools

    sources = {source.id: source for source in load_sources(settings)}
    with open_store(settings) as store:
        yield PublishTools(
            store=store,
            sources=sources,
            gazetteer=load_gazetteer(),
            taxonomy=load_taxonomy(),
            calendar=load_calendar(),
            clock=clock,
            folder=settings.feeds_dir,
            authority=settings.tag_authority,
            timezone=settings.timezone,
            exercise=settings.exercise,
            min_free_mb=settings.min_free_mb,
            feeds_url=settings.feeds_url,
            stated=stated_of(settings),
        )


@contextmanager
def retention_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Iterator[RetentionTools]:
    """Yield what taking out of the store needs."""
    from flows.retention import RetentionTools

    with open_store(settings) as store:
        yield RetentionTools(store, settings.warc_dir, clock)


@contextmanager
def desk_tools(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Iterator[DeskTools]:
    """Yield what the desk works with; the model is loaded when it is first asked for."""
    from functools import cache

    from flows.desk import DeskTools
    from flows.desk_rules import calendar_in_use

    with publish_tools(settings, clock=clock) as publish:

        @cache
        def assessor(model: str, rules: str) -> Assessor:  # noqa: ARG001  # another version is another assessor
            return load_assessor(settings, keep=True, calendar=calendar_in_use(publish.store))

        yield DeskTools(
            publish=publish,
            settings=settings,
            registry=registry_of(settings),
            assessor=lambda: assessor(*versions_in_use(settings, calendar_in_use(publish.store))),
            load_sources=lambda: {source.id: source for source in load_sources(settings)},
        )
