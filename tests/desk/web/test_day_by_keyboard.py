"""A day at the desk by keyboard alone: no pointer, no field that is filled or focused by anything but keys.

What else the issue of the desk wants to be shown in a real browser stands beside it: two at once and comments in
`test_incident_browser`, the first day in `test_first_day`, the map and its slider in `test_map_page`, blind labelling in
`test_labels`, settings and sources in `test_settings_browser`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from data.records import IncidentStatus as S
from data.records import LabelTask
from tests.desk.web.test_learning import REFUSED, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MOST_TABS = 60
IN_FOCUS = "document.activeElement"


class Keys:
    """Ten fingers on a keyboard, and eyes on the page."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)

    def sees(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()

    def tab_to(self, condition: str) -> None:
        """Press the tab key until a condition on the element in focus (``it``, in JavaScript) holds."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(f"(it => Boolean({condition}))({IN_FOCUS})"):
                return
            self.press("Tab")
        raise AssertionError(f"no tab leads to {condition}")


def held(store: Store, number: int) -> Any:
    found = store.incidents.get(number)
    assert found is not None
    return found


def test_a_whole_day_at_the_desk_by_keyboard_alone(
    browse: Callable[..., Any],
    add_user: Any,
    newsdesk: Any,
    store: Store,
    clock: Any,
    tools: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = add_user("analis")
    other = newsdesk.opens("Posko di Pariaman terbakar habis").id
    one = newsdesk.opens("Posko dibakar").id
    text = newsdesk.prints("Surat suara rusak", "Surat suara rusak di gudang KPU.")
    store.label_tasks.add([LabelTask(text, 1, "ragu", "", 0.5, clock.now, 2)])
    browser = browse(None)
    page, keys = browser.page, Keys(browser.page)

    # Log in.
    page.goto(browser.address)
    keys.write("analis")
    keys.press("Tab")
    keys.write("batu hijau terbang malam")
    keys.press("Enter")
    page.wait_for_selector("#daftar")

    # Claim, and read the evidence.
    keys.press("j", "c")
    page.wait_for_selector(f"#k{one} .chip.on:not([hidden])")
    assert store.claims.held(one, clock()) is not None
    keys.press("Enter")
    page.wait_for_url(f"**/kejadian/{one}")
    assert page.locator("mark.of-signal").first.inner_text().startswith("dibakar")
    assert [entry.actor for entry in store.audit.entries(action="baca_teks")] == ["analis"]

    # Correct the level and the place.
    keys.press("o")
    page.wait_for_url(re.compile(r"/artikel/\d+"))
    keys.press("p")
    keys.write("pariaman teng")
    keys.sees("Kecamatan Pariaman Tengah")
    keys.press("Enter")
    page.locator("#koreksi [data-picked] input").nth(1).wait_for()
    keys.press("Shift+Tab", "Shift+Tab", "Space")
    keys.tab_to("it.name === 'tingkat'")
    keys.press("4")
    keys.tab_to("it.matches('button') && it.textContent.includes('Simpan koreksi')")
    clock.forward(minutes=1)
    keys.press("Enter")
    keys.sees("Koreksi disimpan")
    assert ([place.code for place in held(store, one).places], held(store, one).severity) == (["13.77.01"], 4)

    # Decide, and undo.
    clock.forward(minutes=1)
    keys.press("Escape", "a")
    page.wait_for_url(f"{browser.address}/kejadian/{one}")
    keys.press("e")
    keys.sees("Diputuskan: verifikasi.")
    assert held(store, one).status is S.VERIFIKASI
    clock.forward(minutes=1)
    keys.press("u")
    keys.sees("Diurungkan; status kembali")
    assert held(store, one).status is S.BELUM_DITINJAU

    # Merge after a look, and undo.
    clock.forward(minutes=1)
    keys.press("m")
    page.wait_for_url(f"**/kejadian/{one}/gabung")
    keys.press("m")
    page.wait_for_url("**/gabung/tinjau?*")
    keys.press("y")
    keys.sees("digabung ke sini")
    kept, gone = (one, other) if held(store, other).merged_into == one else (other, one)
    assert held(store, gone).merged_into == kept
    clock.forward(minutes=1)
    keys.press("u")
    keys.sees("Penggabungan diurungkan")
    assert held(store, gone).merged_into is None

    # Search, and open what was found.
    keys.press("g", "c")
    page.wait_for_url("**/cari")
    keys.write('pembakaran -habis "posko dibakar"')
    keys.press("Enter")
    page.wait_for_url("**/cari?*")
    page.locator(".results mark").first.wait_for()
    keys.press("Escape", "j", "Enter")
    page.wait_for_url(f"**/kejadian/{one}")

    # The map, and from a mark on it to the queue of that place.
    keys.press("g", "p")
    page.wait_for_url("**/peta")
    keys.tab_to("it.classList.contains('mark-link')")
    keys.press("Enter")
    page.wait_for_url("**/?status=semua&wilayah=13*")
    page.wait_for_selector(f"#k{one}")

    # Label a text.
    keys.press("g", "l")
    page.wait_for_url("**/label")
    keys.press("1", "a", "s")
    page.wait_for_url("**/label?terakhir=*")
    (label,) = store.labels.of_article(text)
    assert (label.annotator, label.modality.value, label.signals) == ("analis", "kejadian", ("politik_uang",))

    # Ask for a retraining, and see what became of it.
    keys.press("g", "m")
    page.wait_for_url("**/model")
    keys.press("r")
    keys.sees("Menunggu: diambil")
    answer(tools, REFUSED, monkeypatch)
    keys.press(".")
    keys.sees("F1 turun 0,02")

    # Go home.
    keys.press("g", "k")
    keys.tab_to("it.matches('form[action=\"/keluar\"] button')")
    keys.press("Enter")
    page.wait_for_url("**/masuk")
    assert [session for session in store.sessions.of_user(user.id) if session.ended_at is None] == []
