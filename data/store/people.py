"""The persons of the desk, their sessions, tokens and failed logins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select, update

from data.errors import InputError, UnknownItemError
from data.people import ApiToken, Session, User
from data.store.desk_tables import api_tokens, login_failures, sessions, users

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from data.store.database import Database

MOST: Final = 10_000


class Users:
    """Users by id and name; secrets are handed out only by the two functions that say so."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        display: str,
        role: str,
        regions: Sequence[str],
        password: str,
        at: datetime,
        *,
        must_change: bool = False,
    ) -> User:
        """Keep a new user and return it; ``password`` is its hash. Raises InputError where the name is taken."""
        values = {
            "name": name,
            "display": display,
            "role": role,
            "regions": list(regions),
            "password": password,
            "password_at": at,
            "must_change": must_change,
            "totp_on": False,
            "totp_step": 0,
            "created_at": at,
        }
        statement = self._database.insert(users).values(values).on_conflict_do_nothing(index_elements=["name"])
        with self._database.write() as connection:
            number = connection.execute(statement.returning(users.c.id)).scalar()
            if number is None:
                raise InputError(f'there is a user "{name}" already; take another name')
            return self.held(number)

    def get(self, user_id: int) -> User | None:
        """Return a user; None where there is none of that id."""
        found = self._list(select(users).where(users.c.id == user_id))
        return found[0] if found else None

    def by_name(self, name: str) -> User | None:
        """Return the user who logs in with ``name`` (lower case); None where there is none."""
        found = self._list(select(users).where(users.c.name == name))
        return found[0] if found else None

    def all(self) -> list[User]:
        """Return all users, by name; those who may no longer log in too."""
        return self._list(select(users).order_by(users.c.name))

    def count(self) -> int:
        """Return how many users may log in."""
        with self._database.read() as connection:
            statement = select(func.count()).select_from(users).where(users.c.disabled_at.is_(None))
            return connection.execute(statement).scalar_one()

    def password_of(self, user_id: int) -> str:
        """Return the hash of a user's password."""
        return str(self._secret(user_id, "password"))

    def totp_of(self, user_id: int) -> tuple[str | None, int]:
        """Return a user's second factor: the secret (base 32; None: none was made), and the last step that was used."""
        with self._database.read() as connection:
            mine = users.c.id == user_id
            row = connection.execute(select(users.c.totp_secret, users.c.totp_step).where(mine)).first()
        if row is None:
            raise UnknownItemError("user", user_id)
        return row.totp_secret, row.totp_step

    def change(self, user_id: int, **values: Any) -> User:
        """Set columns of a user and return it as it is then. Raises UnknownItemError."""
        with self._database.write() as connection:
            self.held(user_id)
            connection.execute(update(users).where(users.c.id == user_id).values(**values))
            return self.held(user_id)

    def take_step(self, user_id: int, step: int) -> bool:
        """Note that the code of a time step was used; False where that step, or a later one, was used before."""
        mine = (users.c.id == user_id, users.c.totp_step < step)
        with self._database.write() as connection:
            return connection.execute(update(users).where(*mine).values(totp_step=step)).rowcount == 1

    def held(self, user_id: int) -> User:
        """Return a user, its row held until the transaction around it ends. Raises UnknownItemError."""
        found = self._list(select(users).where(users.c.id == user_id).with_for_update())
        if not found:
            raise UnknownItemError("user", user_id)
        return found[0]

    def _secret(self, user_id: int, column: str) -> Any:
        with self._database.read() as connection:
            row = connection.execute(select(users.c[column]).where(users.c.id == user_id)).first()
        if row is None:
            raise UnknownItemError("user", user_id)
        return row[0]

    def _list(self, statement: Any) -> list[User]:
        with self._database.read() as connection:
            return [_user(row) for row in connection.execute(statement)]


class Sessions:
    """Logins, by the SHA-256 of what the browser holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self, token: str, user_id: int, csrf: str, at: datetime, *, address: str, agent: str, second_factor: bool
    ) -> Session:
        """Keep a new login and return it; ``token`` is the digest."""
        values = {
            "token": token,
            "user_id": user_id,
            "csrf": csrf,
            "second_factor": second_factor,
            "address": address,
            "agent": agent[:300],
            "created_at": at,
            "last_seen": at,
        }
        with self._database.write() as connection:
            insert = self._database.insert(sessions).values(values).returning(sessions.c.id)
            number = connection.execute(insert).scalar_one()
            return _session(connection.execute(select(sessions).where(sessions.c.id == number)).one())

    def by_token(self, token: str) -> Session | None:
        """Return the login of a digest, ended ones too; None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(sessions).where(sessions.c.token == token)).first()
        return _session(row) if row is not None else None

    def touch(self, session_id: int, at: datetime) -> None:
        """Note that a login was used."""
        self._set(sessions.c.id == session_id, last_seen=at)

    def pass_second_factor(self, session_id: int, token: str) -> None:
        """Note that the second factor was given; the browser's token changes with it (session fixation)."""
        self._set(sessions.c.id == session_id, second_factor=True, token=token)

    def of_user(self, user_id: int, since: datetime | None = None) -> list[Session]:
        """Return a user's logins that were not ended, those used last first; used ``since`` then, if given."""
        mine = [sessions.c.user_id == user_id, sessions.c.ended_at.is_(None)]
        if since is not None:
            mine.append(sessions.c.last_seen >= since)
        with self._database.read() as connection:
            order = sessions.c.last_seen.desc()
            return [_session(row) for row in connection.execute(select(sessions).where(*mine).order_by(order))]

    def end(self, session_id: int, at: datetime) -> None:
        """End a login at once, for good."""
        self._set(sessions.c.id == session_id, ended_at=at)

    def end_all(self, user_id: int, at: datetime, besides: int | None = None) -> int:
        """End all logins of a user but one and return how many there were."""
        mine = [sessions.c.user_id == user_id, sessions.c.ended_at.is_(None)]
        if besides is not None:
            mine.append(sessions.c.id != besides)
        with self._database.write() as connection:
            return connection.execute(update(sessions).where(*mine).values(ended_at=at)).rowcount

    def forget(self, before: datetime) -> int:
        """Remove logins that were last used before then and return how many."""
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(sessions.c.last_seen < before)).rowcount

    def _set(self, *conditions: Any, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(update(sessions).where(*conditions).values(**values))


class Tokens:
    """Keys of programs, by their SHA-256."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, token: str, user_id: int, name: str, scopes: Sequence[str], at: datetime, expires_at: datetime | None
    ) -> ApiToken:
        """Keep a new key and return it; ``token`` is the digest."""
        values = {"token": token, "user_id": user_id, "name": name, "scopes": list(scopes), "created_at": at}
        values |= {"expires_at": expires_at}
        with self._database.write() as connection:
            insert = self._database.insert(api_tokens).values(values).returning(api_tokens.c.id)
            number = connection.execute(insert).scalar_one()
            return _token(connection.execute(select(api_tokens).where(api_tokens.c.id == number)).one())

    def by_token(self, token: str) -> ApiToken | None:
        """Return the key of a digest, revoked and expired ones too; None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(api_tokens).where(api_tokens.c.token == token)).first()
        return _token(row) if row is not None else None

    def all(self, user_id: int | None = None) -> list[ApiToken]:
        """Return the keys that were not revoked, the newest first; of one user or of all."""
        statement = select(api_tokens).where(api_tokens.c.revoked_at.is_(None)).order_by(api_tokens.c.id.desc())
        if user_id is not None:
            statement = statement.where(api_tokens.c.user_id == user_id)
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(statement.limit(MOST))]

    def use(self, token_id: int, at: datetime) -> None:
        """Note that a key was used."""
        self._set(token_id, last_used=at)

    def revoke(self, token_id: int, at: datetime) -> None:
        """Make a key worthless, at once and for good. Raises UnknownItemError where there is none of that id."""
        if not self._set(token_id, revoked_at=at):
            raise UnknownItemError("token", token_id)

    def _set(self, token_id: int, **values: Any) -> int:
        with self._database.write() as connection:
            return connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(**values)).rowcount


class LoginFailures:
    """Failed logins by what they were tried with: a name, an address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, keys: Collection[str], at: datetime) -> None:
        """Note a failure under each key."""
        with self._database.write() as connection:
            connection.execute(self._database.insert(login_failures), [{"key": key, "at": at} for key in sorted(keys)])

    def since(self, key: str, at: datetime) -> Sequence[datetime]:
        """Return the failures of a key since then, the first one first."""
        mine = (login_failures.c.key == key, login_failures.c.at >= at)
        with self._database.read() as connection:
            statement = select(login_failures.c.at).where(*mine).order_by(login_failures.c.at)
            return connection.execute(statement).scalars().all()

    def clear(self, keys: Collection[str]) -> None:
        """Forget the failures of keys: somebody got in."""
        with self._database.write() as connection:
            connection.execute(delete(login_failures).where(login_failures.c.key.in_(sorted(keys))))

    def forget(self, before: datetime) -> int:
        """Remove failures from before then and return how many."""
        with self._database.write() as connection:
            return connection.execute(delete(login_failures).where(login_failures.c.at < before)).rowcount


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        name=row.name,
        display=row.display,
        role=row.role,
        regions=tuple(row.regions),
        password_at=row.password_at,
        must_change=row.must_change,
        totp_on=row.totp_on,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _session(row: Row[Any]) -> Session:
    values = row._asdict()
    del values["token"]
    return Session(**values)


def _token(row: Row[Any]) -> ApiToken:
    values = row._asdict()
    del values["token"]
    return ApiToken(**{**values, "scopes": tuple(row.scopes)})
