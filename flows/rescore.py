"""Re-scoring: what other versions of model or rules have judged is judged anew, the newest first, a bite at a time.

It never rewrites what the desk saw. Earlier assessments stay. Where a person has dealt with an incident, or an alert of
it has left the house, its articles' new assessments are kept beside those that stand, and what they say otherwise is
noted in its history; nothing else of it changes. An incident that nobody has touched is worked out anew; one that no
article speaks for any more sinks to severity 0 and stays to be seen. What is flagged only now opens an incident, or
is put under the one that it is about.

One transaction per article holds all that comes of it, and the mark on the article says so: ``kill -9`` loses nothing,
and nothing is done twice. New articles go first: the pass holds the lease of assessments only for a small batch at a
time, and ends as soon as something new waits.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from classifiers.incidents import is_joinable
from data.errors import LeaseError
from flows.assess import LEASE as ASSESS_LEASE
from flows.assess import LEASE_NAME as ASSESS
from flows.assess import Tally, is_present, settled, signed
from flows.joining import BY_MACHINE, place, refreshed
from flows.leases import held

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from data.records import Assessment, StoredArticle
    from data.store import Store
    from flows.assess import AssessTools

log = structlog.get_logger(__name__)

LEASE_NAME = "rescore"
LEASE = timedelta(minutes=10)

BITE: Final = 1000
"""Articles per scheduled run. At 60 to 100 a second with their bookkeeping it is a quarter of a minute, once in three:
an archive of 200,000 is through in ten hours, and new articles wait a second at most."""

BATCH: Final = 50
"""Articles judged under one hold of the lease: about half a second."""

DIFFERENCE = "penilaian"
"""The name under which a difference stands in an incident's history: what stood, and what the new versions say."""


@dataclass(frozen=True, slots=True)
class RescoreTally(Tally):
    """What a pass did: ``rescored`` articles, and what came of them.

    ``flagged`` and ``unflagged`` count those whose flag has changed. ``kept`` belong to incidents that a person has
    touched: their assessments were kept beside what stands, ``differing`` of them say something else. ``under`` were
    put under such an incident. ``waiting`` is how many are left.
    """

    rescored: int = 0
    unflagged: int = 0
    kept: int = 0
    differing: int = 0
    under: int = 0
    waiting: int = 0


def rescore(
    tools: AssessTools,
    *,
    limit: int | None = BITE,
    batch: int = BATCH,
    watch: Callable[[RescoreTally], None] = lambda _: None,
) -> RescoreTally:
    """Judge anew at most ``limit`` (None: all) of what other versions have judged; return what was done.

    Raises LeaseError where another pass runs.
    """
    tally, failed = RescoreTally(), set[int]()
    versions = (tools.assessor.model_version, tools.assessor.rules_version)
    with held(tools.store, LEASE_NAME, tools.clock, LEASE) as renew:
        while not tools.store.articles.to_assess(1):
            room = batch if limit is None else min(batch, limit - tally.rescored - tally.failed)
            found = tools.store.articles.to_rescore(*versions, room + len(failed)) if room > 0 else []
            waiting = [stored for stored in found if stored.id not in failed][:room]
            if not waiting:
                break
            tools.store.check_room(tools.min_free_mb * 1_000_000)
            try:
                tally = _judge(waiting, tools, tally, failed, watch)
            except LeaseError:
                log.info("rescore_gave_way")  # an assessment pass is at work: the new ones go first
                break
            renew()
    tally = replace(tally, waiting=tools.store.articles.count_to_rescore(*versions))
    if tally.rescored or tally.failed:
        log.info("rescore_done", **asdict(tally))
    return tally


def _judge(
    waiting: list[StoredArticle],
    tools: AssessTools,
    tally: RescoreTally,
    failed: set[int],
    watch: Callable[[RescoreTally], None],
) -> RescoreTally:
    """Judge one batch and settle it, under the lease that keeps two passes from opening two incidents for one event."""
    with held(tools.store, ASSESS, tools.clock, ASSESS_LEASE):
        return settled(waiting, tools, tally, failed, settle=_settle, watch=watch)


def _settle(stored: StoredArticle, assessment: Assessment, tools: AssessTools, tally: RescoreTally) -> RescoreTally:
    store, now = tools.store, tools.clock()
    if not is_present(stored, store):
        return tally  # revised while it was judged: the new text is new, and goes first
    before = store.assessments.of(stored.id)
    incident = store.incidents.of_article(stored.id)
    if incident is not None:
        incident = store.incidents.held(incident.id)  # a review in between waits until this is settled
    if incident is not None and is_touched(incident.id, store):
        store.assessments.save(stored.id, stored.revision, assessment, now, beside=True)
        if before is None or _said(before) == _said(assessment):
            return tally.plus(rescored=1, kept=1)
        stood, new = ({"artikel": stored.id, "model": one.model_version, **_said(one)} for one in (before, assessment))
        store.incidents.note(incident.id, now, BY_MACHINE, {DIFFERENCE: (stood, new)})
        return tally.plus(rescored=1, kept=1, differing=1)
    store.assessments.save(stored.id, stored.revision, assessment, now)
    was = before is not None and before.flagged
    tally = tally.plus(
        rescored=1, flagged=int(assessment.flagged and not was), unflagged=int(was and not assessment.flagged)
    )
    article = signed(stored, assessment, tools)
    if incident is None and not is_joinable(assessment):
        return tally
    placed = place(stored, article, store, tools.sources, now, alerted=True)
    changed = placed.changed | ({incident.id} if incident else set())
    touched = {number for number in changed if is_touched(number, store)}
    for number in touched:
        # It stands under it for whoever looks, and speaks for it once something new happens.
        found = store.incidents.held(number)
        store.incidents.update(replace(found, spread=len(found.article_ids)), now, BY_MACHINE)
    updated = refreshed(changed - touched, store, tools.sources, now)
    if incident is not None:
        return tally.plus(updated=int(updated > 0))
    if not assessment.flagged:
        return tally
    if placed.opened:
        return tally.plus(opened=1)
    return tally.plus(joined=1, under=int(placed.incident_id in touched))


def is_touched(number: int, store: Store) -> bool:
    """Return whether a person has dealt with the incident of that number, or an alert of it has left the house."""
    return bool(store.incidents.decided_by_persons([number]) | store.incidents.alerted([number]))


def _said(assessment: Assessment) -> dict[str, Any]:
    """Return what an assessment says to an analyst, without its shades."""
    return {
        "ditandai": assessment.flagged,
        "sinyal": sorted(assessment.flagged_signals),
        "modalitas": assessment.modality.value,
        "keparahan": assessment.severity,
        "urgensi": assessment.urgency.value,
    }
