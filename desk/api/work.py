"""The work of a shift: reports from the field, duty and its notes, notices, views of the queue."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query

from desk.actions.duty import begin_duty, end_duty, on_duty, write_note
from desk.actions.entering import EntryTools, FieldReport, enter
from desk.actions.views import keep_view, remove_view
from desk.api.answers import cursor_of, read_cursor
from desk.api.bodies import Number, PageQuery
from desk.api.deciding import stands
from desk.api.door import Anybody, Caller, CanClaim, CanEnter, CanSee, CanView, Myself
from desk.api.routing import operation
from desk.api.views import Done, Stands
from desk.api.work_bodies import EndOfDuty, NewReport, NewView, NoticesRead, ShiftNoteBody
from desk.api.work_views import (
    DutyNow,
    DutyView,
    Notices,
    NoticeView,
    SavedViews,
    SavedViewView,
    ShiftNotes,
    ShiftNoteView,
)
from desk.pages.queue_filters import asked_of
from flows.sla import SHIFTS_KEY, next_beginning, shift_began, shifts_of

router = APIRouter(tags=["work"])


@operation(router, "POST", "/incidents", errors=(404,), status=201)
def enter_report(body: NewReport, caller: CanEnter) -> Stands:
    """Enter a report from the field: it opens an incident beside the news."""
    tools = caller.tools
    kept = EntryTools(caller.store, tools.gazetteer, tools.taxonomy, tools.calendar, tools.publish.sources)
    report = FieldReport(
        title=body.judul,
        text=body.isi,
        role=body.pelapor,
        channel=body.lewat,
        place_codes=tuple(body.tempat),
        signals=tuple(body.sinyal),
        modality=body.modalitas,
        severity=body.tingkat,
        name=body.nama_pelapor,
        happened=body.waktu,
    )
    return stands(caller, enter(kept, caller.actor, report, caller.now))


@operation(router, "GET", "/views")
def list_views(caller: CanSee) -> SavedViews:
    """List the caller's views of the queue, and those that are for everybody."""
    return SavedViews(items=tuple(_views(caller)))


@operation(router, "POST", "/views", status=201)
def keep_saved_view(body: NewView, caller: CanView) -> SavedViewView:
    """Keep filters of the queue under a name; a filter that there is none of is left out, as in its address."""
    asked = asked_of(dict(parse_qsl(body.saringan)), caller.tools.taxonomy)
    made = keep_view(caller.store, caller.actor, body.nama, asked.query(), caller.now, shared=body.bersama)
    return next(one for one in _views(caller) if one.id == made)


@operation(router, "DELETE", "/views/{view}", errors=(404,))
def remove_saved_view(view: Number, caller: CanView) -> Done:
    """Forget a view of one's own, or, for whom has *setelan*, one that is for everybody."""
    remove_view(caller.store, caller.actor, view, caller.now)
    return Done(changed=True)


@operation(router, "GET", "/duty")
def get_duty(caller: CanSee) -> DutyNow:
    """Tell who is on duty, and when shifts change."""
    found = on_duty(caller.store, caller.now)
    shifts = shifts_of(caller.store.desk_settings.get(SHIFTS_KEY))
    return DutyNow(
        items=tuple(DutyView.from_record(duty, by=user.name) for duty, user in found),
        mine=any(user.id == caller.actor.user.id for _, user in found),
        shift_began=shift_began(caller.now, shifts, caller.desk.zone),
        shift_ends=next_beginning(caller.now, shifts, caller.desk.zone),
    )


@operation(router, "PUT", "/duty")
def begin_own_duty(caller: CanClaim) -> Done:
    """Begin one's duty."""
    return Done(changed=begin_duty(caller.store, caller.actor, caller.now))


@operation(router, "POST", "/duty/end")
def end_own_duty(body: EndOfDuty, caller: CanClaim) -> Done:
    """End one's duty, with what the next shift should know."""
    return Done(changed=end_duty(caller.store, caller.actor, caller.now, body.catatan))


@operation(router, "GET", "/duty/notes")
def list_shift_notes(query: Annotated[PageQuery, Query()], caller: CanSee) -> ShiftNotes:
    """List what shifts told the next ones, the newest first."""
    parts = read_cursor(query.cursor, (int,))
    found = caller.store.shift_notes.recent(query.limit + 1, parts[0] if parts else None)
    names = {user.id: user.name for user in caller.store.users.all()}
    shown = found[: query.limit]
    return ShiftNotes(
        items=tuple(ShiftNoteView.from_record(one, by=names.get(one.user_id, str(one.user_id))) for one in shown),
        next=cursor_of(shown[-1].id) if len(found) > query.limit else None,
    )


@operation(router, "POST", "/duty/notes", status=201)
def write_shift_note(body: ShiftNoteBody, caller: CanClaim) -> ShiftNoteView:
    """Write a note for the next shift."""
    write_note(caller.store, caller.actor, body.catatan, caller.now)
    return ShiftNoteView.from_record(caller.store.shift_notes.recent(1)[0], by=caller.actor.name)


@operation(router, "GET", "/notices")
def list_notices(query: Annotated[PageQuery, Query()], caller: Anybody) -> Notices:
    """List what the caller was told: mentions, incidents that were taken over; the newest first."""
    parts = read_cursor(query.cursor, (int,))
    mine = caller.actor.user.id
    found = caller.store.notices.of_user(mine, query.limit + 1, parts[0] if parts else None)
    shown = found[: query.limit]
    return Notices(
        items=tuple(NoticeView.from_record(one) for one in shown),
        unread=caller.store.notices.unread(mine),
        next=cursor_of(shown[-1].id) if len(found) > query.limit else None,
    )


@operation(router, "POST", "/notices/read")
def read_notices(body: NoticesRead, caller: Myself) -> Done:
    """Note that the caller has read what they were told: what is named, else all."""
    return Done(changed=bool(caller.store.notices.read(caller.actor.user.id, caller.now, body.nomor or None)))


def _views(caller: Caller) -> list[SavedViewView]:
    found = caller.store.saved_views.of_user(caller.actor.user.id)
    return [SavedViewView.from_record(one, mine=one.user_id == caller.actor.user.id) for one in found]
