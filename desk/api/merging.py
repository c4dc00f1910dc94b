"""Which articles are one incident: merge, take that back, split, move."""

from fastapi import APIRouter

from desk.actions import merging
from desk.api.answers import version_in
from desk.api.bodies import Merge, Move, Number, Split
from desk.api.deciding import against_version, stands
from desk.api.door import CanMerge, CanSee
from desk.api.incidents import incident_of, lines_of
from desk.api.routing import IfMatch, operation
from desk.api.views import Similar, SimilarView, Stands

router = APIRouter(prefix="/incidents/{number}", tags=["decisions"])


@operation(router, "GET", "/similar", errors=(404,))
def list_similar(number: Number, caller: CanSee) -> Similar:
    """List incidents that may be the same event, the likeliest first, with what speaks for it."""
    found = merging.similar(caller.store, caller.actor, incident_of(caller, number))
    lines = lines_of(caller, [one.incident for one in found])
    return Similar(
        items=tuple(
            SimilarView(incident=line, signals=one.signals, same_place=one.same_place, hours=one.hours)
            for one, line in zip(found, lines, strict=True)
        )
    )


@operation(router, "POST", "/merges", errors=(404, 409, 412, 428), status=201)
def merge_incidents(number: Number, body: Merge, if_match: IfMatch, caller: CanMerge) -> Stands:
    """Make incidents one, the one of the address, which stays; each against the version that was seen."""
    seen = {one.nomor: one.versi for one in body.kejadian} | {number: version_in(if_match)}
    others = [one.nomor for one in body.kejadian if one.nomor != number]
    sources = caller.tools.publish.sources
    with against_version():
        made = merging.merge(caller.store, sources, caller.actor, number, others, body.alasan, caller.now, seen=seen)
    return stands(caller, made)


@operation(router, "DELETE", "/merges/{other}", errors=(404, 409))
def undo_merge(number: Number, other: Number, caller: CanMerge) -> Stands:
    """Take back a merge of one's own, within ten minutes.

    The other incident, which is told, stands again, and with it all that were merged in the same step.
    """
    sources = caller.tools.publish.sources
    again = merging.unmerge(caller.store, sources, caller.actor, number, other, caller.now)
    return stands(caller, next(one for one in again if one.id == other))


@operation(router, "POST", "/splits", errors=(404, 409, 412, 428), status=201)
def split_incident(number: Number, body: Split, if_match: IfMatch, caller: CanMerge) -> Stands:
    """Take articles out of an incident into one of their own, which is told."""
    sources, seen = caller.tools.publish.sources, version_in(if_match)
    with against_version():
        made = merging.split(
            caller.store, sources, caller.actor, number, body.artikel, body.alasan, caller.now, seen=seen
        )
    return stands(caller, made)


@operation(router, "POST", "/moves", errors=(404, 409, 412, 428), status=201)
def move_article(number: Number, body: Move, if_match: IfMatch, caller: CanMerge) -> Stands:
    """Put an article of an incident into another one, which is told."""
    sources, seen = caller.tools.publish.sources, version_in(if_match)
    with against_version():
        made = merging.move(
            caller.store, sources, caller.actor, number, body.artikel, body.ke, body.alasan, caller.now, seen=seen
        )
    return stands(caller, made)
