"""A look at drift: the last seven days of assessed articles and of reviews beside weeks before them.

What is counted and how it is tested stands in `models.observe` and `models.drift`; here it is had from the store. A
week's articles are sampled, so that a look costs the same for ten outlets and for a thousand.
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from data.records import DriftLook
from models.drift import findings, windows
from models.observe import Observation, Week, measures, newcomers, strangeness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from classifiers.stages import Calendar
    from data.records import DriftFinding, Review
    from data.store import Store
    from flows.settings import Settings

log = structlog.get_logger(__name__)

WEEK: Final = timedelta(days=7)
BACK: Final = 52
"""Weeks that are looked back for ones of the same stage."""

PER_WEEK: Final = 1000
"""Articles of a week that are counted: a share of one tenth is then known to 2 points in 100."""

READ_PER_WEEK: Final = 100
"""Of those, how many are read for strange words: reading costs milliseconds each, counting does not."""


OUTLETS: Final = frozenset({"campuran_sumber", "campuran_sumber_sebulan"})

MOST_REVIEWS: Final = 50_000


@dataclass(frozen=True, slots=True)
class DriftTools:
    """What a look needs: store, clock, the calendar of stages, the model's name, and what measures strange words.

    ``strange`` None leaves the measure out: the look then says that there was too little to test it.
    """

    store: Store
    clock: Callable[[], datetime]
    calendar: Calendar
    model_version: str
    strange: Callable[[str, str], float] | None = None
    seed: int = 0


@contextmanager
def drift_tools(settings: Settings, *, clock: Callable[[], datetime] | None = None) -> Iterator[DriftTools]:
    """Yield what a look needs, made from ``settings``; ModelError where the model in use cannot be read."""
    from flows.desk_rules import calendar_in_use
    from flows.tools import open_store, registry_of, utc_now
    from models.registry import version_of

    folder = settings.model_dir or registry_of(settings).current()
    with open_store(settings) as store:
        yield DriftTools(store, clock or utc_now, calendar_in_use(store), version_of(folder), strangeness(folder))


def take_look(tools: DriftTools) -> DriftLook:
    """Look at the seven days before now, keep the look and return it; an alarm is in the log as a warning."""
    now = tools.clock()
    starts = [now - WEEK * (number + 1) for number in range(BACK + 1)]
    # An installation of two months has no year behind it.
    first = tools.store.label_tasks.first()
    filled = [start for start in starts[1:] if first is not None and start >= first]
    stage = _stage(tools.calendar, starts[0])
    chosen = windows([_stage(tools.calendar, start) for start in filled], stage)
    month, reference = ([filled[index] for index in some] for some in (chosen.month, chosen.reference))
    reviews = tools.store.reviews.since(min([*reference, *month, starts[0]]), limit=MOST_REVIEWS)
    weeks = {start: _week(tools, start, reviews) for start in (*reference, *month, starts[0])}
    watched = measures([weeks[start] for start in reference], weeks[starts[0]], [weeks[start] for start in month])
    new = newcomers([weeks[start] for start in reference], weeks[starts[0]])
    look = DriftLook(
        at=now,
        since=starts[0],
        until=now,
        weeks=len(reference),
        model_version=tools.model_version,
        stage=stage,
        stage_changed=chosen.changed,
        findings=_named(findings(watched, stage_changed=chosen.changed), new),
    )
    tools.store.drift.add(look)
    for finding in look.findings:
        if finding.alarm:
            log.warning("drift", measure=finding.name, effect=finding.effect, unit=finding.unit, note=finding.note)
    log.info("drift_look", alarm=look.alarm, weeks=look.weeks, stage=look.stage, stage_changed=look.stage_changed)
    return look


def _named(found: Sequence[DriftFinding], new: Sequence[tuple[str, float]]) -> tuple[DriftFinding, ...]:
    """Return findings, those about outlets with the names of new ones: the table itself only says "others"."""
    if not new:
        return tuple(found)
    names = ", ".join(f"{name} {share:.0%}" for name, share in new[:3])
    told = {one.name for one in found if one.name in OUTLETS and one.p_value is not None and one.note}
    return tuple(replace(one, note=f"{one.note}; baru: {names}") if one.name in told else one for one in found)


def _stage(calendar: Calendar, start: datetime) -> str | None:
    """Return the kind of the national stage in the middle of a week."""
    window = calendar.stage_at(start + WEEK / 2)
    return window.stage.kind if window is not None else None


def _week(tools: DriftTools, start: datetime, reviews: Sequence[Review]) -> Week:
    store = tools.store
    ids = store.label_tasks.recent(start, start + WEEK)
    # The same articles whenever the same week is looked at.
    lot = random.Random(f"{tools.seed}/{start.date()}")  # noqa: S311  # a sample, no secret
    sample = sorted(lot.sample(ids, min(PER_WEEK, len(ids))))
    to_read = set(lot.sample(sample, min(READ_PER_WEEK, len(sample)))) if tools.strange else set()
    said = store.assessments.of_many(sample)
    seen = []
    for stored in store.articles.many(sample):
        judged = said.get(stored.id)
        if judged is None:
            continue
        article = stored.article
        seen.append(
            Observation(
                source=article.source_id,
                words=len(article.title.split()) + len(article.text.split()),
                modality=judged.assessment.modality,
                flag_score=judged.assessment.flag_score,
                flagged=judged.assessment.flagged,
                strange=tools.strange(article.title, article.text) if tools.strange and stored.id in to_read else None,
                judge=f"{judged.assessment.model_version}/{judged.assessment.rules_version}",
            )
        )
    mine = [review for review in reviews if start <= review.at < start + WEEK]
    return Week(tuple(seen), *corrections(store, mine))


def corrections(store: Store, reviews: Sequence[Review]) -> tuple[int, int]:
    """Return of how many incidents persons said something in ``reviews``, and in how many they corrected the model.

    A correction says other signals, or another modality, than what stood; a level of severity alone is none, as the
    model does not learn it.
    """
    reviewed: set[int] = set()
    corrected: set[int] = set()
    for review in reviews:
        reviewed.add(review.incident_id)
        if review.article_id is None or (review.signals is None and review.modality is None):
            continue
        said = store.assessments.of(review.article_id)
        if said is None:
            continue
        other_signals = review.signals is not None and set(review.signals) != set(said.flagged_signals)
        if other_signals or (review.modality is not None and review.modality is not said.modality):
            corrected.add(review.incident_id)
    return len(reviewed), len(corrected)


def rows_of(look: DriftLook) -> list[dict[str, Any]]:
    """Return a look as rows: measure, size of the change, whether it is chance, whether it is an alarm, what moved."""
    return [
        {
            "ukuran": finding.name,
            "jenis": finding.kind,
            "perubahan": finding.effect,
            "satuan": finding.unit,
            "p": None if finding.p_value is None else float(f"{finding.p_value:.2g}"),
            "acuan": finding.n_reference,
            "terbaru": finding.n_recent,
            "waspada": "ya" if finding.alarm else "tidak",
            "catatan": finding.note,
        }
        for finding in look.findings
    ]


def summary_of(look: DriftLook) -> str:
    """Return a look as one English sentence for the engine's log."""
    alarms = [finding.name for finding in look.findings if finding.alarm]
    tested = sum(finding.p_value is not None for finding in look.findings)
    stage = "; the stage of the election has changed" if look.stage_changed else ""
    return f"{len(alarms)} alarms of {tested} measures tested{': ' if alarms else ''}{', '.join(alarms)}{stage}"
