"""The settings of the desk: what is set, by whom and why, the form of each, and its history to go back in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from classifiers.stages import CALENDAR_KEY
from classifiers.watch_words import WATCH_WORDS_KEY
from data.errors import InputError
from desk.actions.setting import Checking, change_setting, kind_of, restore_setting
from desk.permissions import ROLES_KEY, Permission
from feeds.alerting import ALERT_RULES_KEY
from flows.desk_rules import OFFICE_KEY, office_in_use
from flows.feed_files import FEEDS_KEY
from flows.retention import FIELDS, RETENTION_KEY, retention_of
from flows.sla import SHIFTS_KEY, shifts_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from data.store.desk_settings import DeskSetting
    from desk.frame import Call, Desk

SHOWN: Final = 30
"""Changes of a setting that its page lists."""
LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Section:
    """One page of settings: where it is, what it is called and for, and which keys it sets."""

    path: str
    name: tuple[str, str]
    purpose: tuple[str, str]
    keys: tuple[str, ...]


SECTIONS: Final = (
    Section(
        "/setelan/tahapan",
        ("Kalender tahapan dan wilayah PSU", "Stage calendar and PSU areas"),
        (
            "Tahapan menentukan keparahan dan urgensi; berita dinilai ulang setelah berubah.",
            "Stages weigh in severity and urgency; news is judged anew after a change.",
        ),
        (CALENDAR_KEY,),
    ),
    Section(
        "/setelan/kata-pantau",
        ("Kata pantau", "Watch-words"),
        (
            "Kata yang ingin dilihat desk walaupun mesin tidak menandai beritanya.",
            "Words that the desk wants to see even where the machine flags nothing.",
        ),
        (WATCH_WORDS_KEY,),
    ),
    Section(
        "/setelan/peringatan",
        ("Aturan peringatan", "Alert rules"),
        ("Apa yang keluar sendiri dan apa yang menunggu analis.", "What leaves by itself and what waits."),
        (ALERT_RULES_KEY,),
    ),
    Section(
        "/setelan/umpan",
        ("Umpan sebagai berkas", "Feeds as files"),
        ("Umpan apa saja yang ditulis untuk server web.", "Which feeds are written for a web server."),
        (FEEDS_KEY,),
    ),
    Section(
        "/setelan/desk",
        ("Nama desk dan jam jaga", "Name of the desk and shifts"),
        ("Kepala laporan, dan kapan sif berganti.", "The head of reports, and when shifts change."),
        (OFFICE_KEY, SHIFTS_KEY),
    ),
    Section(
        "/setelan/peran",
        ("Peran dan hak", "Roles and rights"),
        ("Apa yang boleh dilakukan setiap peran.", "What each role may do."),
        (ROLES_KEY,),
    ),
    Section(
        "/setelan/retensi",
        ("Masa simpan", "Retention"),
        ("Berapa lama teks, arsip dan catatan disimpan.", "How long texts, archive and logs are kept."),
        (RETENTION_KEY,),
    ),
)
PATHS: Final = {key: section.path for section in SECTIONS for key in section.keys}


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the overview, of name, shifts and retention, and of going back."""
    setelan, orang = Permission.SETELAN, Permission.ORANG
    return [
        desk.route("/setelan", show, setelan),
        desk.route("/setelan/desk", show_desk, setelan),
        desk.route("/setelan/desk/nama", save_office, setelan, methods=["POST"]),
        desk.route("/setelan/desk/jaga", save_shifts, setelan, methods=["POST"]),
        desk.route("/setelan/retensi", show_retention, orang),
        desk.route("/setelan/retensi", save_retention, orang, methods=["POST"]),
        desk.route("/setelan/{key}/kembali/{number:int}", restore, None, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """List what can be set, with the last change of each."""
    lines = []
    for section in SECTIONS:
        if all(call.actor.may(kind_of(key).permission) for key in section.keys):
            changes = [one for key in section.keys for one in call.store.desk_settings.history(key, limit=1)]
            lines.append((section, max(changes, key=lambda one: one.id, default=None)))
    return call.page("settings.html", lines=lines, people=names_of(call))


def show_desk(call: Call) -> Response:
    """Show the desk's name and shifts."""
    shifts = shifts_of(call.store.desk_settings.get(SHIFTS_KEY))
    return setting_page(
        call,
        (OFFICE_KEY, SHIFTS_KEY),
        "settings_desk.html",
        office=office_in_use(call.store, call.tools.settings.office),
        shifts=" ".join(f"{start:%H:%M}" for start in shifts),
    )


def save_office(call: Call) -> Response:
    """Give the desk another name."""
    return save(call, OFFICE_KEY, {"nama": " ".join(call.text("nama").split())})


def save_shifts(call: Call) -> Response:
    """Let shifts begin at other times."""
    return save(call, SHIFTS_KEY, call.text("jam").replace(",", " ").split())


def show_retention(call: Call) -> Response:
    """Show how long what is kept."""
    rules = retention_of(call.store.desk_settings.get(RETENTION_KEY))
    values = {name: getattr(rules, field) for name, (field, _, _) in FIELDS.items()}
    return setting_page(call, (RETENTION_KEY,), "settings_retention.html", values=values, limits=FIELDS)


def save_retention(call: Call) -> Response:
    """Keep what is kept for another time."""
    return save(call, RETENTION_KEY, {name: whole_or_none(call.text(name), name) for name in FIELDS})


def restore(call: Call) -> Response:
    """Give a setting a value again that it had; number 0: as installed."""
    key, number = call.request.path_params["key"], call.number("number")
    call.actor.require(kind_of(key).permission)
    seen = seen_version(call) if call.text("versi") else call.store.desk_settings.version(key)
    why = call.text("alasan") or call.say("kembali ke keadaan sebelumnya", "back to what it was")
    if number == 0:
        change_setting(checking_of(call), call.actor.name, key, None, call.now, why=why, seen=seen)
    else:
        restore_setting(checking_of(call), call.actor.name, key, number, call.now, why=why, seen=seen)
    return call.go(PATHS[key], call.say("Setelan dikembalikan.", "The setting was put back."))


# What the other pages of settings share.


def setting_page(call: Call, keys: tuple[str, ...], template: str, **values: Any) -> Response:
    """Show a page of settings with versions and history of its keys."""
    histories = {key: call.store.desk_settings.history(key, limit=SHOWN) for key in keys}
    versions = {key: lines[0].id if lines else 0 for key, lines in histories.items()}
    changes = sorted((one for lines in histories.values() for one in lines), key=lambda one: -one.id)
    return call.page(
        template,
        versions=versions,
        changes=[(one, one.id == versions[one.key], _as_text(one)) for one in changes],
        people=names_of(call),
        **values,
    )


def save(call: Call, key: str, value: Any) -> Response:
    """Change a setting by what a form says, and go back to its page, from where it can be undone."""
    seen = seen_version(call)
    change_setting(checking_of(call), call.actor.name, key, value, call.now, why=call.text("alasan"), seen=seen)
    return call.go(
        PATHS[key],
        call.say("Setelan disimpan.", "The setting was saved."),
        undo=f"/setelan/{key}/kembali/{seen}",
    )


def checking_of(call: Call) -> Checking:
    """Return what a value is checked against."""
    return Checking(call.store, call.tools.gazetteer, call.tools.taxonomy)


def seen_version(call: Call) -> int:
    """Return the version of the setting that the form was made from. Raises InputError where it says none."""
    return whole(call.text("versi"), "versi")


def whole(text: str, name: str) -> int:
    """Return a field as a whole number. Raises InputError where it is none."""
    if not text.isdecimal() or not text.isascii() or len(text) > LONGEST_NUMBER:
        raise InputError(f"{name} is a whole number")
    return int(text)


def whole_or_none(text: str, name: str) -> int | None:
    """Return a field as a whole number; None where it is empty."""
    return whole(text, name) if text else None


def codes_in(text: str) -> list[str]:
    """Return the codes of a field, however they are set apart."""
    return list(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))


def names_of(call: Call) -> dict[str, str]:
    """Return the names to show of everybody, by the name to log in with."""
    return {user.name: user.display for user in call.store.users.all()}


def _as_text(line: DeskSetting) -> str:
    return "" if line.value is None else json.dumps(line.value, ensure_ascii=False, indent=1)
