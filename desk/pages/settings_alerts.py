"""The rules of what leaves the house by itself: one for all, and special ones by signal and region before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.errors import InputError
from data.records import Modality
from desk.pages.settings import codes_in, save, setting_page, whole
from desk.permissions import Permission
from feeds.alerting import (
    ALERT_RULES_KEY,
    DEFAULT_RULE,
    HIGHEST_LEVEL,
    LEAST_LEVEL,
    LOWEST_TIER,
    AlertRule,
    alert_rules_of,
)

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk

NEVER: Final = "tunggu"
"""In place of a level: nothing leaves by itself."""


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the alert rules."""
    path = "/setelan/peringatan"
    return [
        desk.route(path, show, Permission.SETELAN),
        desk.route(path, save_general, Permission.SETELAN, methods=["POST"]),
        desk.route(f"{path}/khusus", add_special, Permission.SETELAN, methods=["POST"]),
        desk.route(f"{path}/khusus/{{number:int}}", change_special, Permission.SETELAN, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show the rules as they stand."""
    rules = alert_rules_of(call.store.desk_settings.get(ALERT_RULES_KEY))
    return setting_page(
        call,
        (ALERT_RULES_KEY,),
        "settings_alerts.html",
        rules=rules,
        default=DEFAULT_RULE,
        levels=range(LEAST_LEVEL, HIGHEST_LEVEL + 1),
        tiers=range(1, LOWEST_TIER + 1),
        modalities=[one for one in Modality if one is not Modality.TIDAK_RELEVAN],
        signals=call.tools.taxonomy.signals,
        signal_name=lambda slug: call.tools.taxonomy.signal(slug).name,
        place=lambda code: call.tools.gazetteer.name(code) if code in call.tools.gazetteer else code,
    )


def save_general(call: Call) -> Response:
    """Change the rule for all."""
    setting = _setting(call)
    return save(call, ALERT_RULES_KEY, {**setting, "umum": _rule(call)})


def add_special(call: Call) -> Response:
    """Add a rule behind the other special ones."""
    setting = _setting(call)
    rule = {**_rule(call), "sinyal": [one for one in call.texts("sinyal") if one]}
    rule["wilayah"] = codes_in(call.text("wilayah"))
    return save(call, ALERT_RULES_KEY, {**setting, "khusus": [*setting["khusus"], rule]})


def change_special(call: Call) -> Response:
    """Move a special rule to the front, or remove it."""
    setting, number = _setting(call), call.number("number")
    special = list(setting["khusus"])
    if number >= len(special):
        raise InputError("this rule is there no more; look at the rules again")
    rule = special.pop(number)
    if call.text("aksi") == "pertama":
        special.insert(0, rule)
    elif call.text("aksi") != "hapus":
        raise InputError("aksi is pertama or hapus")
    return save(call, ALERT_RULES_KEY, {**setting, "khusus": special})


def _setting(call: Call) -> dict[str, Any]:
    rules = alert_rules_of(call.store.desk_settings.get(ALERT_RULES_KEY))
    return {"umum": _written(rules.general), "khusus": [_written(rule) for rule in rules.special]}


def _written(rule: AlertRule) -> dict[str, Any]:
    return {
        "sinyal": sorted(rule.signals),
        "wilayah": list(rule.regions),
        "tingkat": rule.from_level,
        "modalitas": sorted(one.value for one in rule.modalities),
        "tier": rule.worst_tier,
        "ancaman_senjata": rule.armed_threats,
    }


def _rule(call: Call) -> dict[str, Any]:
    level = call.text("tingkat")
    return {
        "sinyal": [],
        "wilayah": [],
        "tingkat": None if level == NEVER else whole(level, "tingkat"),
        "modalitas": call.texts("modalitas"),
        "tier": whole(call.text("tier"), "tier"),
        "ancaman_senjata": call.text("senjata") == "1",
    }
