"""Who calls the API: by a token that acts for a user, or, to read, in a browser that is logged in.

A token is sent by a program on purpose, never by a browser by itself: so no forged request (CSRF) can use one, and
nothing is changed by a session. There is no CORS: no page of another site reads an answer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from data.store import Store
from desk.api.limits import PER_MINUTE, STRANGERS_PER_MINUTE, Limiter
from desk.api.problems import UnknownCallerError
from desk.entry.doorkeeper import COOKIE, address_of, refuse_foreign, visitor
from desk.entry.guard import actor_of, token_actor
from desk.frame import Desk
from desk.permissions import Actor, Permission
from flows.desk import DeskTools

TOKEN: Final = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of the page *Akun* of the desk; its scopes are rights of the desk.",
)
SESSION: Final = APIKeyCookie(
    name=COOKIE, auto_error=False, scheme_name="sesi", description="A browser that is logged in; only to read."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, with what, when."""

    desk: Desk
    request: Request
    actor: Actor
    now: datetime

    @property
    def tools(self) -> DeskTools:
        """The desk's tools."""
        return self.desk.tools

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        return self.desk.tools.store


@dataclass(frozen=True, slots=True)
class Rules:
    """What an application of the API is made with."""

    desk: Desk
    limiter: Limiter
    per_minute: int = PER_MINUTE


@dataclass(frozen=True, slots=True)
class Reader:
    """The door of what is read: a token or a session with the right, None: any user."""

    permission: Permission | None

    def __call__(
        self,
        request: Request,
        token: Annotated[HTTPAuthorizationCredentials | None, Security(TOKEN)],
        session: Annotated[str | None, Security(SESSION)],
    ) -> Caller:
        """Return who calls, or raise."""
        return _enter(request, self.permission, token.credentials if token else None, by_session=session is not None)


@dataclass(frozen=True, slots=True)
class Writer:
    """The door of what changes something: a token with the right, None: any user."""

    permission: Permission | None

    def __call__(
        self, request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Security(TOKEN)]
    ) -> Caller:
        """Return who calls, or raise."""
        return _enter(request, self.permission, token.credentials if token else None, by_session=False)


def _enter(request: Request, permission: Permission | None, token: str | None, *, by_session: bool) -> Caller:
    rules: Rules = request.app.state.rules
    tools = rules.desk.tools
    now = tools.clock()
    actor = token_actor(tools.store, token, now) if token else None
    if actor is None and token is None and (by_session or request.cookies) and request.method == "GET":
        actor = _in_browser(request, tools, now)
    if actor is None:
        rules.limiter.take(f"address:{address_of(request)}", now, STRANGERS_PER_MINUTE)
        raise UnknownCallerError
    rules.limiter.take(f"user:{actor.user.id}", now, rules.per_minute)
    if permission is not None:
        actor.require(permission)
    return Caller(rules.desk, request, actor, now)


def _in_browser(request: Request, tools: DeskTools, now: datetime) -> Actor | None:
    found = visitor(request, tools.store, now)
    if found is None:
        return None
    refuse_foreign(request)
    session, user = found
    if (user.totp_on and not session.second_factor) or user.must_change:
        raise UnknownCallerError("finish the login in the desk first")
    return actor_of(tools.store, user, session)


P = Permission
Anybody = Annotated[Caller, Depends(Reader(None))]
CanSee = Annotated[Caller, Depends(Reader(P.LIHAT))]
CanSeeLabels = Annotated[Caller, Depends(Reader(P.LABEL))]
CanSeePeople = Annotated[Caller, Depends(Reader(P.ORANG))]
CanSeeAudit = Annotated[Caller, Depends(Reader(P.AUDIT))]
CanSeeRecipients = Annotated[Caller, Depends(Reader(P.SETELAN))]
CanSeeDeliveries = Annotated[Caller, Depends(Reader(P.PERINGATAN))]
Myself = Annotated[Caller, Depends(Writer(None))]
CanClaim = Annotated[Caller, Depends(Writer(P.KLAIM))]
CanReview = Annotated[Caller, Depends(Writer(P.TINJAU))]
CanVerify = Annotated[Caller, Depends(Writer(P.VERIFIKASI))]
CanComment = Annotated[Caller, Depends(Writer(P.KOMENTAR))]
CanMerge = Annotated[Caller, Depends(Writer(P.GABUNG))]
CanAlert = Annotated[Caller, Depends(Writer(P.PERINGATAN))]
CanEnter = Annotated[Caller, Depends(Writer(P.ENTRI))]
CanReport = Annotated[Caller, Depends(Writer(P.LAPORAN))]
CanView = Annotated[Caller, Depends(Writer(P.LIHAT))]
CanSeeDisputes = Annotated[Caller, Depends(Reader(P.ADJUDIKASI))]
CanAdjudicate = Annotated[Caller, Depends(Writer(P.ADJUDIKASI))]
CanLabel = Annotated[Caller, Depends(Writer(P.LABEL))]
CanTrain = Annotated[Caller, Depends(Writer(P.LATIH))]
CanSwitchModel = Annotated[Caller, Depends(Writer(P.MODEL))]
CanKeepSources = Annotated[Caller, Depends(Writer(P.SUMBER))]
CanSet = Annotated[Caller, Depends(Writer(P.SETELAN))]
CanKeepPeople = Annotated[Caller, Depends(Writer(P.ORANG))]
