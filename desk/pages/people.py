"""The persons of the desk, for its admins: add, change role and regions, new password, disable; the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import InputError, UnknownItemError
from desk.actions.people import add_person, change_person, reset_password
from desk.permissions import ROLES_KEY, Permission, roles_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.people import User
    from desk.frame import Call, Desk


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of users and of the audit log."""
    return [
        desk.route("/orang", show, Permission.ORANG),
        desk.route("/orang", add, Permission.ORANG, methods=["POST"]),
        desk.route("/orang/{number:int}", change, Permission.ORANG, methods=["POST"]),
        desk.route("/orang/{number:int}/sandi", new_password, Permission.ORANG, methods=["POST"]),
        desk.route("/audit", audit, Permission.AUDIT),
    ]


def show(call: Call) -> Response:
    """List the persons, with a form for each."""
    return _page(call)


def _page(call: Call, *, told: str = "", secret: str = "", status: int = 200) -> Response:
    return call.page(
        "people.html",
        status=status,
        people=call.store.users.all(),
        roles=roles_of(call.store.desk_settings.get(ROLES_KEY)),
        told=told,
        secret=secret,
    )


def add(call: Call) -> Response:
    """Add a person with a password that was made up, which is shown once."""
    regions = call.text("wilayah").replace(",", " ").split()
    user, secret = add_person(
        call.store,
        call.tools.gazetteer,
        call.actor.name,
        call.text("nama"),
        call.text("tampil"),
        call.text("peran"),
        regions,
        call.now,
    )
    return _page(call, told=user.display, secret=secret)


def change(call: Call) -> Response:
    """Change a person's role and regions, or whether they may log in."""
    user = _user(call)
    enabled = call.text("aktif") == "1"
    if user.id == call.actor.user.id and (not enabled or call.text("peran") != user.role):
        raise InputError("you cannot take your own rights; ask another admin")
    regions = call.text("wilayah").replace(",", " ").split()
    change_person(
        call.store,
        call.tools.gazetteer,
        call.actor.name,
        user,
        call.now,
        role=call.text("peran"),
        regions=regions,
        enabled=enabled,
    )
    return call.go("/orang", call.say(f"{user.display} diubah.", f"{user.display} was changed."))


def new_password(call: Call) -> Response:
    """Give a person a new password that was made up, which is shown once; their second factor goes too."""
    user = _user(call)
    return _page(call, told=user.display, secret=reset_password(call.store, call.actor.name, user, call.now))


def audit(call: Call) -> Response:
    """Show the audit log, the newest first."""
    before = call.asked("sebelum")
    entries = call.store.audit.entries(
        subject=call.asked("hal") or None,
        actor=call.asked("oleh") or None,
        before=int(before) if before.isdecimal() and len(before) < 12 else None,
        limit=101,
    )
    return call.page(
        "audit.html",
        entries=entries[:100],
        more=entries[99].id if len(entries) > 100 else None,
        subject=call.asked("hal"),
        by=call.asked("oleh"),
    )


def _user(call: Call) -> User:
    user = call.store.users.get(call.number("number"))
    if user is None:
        raise UnknownItemError("user", call.number("number"))
    return user
