"""Who is on duty and what one shift tells the next (*jaga*), what a person was told (*kabar*), and what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from data.records import Urgency
from desk.actions.duty import begin_duty, end_duty, on_duty, write_note
from desk.actions.work import claim as claim_one
from desk.actions.work import hands, leave, release, see, take_over
from desk.entry.doorkeeper import BY_ITSELF
from desk.moves import NAMES
from desk.permissions import Permission
from flows.sla import SHIFTS_KEY, next_beginning, shift_began, shifts_of

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from desk.actions.work import Hands
    from desk.frame import Call, Desk

NOTES: Final = 20
URGENT: Final = (Urgency.P1, Urgency.P2)
"""What is told with a sound, a badge and a browser's notice."""
MOST_ROWS: Final = 200
"""Rows of which a page asks in whose hands they are."""


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of duty, notices, claims of one incident, and what is new."""
    number = "/kejadian/{number:int}"
    return [
        desk.route("/jaga", show, Permission.LIHAT),
        desk.route("/jaga/mulai", begin, Permission.KLAIM, methods=["POST"]),
        desk.route("/jaga/selesai", end, Permission.KLAIM, methods=["POST"]),
        desk.route("/jaga/catatan", write, Permission.KLAIM, methods=["POST"]),
        desk.route("/kabar", notices, None),
        desk.route("/kabar/baca", read_all, None, methods=["POST"]),
        desk.route("/antrean/kabar", news, Permission.LIHAT),
        desk.route(f"{number}/klaim", claim, Permission.KLAIM, methods=["POST"]),
        desk.route(f"{number}/lepas", let_go, Permission.KLAIM, methods=["POST"]),
        desk.route(f"{number}/ambil-alih", take, Permission.VERIFIKASI, methods=["POST"]),
        desk.route(f"{number}/hadir", here, Permission.LIHAT, methods=["POST"]),
        desk.route(f"{number}/pergi", gone, Permission.LIHAT, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show who is on duty, the shift, and the notes of the last ones."""
    shifts = shifts_of(call.store.desk_settings.get(SHIFTS_KEY))
    before = call.asked("sebelum")
    notes = call.store.shift_notes.recent(NOTES + 1, int(before) if before.isdecimal() and len(before) <= 9 else None)
    duty = on_duty(call.store, call.now)
    return call.page(
        "duty.html",
        duty=duty,
        mine=any(user.id == call.actor.user.id for _, user in duty),
        began=shift_began(call.now, shifts, call.desk.zone),
        ends=next_beginning(call.now, shifts, call.desk.zone),
        notes=notes[:NOTES],
        older=notes[NOTES - 1].id if len(notes) > NOTES else None,
        people={user.id: user for user in call.store.users.all()},
        recent=call.store.duties.recent(),
    )


def begin(call: Call) -> Response:
    """Begin a duty."""
    begin_duty(call.store, call.actor, call.now)
    return call.go("/jaga", call.say("Anda bertugas jaga.", "You are on duty."))


def end(call: Call) -> Response:
    """End a duty, with what the next shift should know."""
    end_duty(call.store, call.actor, call.now, call.text("catatan"))
    return call.go("/jaga", call.say("Tugas jaga Anda selesai.", "Your duty has ended."))


def write(call: Call) -> Response:
    """Write a note for the next shift."""
    write_note(call.store, call.actor, call.text("catatan"), call.now)
    return call.go("/jaga", call.say("Catatan disimpan.", "The note is kept."))


def notices(call: Call) -> Response:
    """Show what the person was told."""
    before = call.asked("sebelum")
    found = call.store.notices.of_user(
        call.actor.user.id, NOTES + 1, int(before) if before.isdecimal() and len(before) <= 9 else None
    )
    return call.page(
        "notices.html",
        notices=found[:NOTES],
        older=found[NOTES - 1].id if len(found) > NOTES else None,
        unread=call.store.notices.unread(call.actor.user.id),
    )


def read_all(call: Call) -> Response:
    """Note that the person has read what they were told: what is named, else all."""
    numbers = [int(one) for one in call.texts("nomor") if one.isdecimal() and len(one) <= 9]
    call.store.notices.read(call.actor.user.id, call.now, numbers or None)
    return call.go("/kabar")


def news(call: Call) -> Response:
    """Tell a page that looks by itself what is new since a change that it knows, as JSON.

    ``baru``: what opened or became more urgent, the most urgent first, at most ten; ``jumlah``: how many of each
    urgency; ``belum_dibaca``: notices; ``baris``: for the incidents that are asked for, in whose hands they are.
    """
    since = call.asked("sejak")
    last = int(since) if since.isdecimal() and len(since) <= 18 else None
    store = call.store
    if last is None:
        told: dict[str, Any] = {"sejak": store.queue.last_change(), "baru": [], "jumlah": {}, "mulai_lagi": False}
    else:
        found = store.queue.news(last)
        incidents = [
            one
            for one in store.incidents.of([*found.opened, *found.raised])
            if one.merged_into is None and call.actor.sees(place.code for place in one.places)
        ]
        incidents.sort(key=lambda one: (one.urgency, -one.id))
        counts = {one.value: sum(1 for each in incidents if each.urgency is one) for one in Urgency}
        told = {
            "sejak": found.last,
            "mulai_lagi": found.slept,
            "jumlah": {name: n for name, n in counts.items() if n},
            "baru": [
                {"id": one.id, "urgensi": one.urgency.value, "judul": one.title[:200], "penting": one.urgency in URGENT}
                for one in incidents[:10]
            ],
        }
    unread = store.notices.unread(call.actor.user.id)
    told |= {"belum_dibaca": unread, "baris": _rows(call), "waktu": call.now.isoformat(timespec="seconds")}
    return JSONResponse(told)


def _rows(call: Call) -> dict[str, dict[str, Any]]:
    asked = [int(one) for one in call.asked("baris").split(",") if one.isdecimal() and len(one) <= 9][:MOST_ROWS]
    seen = [one for one in call.store.incidents.of(asked) if call.actor.sees(place.code for place in one.places)]
    found = hands(call.store, call.actor, [one.id for one in seen], call.now)
    return {
        str(one.id): {
            "pemegang": _holder(found[one.id]),
            "milik_saya": found[one.id].mine,
            "melihat": [user.display for user in found[one.id].others],
            "status": one.status.value,
            "status_nama": call.say(*NAMES[one.status]),
        }
        for one in seen
    }


def _holder(held: Hands) -> str:
    return held.holder.display if held.holder is not None else ""


def claim(call: Call) -> Response:
    """Take an incident into one's hands, from its own page."""
    number = call.number("number")
    claim_one(call.store, call.actor, number, call.now)
    return call.go(f"/kejadian/{number}", call.say("Kejadian ini Anda kerjakan.", "This incident is yours."))


def let_go(call: Call) -> Response:
    """Let go of it."""
    number = call.number("number")
    release(call.store, call.actor, number, call.now)
    return call.go(f"/kejadian/{number}", call.say("Klaim dilepas.", "Released."))


def take(call: Call) -> Response:
    """Take it out of somebody else's hands, with the reason."""
    number = call.number("number")
    take_over(call.store, call.actor, number, call.text("alasan"), call.now)
    return call.go(f"/kejadian/{number}", call.say("Kejadian ini Anda ambil alih.", "You took this incident over."))


def here(call: Call) -> Response:
    """Take the sign that a page gives while an incident is before somebody; answer in whose hands it is.

    One that the page gave by itself, without anything done on it, lengthens no claim.
    """
    number = call.number("number")
    incident = call.store.incidents.get(number)
    if incident is None or not call.actor.sees(place.code for place in incident.places):
        return JSONResponse({"ada": False}, status_code=404)
    active = BY_ITSELF not in call.request.headers or call.text("aktif") == "1"
    see(call.store, call.actor, number, call.now, active=active)
    held = hands(call.store, call.actor, [number], call.now)[number]
    return JSONResponse(
        {
            "ada": True,
            "pemegang": _holder(held),
            "milik_saya": held.mine,
            "melihat": [user.display for user in held.others],
            "versi": call.store.incidents.version(number),
            "status": incident.status.value,
        }
    )


def gone(call: Call) -> Response:
    """Take the sign that an incident's page was closed."""
    leave(call.store, call.actor, call.number("number"))
    return Response(status_code=204)
