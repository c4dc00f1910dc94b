"""The desk itself: who calls, tokens, persons, the audit log."""

from typing import Annotated

from fastapi import APIRouter, Query

from data.errors import InputError, UnknownItemError
from desk.actions.people import add_person, change_person, reset_password
from desk.api.answers import cursor_of, read_cursor
from desk.api.bodies import AuditQuery, NewPersonBody, Number, PersonChange
from desk.api.door import Anybody, CanKeepPeople, CanSeeAudit, CanSeePeople, Myself
from desk.api.routing import operation
from desk.api.views import (
    AuditPage,
    AuditView,
    Done,
    Me,
    NewPerson,
    People,
    PersonView,
    Tokens,
    TokenView,
)
from desk.api.work_views import NewPassword

router = APIRouter()


@operation(router, "GET", "/me")
def get_me(caller: Anybody) -> Me:
    """Tell who calls, and what they may do by this token."""
    user = caller.actor.user
    return Me.from_record(user, scopes=tuple(sorted(right.value for right in caller.actor.permissions)))


@operation(router, "GET", "/me/tokens")
def list_tokens(caller: Anybody) -> Tokens:
    """List one's own tokens; a new one is made in the desk, by a person with their password."""
    return Tokens(items=tuple(TokenView.from_record(one) for one in caller.store.tokens.all(caller.actor.user.id)))


@operation(router, "DELETE", "/me/tokens/{token}", errors=(404,))
def revoke_token(token: Number, caller: Myself) -> Done:
    """Make one of one's own tokens worthless, at once and for good; this one too."""
    store = caller.store
    if token not in {one.id for one in store.tokens.all(caller.actor.user.id)}:
        raise UnknownItemError("token", token)
    with store.transaction():
        store.tokens.revoke(token, caller.now)
        store.audit.add(caller.actor.name, "token_dicabut", f"token/{token}", caller.now)
    return Done(changed=True)


@operation(router, "GET", "/people")
def list_people(caller: CanSeePeople) -> People:
    """List the persons of the desk."""
    return People(items=tuple(PersonView.from_record(one) for one in caller.store.users.all()))


@operation(router, "POST", "/people", errors=(404, 409), status=201)
def add_user(body: NewPersonBody, caller: CanKeepPeople) -> NewPerson:
    """Add a person with a password that is made up, told once, and must be changed at the first login."""
    user, secret = add_person(
        caller.store,
        caller.tools.gazetteer,
        caller.actor.name,
        body.nama,
        body.tampil,
        body.peran,
        body.wilayah,
        caller.now,
    )
    return NewPerson(person=PersonView.from_record(user), password=secret)


@operation(router, "PUT", "/people/{number}", errors=(404,))
def change_user(number: Number, body: PersonChange, caller: CanKeepPeople) -> PersonView:
    """Change role and regions, or whether somebody may log in; nobody takes their own rights."""
    user = caller.store.users.get(number)
    if user is None:
        raise UnknownItemError("user", number)
    if user.id == caller.actor.user.id and (not body.aktif or body.peran != user.role):
        raise InputError("you cannot take your own rights; ask another admin")
    changed = change_person(
        caller.store,
        caller.tools.gazetteer,
        caller.actor.name,
        user,
        caller.now,
        role=body.peran,
        regions=body.wilayah,
        enabled=body.aktif,
    )
    return PersonView.from_record(changed)


@operation(router, "POST", "/people/{number}/password", errors=(404,), status=201)
def reset_user_password(number: Number, caller: CanKeepPeople) -> NewPassword:
    """Give a person a new password that is made up and told once; their second factor and their sessions end."""
    user = caller.store.users.get(number)
    if user is None:
        raise UnknownItemError("user", number)
    return NewPassword(name=user.name, password=reset_password(caller.store, caller.actor.name, user, caller.now))


@operation(router, "GET", "/audit")
def list_audit(query: Annotated[AuditQuery, Query()], caller: CanSeeAudit) -> AuditPage:
    """List entries of the audit log, the newest first."""
    parts = read_cursor(query.cursor, (int,))
    found = caller.store.audit.entries(
        subject=query.subject,
        actor=query.actor,
        action=query.action,
        before=parts[0] if parts else None,
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    following = cursor_of(shown[-1].id) if len(found) > query.limit else None
    return AuditPage(items=tuple(AuditView.from_record(one) for one in shown), next=following)
