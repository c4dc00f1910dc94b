"""One's own account: logging in and out, the second factor, password, sessions and keys for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from data.errors import InputError, KentonganError, UnknownItemError
from desk.entry.doorkeeper import address_of, give_cookie, refuse_foreign, take_cookie, visitor
from desk.entry.guard import (
    LoginRefusedError,
    change_password,
    give_second_factor,
    log_in,
    log_out,
    new_token,
    renew_cookie,
)
from desk.entry.second_factor import address_of as otp_address
from desk.entry.second_factor import new_secret, qr_of, step_of
from desk.frame import CHANGE_PASSWORD, LOGIN, SECOND_FACTOR, language_of, local_path
from desk.permissions import Permission

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.people import Session
    from desk.frame import Call, Desk

TOKEN_DAYS: Final = (30, 90, 365)


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of logging in and of one's own account."""

    async def enter(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10) if request.method == "POST" else None
        return await run_in_threadpool(_enter, desk, request, form)

    return [
        Route(LOGIN, enter, methods=["GET", "POST"]),
        desk.route(SECOND_FACTOR, second_factor, None, methods=["GET", "POST"]),
        desk.route("/keluar", leave, None, methods=["POST"]),
        desk.route("/akun", show, None),
        desk.route(CHANGE_PASSWORD, password, None, methods=["GET", "POST"]),
        desk.route("/akun/faktor", enrol, None, methods=["GET", "POST"]),
        desk.route("/akun/faktor/hapus", remove_factor, None, methods=["POST"]),
        desk.route("/akun/sesi/{number:int}", end_session, None, methods=["POST"]),
        desk.route("/akun/sesi", end_others, None, methods=["POST"]),
        desk.route("/akun/token", add_token, None, methods=["POST"]),
        desk.route("/akun/token/{number:int}", revoke_token, None, methods=["POST"]),
    ]


def _enter(desk: Desk, request: Request, form: FormData | None) -> Response:
    """Show the login, or take a name and password."""
    lang, store, now = language_of(request), desk.tools.store, desk.tools.clock()
    target = local_path(request.query_params.get("lanjut", "/"))
    values: dict[str, Any] = {"lang": lang, "request": request, "name": "", "sentence": "", "target": target}
    values |= {"until": None, "empty": False}
    if form is None:
        if visitor(request, store, now) is not None:
            return RedirectResponse(target, status_code=303)
        values["empty"] = store.users.count() == 0
        return _login_page(desk, values)
    name, secret = str(form.get("nama", "")), str(form.get("sandi", ""))
    target = local_path(str(form.get("lanjut", "/")))
    values |= {"name": name[:80], "target": target}
    try:
        refuse_foreign(request)
        agent = request.headers.get("user-agent", "")
        entry = log_in(store, name[:200], secret, now, address=address_of(request), agent=agent)
    except LoginRefusedError as error:
        values |= {"sentence": str(error), "until": error.until}
        return _login_page(desk, values, status=429 if error.until else 401)
    except KentonganError as error:
        return desk.failed(request, error, lang)
    response = RedirectResponse(target if entry.session.second_factor else SECOND_FACTOR, status_code=303)
    give_cookie(request, response, entry.cookie)
    return response


def _login_page(desk: Desk, values: dict[str, Any], status: int = 200) -> Response:
    return HTMLResponse(desk.render("login.html", None, values), status_code=status)


def _session(call: Call) -> Session:
    session = call.actor.session
    assert session is not None  # noqa: S101  # the door lets nobody in without one
    return session


def second_factor(call: Call) -> Response:
    """Ask for the second factor's code, and take it."""
    session = _session(call)
    if session.second_factor:
        return call.go("/")
    if call.request.method == "GET":
        return call.page("second_factor.html", sentence="")
    try:
        address = address_of(call.request)
        cookie = give_second_factor(call.store, session, call.text("kode"), call.now, address=address)
    except LoginRefusedError as error:
        return call.page("second_factor.html", status=401, sentence=str(error))
    response = call.go("/")
    give_cookie(call.request, response, cookie)
    return response


def leave(call: Call) -> Response:
    """Log out."""
    log_out(call.store, _session(call), call.actor.user, call.now)
    response = call.go(LOGIN)
    take_cookie(call.request, response)
    return response


def show(call: Call) -> Response:
    """Show one's own account: rights, regions, sessions, keys."""
    user = call.actor.user
    return call.page(
        "account.html",
        user=user,
        regions=[call.tools.gazetteer.name(code) for code in user.regions],
        sessions=call.store.sessions.of_user(user.id),
        tokens=call.store.tokens.all(user.id),
        days=TOKEN_DAYS,
        fresh="",
    )


def password(call: Call) -> Response:
    """Show the form of another password, and take it."""
    if call.request.method == "GET":
        return call.page("password.html", sentence="")
    user, session = call.actor.user, _session(call)
    try:
        new = _agreed(call.text("baru"), call.text("ulang"))
        change_password(call.store, user, call.text("lama"), new, call.now, keep=session.id)
    except InputError as error:
        return call.page("password.html", status=422, sentence=str(error))
    return call.go(
        "/akun", call.say("Kata sandi diganti; sesi lain diakhiri.", "Password changed; other sessions ended.")
    )


def _agreed(one: str, other: str) -> str:
    if one != other:
        raise InputError("the two new passwords differ")
    return one


def enrol(call: Call) -> Response:
    """Show a new second factor as a QR code, and take its first code."""
    user = call.actor.user
    if user.totp_on:
        raise InputError("a second factor is set up already; remove it before you set up another")
    secret, _ = call.store.users.totp_of(user.id)
    if call.request.method == "GET" or not secret:
        secret = new_secret()
        call.store.users.change(user.id, totp_secret=secret)
        return _enrol_page(call, secret, "")
    step = step_of(call.text("kode"), secret, call.now, 0)
    if step is None:
        return _enrol_page(call, secret, "the code is not right, or was used before; wait for the next one", 422)
    with call.store.transaction():
        call.store.users.change(user.id, totp_on=True, totp_step=step)
        call.store.sessions.end_all(user.id, call.now, besides=_session(call).id)
        call.store.audit.add(user.name, "faktor_dipasang", f"orang/{user.name}", call.now)
    cookie = renew_cookie(call.store, _session(call))
    response = call.go("/akun", call.say("Faktor kedua dipasang.", "The second factor is set up."))
    give_cookie(call.request, response, cookie)
    return response


def _enrol_page(call: Call, secret: str, sentence: str, status: int = 200) -> Response:
    address = otp_address(secret, call.actor.user.name)
    return call.page("enrol.html", status=status, secret=secret, qr=qr_of(address), sentence=sentence)


def remove_factor(call: Call) -> Response:
    """Take one's own second factor away, for whoever knows the password and a code of it."""
    user = call.actor.user
    secret, last = call.store.users.totp_of(user.id)
    if not user.totp_on or not secret or step_of(call.text("kode"), secret, call.now, last) is None:
        raise InputError("the code is not right, or was used before; wait for the next one")
    with call.store.transaction():
        call.store.users.change(user.id, totp_on=False, totp_secret=None, totp_step=0)
        call.store.audit.add(user.name, "faktor_dihapus", f"orang/{user.name}", call.now)
    return call.go("/akun", call.say("Faktor kedua dihapus.", "The second factor was removed."))


def end_session(call: Call) -> Response:
    """End one of one's own sessions."""
    number = call.number("number")
    if number not in {one.id for one in call.store.sessions.of_user(call.actor.user.id)}:
        raise UnknownItemError("session", number)
    with call.store.transaction():
        call.store.sessions.end(number, call.now)
        call.store.audit.add(call.actor.name, "sesi_diakhiri", f"sesi/{number}", call.now)
    return call.go("/akun", call.say("Sesi diakhiri.", "Session ended."))


def end_others(call: Call) -> Response:
    """End all of one's own sessions but this one."""
    with call.store.transaction():
        ended = call.store.sessions.end_all(call.actor.user.id, call.now, besides=_session(call).id)
        call.store.audit.add(call.actor.name, "sesi_diakhiri", f"orang/{call.actor.name}", call.now, {"sesi": ended})
    return call.go("/akun", call.say(f"{ended} sesi diakhiri.", f"{ended} sessions ended."))


def add_token(call: Call) -> Response:
    """Make a key for a program and show it once."""
    scopes = [right for right in call.texts("lingkup") if call.actor.may_by_slug(right)]
    days = call.text("hari", "90")
    if not scopes or not call.text("nama"):
        raise InputError("a key has a name and at least one right")
    length = timedelta(days=int(days)) if days.isdecimal() and int(days) in TOKEN_DAYS else timedelta(days=90)
    token, _ = new_token(call.store, call.actor.user, call.text("nama")[:80], scopes, call.now, call.now + length)
    user = call.actor.user
    return call.page(
        "account.html",
        user=user,
        regions=[call.tools.gazetteer.name(code) for code in user.regions],
        sessions=call.store.sessions.of_user(user.id),
        tokens=call.store.tokens.all(user.id),
        days=TOKEN_DAYS,
        fresh=token,
    )


def revoke_token(call: Call) -> Response:
    """Make one of one's own keys worthless; an admin may do so with anybody's."""
    number = call.number("number")
    mine = {one.id for one in call.store.tokens.all(call.actor.user.id)}
    if number not in mine and not call.actor.may(Permission.ORANG):
        raise UnknownItemError("token", number)
    with call.store.transaction():
        call.store.tokens.revoke(number, call.now)
        call.store.audit.add(call.actor.name, "token_dicabut", f"token/{number}", call.now)
    return call.go("/akun", call.say("Token dicabut.", "Token revoked."))
