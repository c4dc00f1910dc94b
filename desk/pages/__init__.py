"""The pages of the desk, a module for each part; each has ``routes(desk)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from desk.pages import (
    account,
    acknowledge,
    article,
    chair,
    deliveries,
    duty,
    early_warnings,
    entry_form,
    feeds,
    incident,
    incident_article,
    incident_leaving,
    incident_queue,
    incident_together,
    labels,
    learning,
    people,
    recipients,
    reports,
    search,
    settings,
    settings_alerts,
    settings_calendar,
    settings_feeds,
    settings_roles,
    sources,
    trends,
    watch_words,
)
from desk.pages import map as region_map

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from desk.frame import Desk

PAGES: Final = (
    incident_queue,
    duty,
    incident,
    incident_article,
    incident_together,
    incident_leaving,
    entry_form,
    search,
    article,
    labels,
    learning,
    region_map,
    chair,
    reports,
    early_warnings,
    trends,
    sources,
    watch_words,
    settings,
    settings_calendar,
    settings_alerts,
    settings_feeds,
    feeds,
    settings_roles,
    recipients,
    deliveries,
    acknowledge,
    account,
    people,
)
"""Every part of the desk; a new one is a module here and a line."""


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of every page."""
    return [route for page in PAGES for route in page.routes(desk)]
