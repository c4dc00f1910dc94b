"""Where a moment lies in the calendar of elections: which stage, and how many days before or after a polling day.

The calendar is data (``data/reference/calendar.toml``), because a court or a decree changes it and no release should be
needed for that. Days are counted in the zone of the place: at 23.30 WIB it is already tomorrow in Jayapura.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CALENDAR = Path(__file__).resolve().parent.parent / "data" / "reference" / "calendar.toml"

# From the least to the most delicate: where stages overlap, the last of these is the one that is named.
KINDS = ("pencalonan", "kampanye", "sengketa", "rekapitulasi", "masa_tenang", "pemungutan")

NEAR_FROM_DAYS: Final = 3
NEAR_UNTIL_DAYS: Final = 1
"""H-3 to H+1 of a polling day is the near window (domain dossier, section 2.2)."""

LOCAL_ZONE: Final = "setempat"
WIB, WITA, WIT = (ZoneInfo(name) for name in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"))
_ZONE_OF_PROVINCE = (
    dict.fromkeys(("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"), WITA)
    | dict.fromkeys(("81", "82", "91", "92", "93", "94", "95", "96"), WIT)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """One entry of the calendar: first and last day are both in it; no ``areas`` means the whole country."""

    id: str
    election: str
    kind: str
    areas: tuple[str, ...]
    first: date
    last: date
    zone: ZoneInfo | None
    basis: str

    def holds_in(self, codes: Sequence[str]) -> bool:
        """Return whether any of the places lies in the stage's area; a national stage holds for unknown places too."""
        if not self.areas:
            return True
        return any(code == area or code.startswith(area + ".") for code in codes for area in self.areas)


@dataclass(frozen=True, slots=True)
class StageWindow:
    """What the calendar says of one moment in one place.

    ``stage`` is the most delicate stage that is running, or the polling day that is near. ``days_to_poll`` counts to
    the nearest polling day: 3 is H-3, -1 is H+1; None outside a near window. ``near_poll`` is H-3 to H+1, ``tense``
    is that, or masa tenang, or recapitulation: when the severity points of a stage count.
    """

    stage: Stage
    days_to_poll: int | None
    near_poll: bool
    tense: bool

    @property
    def label(self) -> str:
        """Return what a desk calls it: *hari-H Pilkada 2024*, *H-2 PSU 2025*, *masa tenang Pilkada 2024*."""
        if self.days_to_poll is not None:
            days = self.days_to_poll
            name = "hari-H" if days == 0 else f"H-{days}" if days > 0 else f"H+{-days}"
            return f"{name} {self.stage.election}"
        return f"{self.stage.kind.replace('_', ' ')} {self.stage.election}"


class Calendar:
    """The stages of all elections that are known; made by `load_calendar` and `with_own`.

    ``own`` is what a desk changed of the calendar that comes with the program, as text: "" where it changed nothing.
    """

    def __init__(self, stages: Iterable[Stage], own: str = "") -> None:
        self.stages = tuple(stages)
        self.own = own

    def stage_at(self, moment: datetime | None, codes: Sequence[str] = ()) -> StageWindow | None:
        """Return the stage at an aware ``moment`` for an article about ``codes``; None outside all or without a moment.

        Nothing is guessed for an article without a time: the modifiers of a stage are then off.
        """
        if moment is None:
            return None
        local = zone_of(codes)
        running: list[Stage] = []
        nearest: tuple[int, Stage] | None = None
        for stage in self.stages:
            if not stage.holds_in(codes):
                continue
            day = moment.astimezone(stage.zone or local).date()
            if stage.first <= day <= stage.last:
                running.append(stage)
            if stage.kind == "pemungutan":
                days = (stage.first - day).days
                near = -NEAR_UNTIL_DAYS <= days <= NEAR_FROM_DAYS
                if near and (nearest is None or abs(days) < abs(nearest[0])):
                    nearest = (days, stage)
        if nearest is not None:
            return StageWindow(nearest[1], nearest[0], near_poll=True, tense=True)
        if not running:
            return None
        stage = max(running, key=lambda one: KINDS.index(one.kind))
        return StageWindow(stage, None, near_poll=False, tense=stage.kind in {"masa_tenang", "rekapitulasi"})


def zone_of(codes: Sequence[str]) -> ZoneInfo:
    """Return the zone of the first place, WIB where there is none (most outlets write in it)."""
    return _ZONE_OF_PROVINCE.get(codes[0][:2], WIB) if codes else WIB


@cache
def load_calendar(path: Path = CALENDAR) -> Calendar:
    """Read a calendar; SettingsError names the entry that cannot be used."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("tahapan", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the calendar cannot be read: {error}", where=str(path)) from error
    stages = [_stage(entry, f"{path}, tahapan {number}") for number, entry in enumerate(entries, 1)]
    _refuse_doubles(stages, str(path))
    return Calendar(stages)


CALENDAR_KEY: Final = "tahapan"
"""The desk's setting of what it changes of the calendar, and what stands at the head of messages about it."""


def with_own(base: Calendar, setting: Any) -> Calendar:
    """Return a calendar with what a desk's setting changes of it; ``base`` itself where ``setting`` is None.

    ``setting`` is ``{"tahapan": [stage, …], "tanpa": [id, …]}``: a stage is written as in ``calendar.toml``, its days
    as text (``2025-04-19``); one whose id ``base`` has stands in its place, others come behind; those in ``tanpa`` are
    left out. Raises SettingsError naming the stage that cannot be used.
    """
    if setting is None:
        return base
    if not isinstance(setting, dict) or set(setting) - {"tahapan", "tanpa"}:
        raise SettingsError("a calendar of the desk has tahapan and tanpa", where=CALENDAR_KEY)
    entries = [_with_days(entry) for entry in setting.get("tahapan", [])]
    own = {
        stage.id: stage
        for stage in (_stage(entry, f"{CALENDAR_KEY} {number}") for number, entry in enumerate(entries, 1))
    }
    if len(own) < len(entries):
        _refuse_doubles([_stage(entry, CALENDAR_KEY) for entry in entries], CALENDAR_KEY)
    without = frozenset(setting.get("tanpa", []))
    stages = [own.pop(stage.id, stage) for stage in base.stages if stage.id not in without or stage.id in own]
    changed = json.dumps(setting, ensure_ascii=False, sort_keys=True)
    return Calendar([*stages, *own.values()], changed)


def _with_days(entry: Any) -> dict[str, Any]:
    """Return a stage of a setting with its days as days; what is none stays as it is, to be complained of."""
    if not isinstance(entry, dict):
        raise SettingsError("a stage has id, pemilihan, jenis, wilayah, mulai, selesai, zona", where=CALENDAR_KEY)
    made = dict(entry)
    for name in ("mulai", "selesai"):
        try:
            made[name] = date.fromisoformat(str(entry.get(name, "")))
        except ValueError:
            continue
    return made


def _refuse_doubles(stages: Iterable[Stage], where: str) -> None:
    seen: set[str] = set()
    for stage in stages:
        if stage.id in seen:
            raise SettingsError(f'two stages are called "{stage.id}"; give one another id', where=where)
        seen.add(stage.id)


def _stage(entry: dict[str, Any], where: str) -> Stage:
    missing = [key for key in ("id", "pemilihan", "jenis", "wilayah", "mulai", "selesai", "zona") if key not in entry]
    if missing:
        raise SettingsError(f"{', '.join(missing)} missing", where=where)
    where = f"{where} ({entry['id']})"
    first, last = entry["mulai"], entry["selesai"]
    if not all(isinstance(day, date) and not isinstance(day, datetime) for day in (first, last)):
        raise SettingsError("mulai and selesai must be days, written 2024-11-27", where=where)
    if last < first:
        raise SettingsError(f"selesai {last} lies before mulai {first}", where=where)
    if entry["jenis"] not in KINDS:
        raise SettingsError(f'jenis "{entry["jenis"]}" is not one of {", ".join(KINDS)}', where=where)
    if not isinstance(entry["wilayah"], list) or not all(isinstance(code, str) for code in entry["wilayah"]):
        raise SettingsError('wilayah must be a list of codes in quotes, like ["13.08"]', where=where)
    zone = None
    if entry["zona"] != LOCAL_ZONE:
        try:
            zone = ZoneInfo(entry["zona"])
        except (ZoneInfoNotFoundError, ValueError, TypeError) as error:
            raise SettingsError(f'zona "{entry["zona"]}" is neither "setempat" nor a time zone', where=where) from error
    return Stage(
        entry["id"],
        entry["pemilihan"],
        entry["jenis"],
        tuple(entry["wilayah"]),
        first,
        last,
        zone,
        entry.get("dasar", ""),
    )
