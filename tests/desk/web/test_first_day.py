"""The first day of an analyst: how many keys and clicks it takes to a decided incident, counted in a real browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from data.records import IncidentStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

pytestmark = pytest.mark.browser

MOST = 12
"""Keys and clicks after the login to the first decided incident (issue 6): fewer than these."""


@dataclass
class Hand:
    """Whoever sits before the screen; every key and every click is counted."""

    page: Any
    count: int = 0

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def click(self, what: str) -> None:
        self.count += 1
        self.page.click(what)


def status_of(store: Store, number: int) -> IncidentStatus:
    incident = store.incidents.get(number)
    assert incident is not None
    return incident.status


def test_a_newcomer_decides_an_incident_in_few_keys_and_in_few_clicks(
    browse: Callable[..., Any], newsdesk: Any, add_user: Any, store: Store
) -> None:
    later, first = (newsdesk.opens(f"Posko {name} dibakar").id for name in ("satu", "dua"))
    add_user("analis")
    browser = browse(None)
    page = browser.page
    page.goto(browser.address)
    page.keyboard.type("analis")
    page.keyboard.press("Tab")
    page.keyboard.type("batu hijau terbang malam")
    page.keyboard.press("Enter")
    page.wait_for_selector("#daftar")

    keys = Hand(page)
    keys.press("?")
    shown = page.wait_for_selector("dialog[open]").inner_text()
    assert "Mulai verifikasi" in shown
    keys.press("Escape")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(f"**/kejadian/{first}")
    page.wait_for_selector("mark")
    keys.press("e")
    page.wait_for_selector(".status-verifikasi")
    keys.press("b")
    page.wait_for_selector(".status-bukan_ancaman")
    assert status_of(store, first) is IncidentStatus.BUKAN_ANCAMAN
    assert keys.count == 6 < MOST

    clicks = Hand(page)
    clicks.click("text=← Antrean")
    page.wait_for_selector("#daftar")
    clicks.click(f"#k{later} h2 a")
    page.wait_for_url(f"**/kejadian/{later}")
    clicks.click("text=Mulai verifikasi")
    page.wait_for_selector(".status-verifikasi")
    clicks.click("[data-key=b]")
    page.wait_for_selector(".status-bukan_ancaman")
    assert status_of(store, later) is IncidentStatus.BUKAN_ANCAMAN
    assert clicks.count == 4 < MOST
