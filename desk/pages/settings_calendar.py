"""The calendar of stages in the desk: the program's, with what the desk adds, changes and leaves out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from classifiers.stages import CALENDAR_KEY, KINDS, LOCAL_ZONE, load_calendar, with_own
from data.errors import InputError, UnknownItemError
from desk.pages.settings import codes_in, save, setting_page
from desk.permissions import Permission

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from classifiers.stages import Stage
    from desk.frame import Call, Desk

ZONES: Final = (LOCAL_ZONE, "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
LONGEST_ID: Final = 60


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the calendar."""
    path = "/setelan/tahapan"
    return [
        desk.route(path, show, Permission.SETELAN),
        desk.route(path, save_stage, Permission.SETELAN, methods=["POST"]),
        desk.route(f"{path}/hapus", remove_stage, Permission.SETELAN, methods=["POST"]),
        desk.route(f"{path}/bawaan", reset_stage, Permission.SETELAN, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """List the stages, the last polling days first, with a form for the one that is asked for, or a new one."""
    setting = _setting(call)
    base, now = load_calendar(), with_own(load_calendar(), setting or None)
    own = {entry["id"] for entry in setting.get("tahapan", [])}
    asked = call.asked("ubah")
    chosen = next((stage for stage in now.stages if stage.id == asked), None)
    if asked and chosen is None:
        raise UnknownItemError("stage", asked)
    today = call.now.astimezone(call.desk.zone).date()
    removed = [stage for stage in base.stages if stage.id in setting.get("tanpa", []) and stage.id not in own]
    return setting_page(
        call,
        (CALENDAR_KEY,),
        "settings_calendar.html",
        stages=sorted(now.stages, key=lambda stage: (stage.last, stage.first, stage.id), reverse=True),
        own=own,
        built_in={stage.id for stage in base.stages},
        removed=removed,
        chosen=chosen,
        today=today,
        kinds=KINDS,
        zones=ZONES,
        place=lambda code: call.tools.gazetteer.name(code) if code in call.tools.gazetteer else code,
    )


def save_stage(call: Call) -> Response:
    """Add a stage, or change the one whose id the form names."""
    setting = _setting(call)
    entry: dict[str, Any] = {
        "id": call.text("id") or _id_of(call.text("pemilihan"), call.text("jenis"), call.text("mulai")),
        "pemilihan": " ".join(call.text("pemilihan").split()),
        "jenis": call.text("jenis"),
        "wilayah": codes_in(call.text("wilayah")),
        "mulai": call.text("mulai"),
        "selesai": call.text("selesai") or call.text("mulai"),
        "zona": call.text("zona") or LOCAL_ZONE,
        "dasar": " ".join(call.text("dasar").split())[:200],
    }
    stages = with_own(load_calendar(), setting or None).stages
    if not call.text("id") and any(stage.id == entry["id"] for stage in stages):
        raise InputError(f'there is a stage "{entry["id"]}" already; change that one')
    others = [one for one in setting.get("tahapan", []) if one["id"] != entry["id"]]
    return _save(call, [*others, entry], [name for name in setting.get("tanpa", []) if name != entry["id"]])


def remove_stage(call: Call) -> Response:
    """Leave a stage out."""
    setting, gone = _setting(call), call.text("id")
    _known(call, gone)
    built_in = gone in {stage.id for stage in load_calendar().stages}
    others = [one for one in setting.get("tahapan", []) if one["id"] != gone]
    return _save(call, others, [*setting.get("tanpa", []), *([gone] if built_in else [])])


def reset_stage(call: Call) -> Response:
    """Take a stage of the program's calendar as that has it."""
    setting, name = _setting(call), call.text("id")
    if name not in {stage.id for stage in load_calendar().stages}:
        raise UnknownItemError("stage", name)
    others = [one for one in setting.get("tahapan", []) if one["id"] != name]
    return _save(call, others, [one for one in setting.get("tanpa", []) if one != name])


def _save(call: Call, stages: list[dict[str, Any]], without: list[str]) -> Response:
    value = {"tahapan": stages, "tanpa": sorted(set(without))}
    return save(call, CALENDAR_KEY, value if stages or without else None)


def _setting(call: Call) -> dict[str, Any]:
    return call.store.desk_settings.get(CALENDAR_KEY) or {}


def _known(call: Call, name: str) -> Stage:
    for stage in with_own(load_calendar(), _setting(call) or None).stages:
        if stage.id == name:
            return stage
    raise UnknownItemError("stage", name)


def _id_of(*words: str) -> str:
    """Return an id for a new stage: *PSU 2025*, *pemungutan*, *2025-04-19* make ``psu-2025-pemungutan-2025-04-19``."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).casefold()).strip("-")[:LONGEST_ID]
