"""What is set in the desk: calendar, watch-words, rules of alerts, shifts, roles, retention."""

from typing import Annotated

from fastapi import APIRouter, Path

from desk.actions.setting import KINDS, Checking, change_setting, kind_of, restore_setting
from desk.api.answers import version_in
from desk.api.bodies import NewValue
from desk.api.deciding import against_version
from desk.api.door import Anybody, Caller, Myself
from desk.api.routing import IfMatch, operation
from desk.api.views import SettingKeys, SettingView
from desk.api.work_bodies import Restoration
from desk.api.work_views import SettingHistory, SettingLine

router = APIRouter(prefix="/settings")

MOST_LINES = 100

Key = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,60}$", examples=["jam_jaga"])]


@operation(router, "GET", "")
def list_settings(caller: Anybody) -> SettingKeys:
    """List the settings that the caller may read and change."""
    return SettingKeys(items=tuple(key for key, kind in KINDS.items() if caller.actor.may(kind.permission)))


@operation(router, "GET", "/{key}", errors=(404,))
def get_setting(key: Key, caller: Anybody) -> SettingView:
    """Tell a setting, with who set it last and why; needs *setelan*, or *orang* for roles and retention."""
    caller.actor.require(kind_of(key).permission)
    return _setting(caller, key)


@operation(router, "PUT", "/{key}", errors=(404, 412, 428))
def put_setting(key: Key, body: NewValue, if_match: IfMatch, caller: Myself) -> SettingView:
    """Give a setting a value, null: as installed; needs *setelan*, or *orang* for roles and retention."""
    caller.actor.require(kind_of(key).permission)
    checking, seen = _checking(caller), version_in(if_match)
    with against_version():
        change_setting(checking, caller.actor.name, key, body.nilai, caller.now, why=body.alasan, seen=seen)
    return _setting(caller, key)


@operation(router, "GET", "/{key}/history", errors=(404,))
def get_setting_history(key: Key, caller: Anybody) -> SettingHistory:
    """Tell the values that a setting had, who gave them and why, the newest first; at most 100."""
    caller.actor.require(kind_of(key).permission)
    found = caller.store.desk_settings.history(key, limit=MOST_LINES)
    return SettingHistory(items=tuple(SettingLine.from_record(one, version=one.id) for one in found))


@operation(router, "POST", "/{key}/restorations", errors=(404, 412, 428), status=201)
def restore_setting_value(key: Key, body: Restoration, if_match: IfMatch, caller: Myself) -> SettingView:
    """Give a setting the value again that it had in a version, null: as installed."""
    caller.actor.require(kind_of(key).permission)
    checking, seen = _checking(caller), version_in(if_match)
    with against_version():
        if body.versi is None:
            change_setting(checking, caller.actor.name, key, None, caller.now, why=body.alasan, seen=seen)
        else:
            restore_setting(checking, caller.actor.name, key, body.versi, caller.now, why=body.alasan, seen=seen)
    return _setting(caller, key)


def _checking(caller: Caller) -> Checking:
    return Checking(caller.store, caller.tools.gazetteer, caller.tools.taxonomy)


def _setting(caller: Caller, key: str) -> SettingView:
    last = next(iter(caller.store.desk_settings.history(key, limit=1)), None)
    if last is None:
        return SettingView(key=key, version=0, value=None, by=None, at=None, why=None)
    return SettingView.from_record(last, version=last.id)
