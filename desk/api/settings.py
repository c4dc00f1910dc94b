"""What is set in the desk: calendar, watch-words, rules of alerts, shifts, roles, retention."""

from typing import Annotated

from fastapi import APIRouter, Path

from desk.actions.setting import KINDS, Checking, change_setting, kind_of
from desk.api.answers import version_in
from desk.api.bodies import NewValue
from desk.api.deciding import against_version
from desk.api.door import Anybody, Caller, Myself
from desk.api.routing import IfMatch, operation
from desk.api.views import SettingKeys, SettingView

router = APIRouter(prefix="/settings")

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
    tools = caller.tools
    checking = Checking(caller.store, tools.gazetteer, tools.taxonomy)
    with against_version():
        change_setting(
            checking, caller.actor.name, key, body.nilai, caller.now, why=body.alasan, seen=version_in(if_match)
        )
    return _setting(caller, key)


def _setting(caller: Caller, key: str) -> SettingView:
    last = next(iter(caller.store.desk_settings.history(key, limit=1)), None)
    if last is None:
        return SettingView(key=key, version=0, value=None, by=None, at=None, why=None)
    return SettingView.from_record(last, version=last.id)
