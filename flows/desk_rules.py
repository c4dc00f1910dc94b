"""What is set in the desk, as the flows use it: calendar, alert rules, watch-words, the office's name, retention.

Each is asked anew where it is used: a setting counts from the next pass on, without a restart.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from classifiers.stages import CALENDAR_KEY, load_calendar, with_own
from classifiers.watch_words import WATCH_WORDS_KEY, watch_words_of
from feeds.alerting import ALERT_RULES_KEY, alert_rules_of

if TYPE_CHECKING:
    from classifiers.stages import Calendar
    from classifiers.watch_words import WatchWord
    from data.store import Store
    from feeds.alerting import AlertRules

OFFICE_KEY: Final = "kantor"
"""The desk's setting of its name, ``{"nama": …}``: it stands at the head of reports."""


def calendar_in_use(store: Store, base: Calendar | None = None) -> Calendar:
    """Return the calendar of stages with what the desk changed of it; ``base`` None: the one of the program."""
    setting = store.desk_settings.get(CALENDAR_KEY)
    if base is not None:
        return with_own(base, setting)
    return load_calendar() if setting is None else _own_calendar(json.dumps(setting, sort_keys=True))


@lru_cache(maxsize=4)
def _own_calendar(setting: str) -> Calendar:
    return with_own(load_calendar(), json.loads(setting))


def alert_rules_in_use(store: Store) -> AlertRules:
    """Return the rules by which alerts leave by themselves."""
    return alert_rules_of(store.desk_settings.get(ALERT_RULES_KEY))


def watch_words_in_use(store: Store) -> tuple[WatchWord, ...]:
    """Return the words that the desk watches for."""
    return watch_words_of(store.desk_settings.get(WATCH_WORDS_KEY))


def office_in_use(store: Store, configured: str) -> str:
    """Return the desk's name: the one that was set in the desk, else the ``configured`` one."""
    setting: Any = store.desk_settings.get(OFFICE_KEY)
    return (setting or {}).get("nama") or configured
