"""The queue in a real browser: all by keyboard, two analysts at once, and what comes while it is open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from data.records import IncidentStatus, Urgency

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

pytestmark = pytest.mark.browser


def focused(page: Any) -> str:
    """Return the id of the row in which the focus is."""
    return str(page.evaluate("document.activeElement?.closest('#daftar > li')?.id ?? document.activeElement?.tagName"))


def focus_comes_to(page: Any, row: str) -> None:
    """Wait until the focus is in the row: it is set when a page has settled, some 20 ms after rows have gone."""
    page.wait_for_function("row => document.activeElement?.closest('#daftar > li')?.id === row", arg=row)


def status_of(store: Store, number: int) -> IncidentStatus:
    incident = store.incidents.get(number)
    assert incident is not None
    return incident.status


def test_a_shift_by_keyboard_alone(browse: Callable[..., Any], newsdesk: Any, add_user: Any, store: Store) -> None:
    first, second, third = (newsdesk.opens(f"Posko {name} dibakar").id for name in ("satu", "dua", "tiga"))
    add_user("analis")
    browser = browse(None)
    page, keys = browser.page, browser.page.keyboard
    page.goto(browser.address)
    keys.type("analis")
    keys.press("Tab")
    keys.type("batu hijau terbang malam")
    keys.press("Enter")
    page.wait_for_selector("#daftar")
    rows = [f"k{number}" for number in (third, second, first)]

    keys.press("j")
    assert focused(page) == rows[0]
    keys.press("j")
    assert focused(page) == rows[1]
    keys.press("c")
    page.wait_for_selector(f"#{rows[1]} .chip.on:not([hidden])")
    focus_comes_to(page, rows[1])
    assert second in store.claims.of([second], newsdesk.clock())

    keys.press("b")
    page.wait_for_selector(f"#{rows[1]}", state="detached")
    assert status_of(store, second) is IncidentStatus.BUKAN_ANCAMAN
    focus_comes_to(page, rows[2])  # the row that took its place

    keys.press("u")
    page.wait_for_selector(f"#{rows[1]}")
    assert status_of(store, second) is IncidentStatus.BELUM_DITINJAU

    page.locator(f"#{rows[0]} h2 a").focus()
    keys.press("x")
    keys.press("j")
    keys.press("j")
    keys.press("X")
    assert page.locator("#daftar input:checked").count() == 3
    keys.press("e")
    page.wait_for_selector(f"#{rows[2]} .status-verifikasi")
    assert {status_of(store, number) for number in (first, second, third)} == {IncidentStatus.VERIFIKASI}
    keys.press("u")
    page.wait_for_selector(f"#{rows[2]} .status-belum_ditinjau")

    page.locator(f"#{rows[1]} h2 a").focus()
    keys.press("d")
    page.wait_for_selector("dialog[open]")
    keys.type(str(first))
    keys.press("Enter")
    page.wait_for_selector(f"#{rows[1]}", state="detached")
    assert status_of(store, second) is IncidentStatus.DUPLIKAT
    focus_comes_to(page, rows[2])

    keys.press("/")
    keys.type(f"#{second}")
    keys.press("Enter")
    page.wait_for_selector(f"#{rows[1]}")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(f"**/kejadian/{second}")


def test_the_second_of_two_who_decide_is_told_and_nothing_is_lost(
    browse: Callable[..., Any], newsdesk: Any, store: Store
) -> None:
    number = newsdesk.opens("Posko dibakar").id
    rina, budi = browse("analis", name="rina"), browse("analis", name="budi")
    for browser in (rina, budi):
        browser.page.locator(f"#k{number} h2 a").focus()
    rina.page.keyboard.press("e")
    rina.page.wait_for_selector(f"#k{number} .status-verifikasi")
    budi.page.keyboard.press("b")
    told = budi.page.wait_for_selector("#pesan .message.warn").inner_text()
    assert "diubah oleh rina" in told
    assert "WIB" in told
    assert status_of(store, number) is IncidentStatus.VERIFIKASI
    assert [review.reviewer for review in store.reviews.of_incident(number)] == ["rina"]
    focus_comes_to(budi.page, f"k{number}")
    budi.page.keyboard.press("b")
    budi.page.wait_for_selector(f"#k{number}", state="detached")
    assert status_of(store, number) is IncidentStatus.BUKAN_ANCAMAN


def test_what_comes_while_the_queue_is_open_is_noticed_and_moves_nothing(
    browse: Callable[..., Any], newsdesk: Any
) -> None:
    old = newsdesk.opens("Posko dibakar", severity=2, urgency=Urgency.P3).id
    browser = browse("analis")
    page = browser.page
    page.clock.install()
    page.goto(browser.address)
    page.locator(f"#k{old} h2 a").focus()
    before = page.locator(f"#k{old}").bounding_box()
    new = newsdesk.opens("TPS diserang").id
    newsdesk.opens("Baliho roboh", severity=1, urgency=Urgency.P4)
    page.clock.run_for(11_000)
    page.wait_for_selector("#kabar-baru:not([hidden])")
    assert re.search(r"2\s+kejadian baru", page.inner_text("#kabar-baru"))
    assert page.title().startswith("(1) Antrean")
    assert page.locator(f"#k{old}").bounding_box() == before
    focus_comes_to(page, f"k{old}")
    page.keyboard.press(".")
    page.wait_for_selector(f"#k{new}")
    assert page.title().startswith("Antrean")


def test_who_looks_and_who_works_on_it_is_seen_by_the_others(
    browse: Callable[..., Any], newsdesk: Any, store: Store
) -> None:
    number = newsdesk.opens("Posko dibakar").id
    rina, budi = browse("analis", name="rina"), browse("verifikator", name="budi")
    rina.page.goto(f"{rina.address}/kejadian/{number}")
    rina.page.keyboard.press("c")
    rina.page.wait_for_selector("#tangan [data-key=r]")
    assert number in store.claims.of([number], newsdesk.clock())
    budi.page.reload()
    row = budi.page.locator(f"#k{number}")
    assert "dikerjakan Rina" in " ".join(row.inner_text().split())
    assert "Rina" in row.locator("[data-others]").inner_text()
    budi.page.locator(f"#k{number} h2 a").focus()
    budi.page.keyboard.press("c")
    assert "sedang dikerjakan rina" in budi.page.wait_for_selector("#pesan .message.warn").inner_text()
    budi.page.keyboard.press("Enter")
    budi.page.wait_for_selector("#tangan")
    assert "Rina" in budi.page.inner_text("#tangan [data-others]")
    budi.page.keyboard.press("c")
    budi.page.get_by_label("Alasan", exact=True).first.fill("Rina pulang")
    budi.page.keyboard.press("Enter")
    budi.page.wait_for_selector("#tangan [data-key=r]")
    rina.page.goto(f"{rina.address}/kabar")
    assert "Budi: Rina pulang" in rina.page.inner_text("#daftar-kabar")
    rina.page.wait_for_selector("[data-unread]:not([hidden])")


HEARD = """
    window.told = []; window.strikes = 0;
    const Real = window.Notification;
    window.Notification = class extends Real { constructor(title, more) { super(title, more); told.push([title, more.body]); } };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { strikes += 1; return start.apply(this, at); };
"""
"""Lets a test hear what a person would: the browser's own notices and tones, counted as they go out."""


def test_a_new_p1_is_heard_and_noticed_by_the_browser_once_somebody_wants_that(
    browse: Callable[..., Any], newsdesk: Any
) -> None:
    browser = browse("analis", permissions=["notifications"])
    page = browser.page
    page.add_init_script(HEARD)
    page.clock.install()
    page.goto(browser.address)
    newsdesk.opens("Posko dibakar")
    page.clock.run_for(11_000)
    page.wait_for_selector("#kabar-baru:not([hidden])")
    assert page.evaluate("[strikes, told.length]") == [0, 0], "silent until it is asked for, and where it is seen"

    page.keyboard.press("g")
    page.keyboard.press("k")
    page.get_by_role("button", name="Bunyi untuk P1 dan P2").click()
    page.wait_for_function("() => strikes === 2")  # it lets itself be heard
    page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })")
    newsdesk.opens("Baliho roboh", severity=1, urgency=Urgency.P4)
    page.clock.run_for(125_000)
    page.wait_for_function("() => document.querySelector('[data-count]').textContent === '2'")
    assert page.evaluate("[strikes, told.length]") == [2, 0], "a P4 can wait"
    newsdesk.opens("TPS diserang")
    page.clock.run_for(125_000)
    page.wait_for_function("() => told.length === 1")
    assert page.evaluate("told[0]") == ["P1 · Kentongan", "TPS diserang"]
    page.wait_for_function("() => strikes === 4")
    assert page.title().startswith("(2) Antrean")
