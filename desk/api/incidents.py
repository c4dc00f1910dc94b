"""Incidents: the queue, one of them, how it came to be known, its history, its comments."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from data.errors import InputError, UnknownItemError
from data.records import Incident, Urgency
from data.store.incident_queue import After
from desk.actions.deciding import duplicate_of_which, version_of
from desk.actions.valuing import proposed
from desk.actions.work import hands
from desk.api.answers import cursor_of, read_cursor
from desk.api.bodies import Number, QueueQuery
from desk.api.door import Caller, CanSee
from desk.api.routing import operation
from desk.api.views import (
    AnswerView,
    ChangeView,
    Comments,
    CommentView,
    FollowUpView,
    History,
    IncidentDetail,
    IncidentLine,
    IncidentPage,
    MoveView,
    OutcomeView,
    StepView,
    Timeline,
    ValueView,
)
from desk.incident_articles import shown_item
from desk.moves import Field, moves_from
from desk.pages.incident_history import history_lines
from desk.pages.queue_filters import Asked, filter_of
from desk.permissions import Permission
from feeds.masking import masked
from flows.incident_view import view_of
from flows.sla import SHIFTS_KEY, shifts_of

router = APIRouter(prefix="/incidents", tags=["incidents"])

MOST_ENTRIES = 200
"""Entries of the audit log about one incident that its history tells."""


def incident_of(caller: Caller, number: int) -> Incident:
    """Return an incident; UnknownItemError where there is none, or it is not of the caller's regions."""
    incident = caller.store.incidents.get(number)
    if incident is None or not caller.actor.sees(place.code for place in incident.places):
        raise UnknownItemError("incident", number)
    return incident


@operation(router, "GET", "")
def list_incidents(query: Annotated[QueueQuery, Query()], caller: CanSee) -> IncidentPage:
    """List the incidents of the queue, the most urgent first.

    The filters are those of the queue's address; only incidents of the caller's regions are told.
    """
    given = query.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
    asked = Asked(**{name: str(value) for name, value in given.items()})
    shifts = shifts_of(caller.store.desk_settings.get(SHIFTS_KEY))
    wanted = filter_of(asked, caller.actor, caller.now, shifts, caller.desk.zone)
    parts = read_cursor(query.cursor, (str, datetime, int))
    after = After(_urgency(parts[0]), parts[1], parts[2]) if parts else None
    found = caller.store.queue.page(wanted, query.limit + 1, after)
    last = found[query.limit - 1] if len(found) > query.limit else None
    return IncidentPage(
        items=lines_of(caller, found[: query.limit]),
        next=cursor_of(last.urgency.value, last.opened_at, last.id) if last else None,
    )


@operation(router, "GET", "/{number}", errors=(404,))
def get_incident(number: Number, caller: CanSee) -> IncidentDetail:
    """Tell all that is known of one incident but the texts.

    Its ETag can be sent back as If-Match with a decision. Names of suspects, victims and children are initials for
    whom has not the right *baca_teks*.
    """
    # The version is read first: whatever comes between it and the rest makes a decision stale, not blind.
    version = version_of(caller.store, number)
    incident = incident_of(caller, number)
    store, item = caller.store, shown_item(incident, caller.tools.publish)
    line = lines_of(caller, [incident])[0]
    may_read = caller.actor.may(Permission.BACA_TEKS)
    alert = store.alerts.of_incident(number)
    standing = moves_from(incident.status, caller.actor.permissions) if incident.merged_into is None else ()
    return IncidentDetail(
        **dict(line)
        | {
            "version": version,
            "title": incident.title if may_read else item.title,
            "event_time": incident.event_time,
            "article_ids": incident.article_ids,
            "moves": tuple(
                MoveView(ke=one.to, perlu=tuple(field.value for field in Field if field in one.requires))
                for one in standing
            ),
            "duplicate_of": duplicate_of_which(store, number),
            "follow_ups": tuple(FollowUpView.from_record(one) for one in store.follow_ups.of_incident(number)),
            "outcomes": tuple(OutcomeView.from_record(one) for one in store.outcomes.of_incident(number)),
            "values": tuple(ValueView.from_record(one) for one in store.information_values.of_incident(number)),
            "proposed_value": proposed(incident),
            "alert": alert.uid if alert is not None else None,
            "quotes": tuple(masked(quote) for quote in item.quotes),
            "severity_points": item.points,
        }
    )


@operation(router, "GET", "/{number}/timeline", errors=(404,))
def get_timeline(number: Number, caller: CanSee) -> Timeline:
    """Tell how an incident came to be known: what each article added, and the answers of the 5W1H; names masked."""
    incident = incident_of(caller, number)
    view = view_of(incident, caller.store, caller.tools.publish.sources)
    return Timeline(
        steps=tuple(StepView.from_record(step, title=masked(step.title)) for step in view.steps),
        answers={name: tuple(AnswerView.from_record(one) for one in found) for name, found in view.answers.items()},
        copies=view.copies,
        witnesses=view.witnesses,
        merged=view.merged,
    )


@operation(router, "GET", "/{number}/history", errors=(404,))
def get_history(number: Number, caller: CanSee) -> History:
    """Tell the history of an incident, the newest first: what changed, who did it, why."""
    store, said = caller.store, caller.request.headers.get("accept-language", "").lower()
    incident_of(caller, number)
    lines = history_lines(
        store.incidents.history(number),
        store.reviews.of_incident(number),
        store.audit.entries(subject=f"kejadian/{number}", limit=MOST_ENTRIES),
        lambda indonesian, english: english if said.startswith("en") else indonesian,
    )
    return History(items=tuple(ChangeView.from_record(line) for line in lines))


@operation(router, "GET", "/{number}/comments", errors=(404,))
def list_comments(number: Number, caller: CanSee) -> Comments:
    """List the comments on an incident."""
    incident_of(caller, number)
    return Comments(items=tuple(comments_of(caller, number)))


def comments_of(caller: Caller, number: int) -> list[CommentView]:
    """Return an incident's comments with the names of who wrote them and whom they name."""
    comments = caller.store.comments.of_incident(number)
    ids = {user for one in comments for user in (one.user_id, *one.mentions)}
    names = {user.id: user.name for user in map(caller.store.users.get, ids) if user is not None}
    return [
        CommentView.from_record(
            one,
            by=names.get(one.user_id, str(one.user_id)),
            mentions=tuple(names[user] for user in one.mentions if user in names),
        )
        for one in comments
    ]


def lines_of(caller: Caller, incidents: list[Incident]) -> tuple[IncidentLine, ...]:
    """Return incidents with their version, who looked first and who works on them."""
    store, numbers = caller.store, [one.id for one in incidents]
    versions, looked = store.incidents.versions(numbers), store.looks.first(numbers)
    held = hands(store, caller.actor, numbers, caller.now)
    may_read = caller.actor.may(Permission.BACA_TEKS)
    lines = []
    for one in incidents:
        holder = held[one.id].holder
        lines.append(
            IncidentLine.from_record(
                one,
                version=versions.get(one.id, 0),
                title=one.title if may_read else masked(one.title),
                first_looked_at=looked.get(one.id),
                held_by=holder.name if holder is not None else None,
                held_until=held[one.id].until,
            )
        )
    return tuple(lines)


def _urgency(word: str) -> Urgency:
    if word not in set(Urgency):
        raise InputError("the cursor is none of ours; take it from the answer before")
    return Urgency(word)
