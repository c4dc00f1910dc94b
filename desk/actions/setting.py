"""Changing what is set in the desk: checked, with a reason, against the version that was seen, and never lost.

Every value that a key ever had is kept; giving one back is a change like any other. None is "as installed".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from classifiers.stages import CALENDAR_KEY, load_calendar, with_own
from classifiers.watch_words import WATCH_WORDS_KEY, watch_words_of
from data.errors import ConflictError, InputError, UnknownItemError
from desk.permissions import ROLES, ROLES_KEY, Permission
from feeds.alerting import ALERT_RULES_KEY, alert_rules_of
from flows.desk_rules import OFFICE_KEY
from flows.feed_files import FEEDS_KEY, selections_of
from flows.retention import RETENTION_KEY, retention_of
from flows.sla import SHIFTS_KEY, shifts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from data.gazetteer import Gazetteer
    from data.store import Store
    from data.taxonomy import Taxonomy

LONGEST_WHY: Final = 500
LEAST_WHY: Final = 3
LONGEST_OFFICE: Final = 120
MOST_OWN_ROLES: Final = 20
_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{1,29}")
_STAGE_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")


@dataclass(frozen=True, slots=True)
class Checking:
    """What a value is checked against."""

    store: Store
    gazetteer: Gazetteer
    taxonomy: Taxonomy


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be set: its key, who may set it, and what refuses a value that will not do."""

    key: str
    permission: Permission
    check: Callable[[Any, Checking], None]


def change_setting(checking: Checking, by: str, key: str, value: Any, now: datetime, *, why: str, seen: int) -> int:
    """Give a key a value (None: as installed) and return the number of its version.

    ``seen`` is the version that the person had before them: ConflictError where somebody changed it since. Raises
    InputError for a value that will not do or a reason that says nothing.
    """
    store = checking.store
    reason = " ".join(why.split())
    if not LEAST_WHY <= len(reason) <= LONGEST_WHY:
        raise InputError(f"say why it is changed, in {LEAST_WHY} to {LONGEST_WHY} letters: it stands in the history")
    if value is not None:
        kind_of(key).check(value, checking)
    with store.transaction():
        # The audit log is written first: its head is held until the end, so that of two who change at once the
        # second one waits here and then finds the version changed.
        store.audit.add(by, "setelan_diubah", f"setelan/{key}", now, {"dari": seen, "alasan": reason})
        newest = next(iter(store.desk_settings.history(key, limit=1)), None)
        if newest is not None and newest.id != seen:
            raise ConflictError(f"setting {key}", by=newest.by, at=newest.at)
        store.desk_settings.put(key, value, by, now, reason)
        return store.desk_settings.version(key)


def restore_setting(
    checking: Checking, by: str, key: str, setting_id: int, now: datetime, *, why: str, seen: int
) -> int:
    """Give a key the value again that it had by the history's line ``setting_id``; UnknownItemError for none of its."""
    line = next((one for one in checking.store.desk_settings.history(key, limit=10_000) if one.id == setting_id), None)
    if line is None:
        raise UnknownItemError("setting", setting_id)
    return change_setting(checking, by, key, line.value, now, why=why, seen=seen)


def kind_of(key: str) -> Kind:
    """Return a kind of setting by its key; UnknownItemError where there is none."""
    if key not in KINDS:
        raise UnknownItemError("setting", key)
    return KINDS[key]


def _check_calendar(value: Any, checking: Checking) -> None:
    calendar = with_own(load_calendar(), value)
    base = {stage.id for stage in load_calendar().stages}
    for stage in calendar.stages:
        if not _STAGE_ID.fullmatch(stage.id):
            raise InputError(f'"{stage.id}" is no id of a stage: small letters, figures and dashes, like psu2025-siak')
        if not stage.election.strip() or len(stage.election) > LONGEST_OFFICE:
            raise InputError(f'stage "{stage.id}" needs the name of its election, like PSU 2025')
        _check_codes(stage.areas, checking.gazetteer)
    stray = [name for name in value.get("tanpa", []) if name not in base]
    if stray:
        raise InputError(f'"{stray[0]}" is no stage of the calendar that comes with the program')


def _check_watch_words(value: Any, checking: Checking) -> None:
    _check_signals((word.signal for word in watch_words_of(value) if word.signal), checking.taxonomy)


def _check_alerts(value: Any, checking: Checking) -> None:
    for rule in alert_rules_of(value).special:
        _check_signals(rule.signals, checking.taxonomy)
        _check_codes(rule.regions, checking.gazetteer)


def _check_codes(codes: Iterable[str], gazetteer: Gazetteer) -> None:
    for code in codes:
        gazetteer.unit(code)  # raises where there is none


def _check_signals(signals: Iterable[str], taxonomy: Taxonomy) -> None:
    for slug in signals:
        taxonomy.signal(slug)  # raises where there is none


def _check_roles(value: Any, checking: Checking) -> None:
    if not isinstance(value, dict) or not all(isinstance(rights, list) for rights in value.values()):
        raise InputError("roles are names with lists of rights")
    known = {permission.value for permission in Permission}
    for name, rights in value.items():
        if not _ROLE.fullmatch(name):
            raise InputError(f'"{name}" is no name of a role: 2 to 30 small letters, figures or _')
        unknown = [right for right in rights if right not in known]
        if unknown:
            raise InputError(f'there is no right "{unknown[0]}"; there are {", ".join(sorted(known))}')
    if len(set(value) - set(ROLES)) > MOST_OWN_ROLES:
        raise InputError(f"there can be at most {MOST_OWN_ROLES} roles of your own")
    held = {user.role: user.name for user in checking.store.users.all()}
    lost = [role for role in held if role not in value and role not in ROLES]
    if lost:
        raise InputError(f'role "{lost[0]}" cannot go: {held[lost[0]]} has it; give them another one first')


def _check_feeds(value: Any, checking: Checking) -> None:
    selections_of(value, checking.gazetteer, checking.taxonomy)


def _check_office(value: Any, _: Checking) -> None:
    name = value.get("nama") if isinstance(value, dict) else None
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_OFFICE or not name.isprintable():
        raise InputError(f"the desk's name has 1 to {LONGEST_OFFICE} letters")


def _check_shifts(value: Any, _: Checking) -> None:
    shifts_of(value)


def _check_retention(value: Any, _: Checking) -> None:
    retention_of(value)


KINDS: Final = {
    kind.key: kind
    for kind in (
        Kind(CALENDAR_KEY, Permission.SETELAN, _check_calendar),
        Kind(WATCH_WORDS_KEY, Permission.SETELAN, _check_watch_words),
        Kind(ALERT_RULES_KEY, Permission.SETELAN, _check_alerts),
        Kind(FEEDS_KEY, Permission.SETELAN, _check_feeds),
        Kind(SHIFTS_KEY, Permission.SETELAN, _check_shifts),
        Kind(OFFICE_KEY, Permission.SETELAN, _check_office),
        Kind(RETENTION_KEY, Permission.ORANG, _check_retention),
        Kind(ROLES_KEY, Permission.ORANG, _check_roles),
    )
}
"""Everything that is set in the desk, by key. What could lock people out or delete is for those who hold *orang*."""
