"""One incident in a real browser: read, correct, decide, undo, comment, merge; by keyboard; two persons at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from data.records import IncidentStatus as S

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def status_of(store: Store, number: int) -> S:
    found = store.incidents.get(number)
    assert found is not None
    return found.status


def test_an_analyst_reads_corrects_decides_undoes_comments_and_merges_by_keyboard_alone(
    browse: Callable[..., Any], newsdesk: Any, store: Store, clock: Any, add_user: Callable[..., Any]
) -> None:
    budi = add_user("analis", "budi")
    one, two = newsdesk.opens("Posko dibakar").id, newsdesk.opens("Posko di Pariaman terbakar habis").id
    browser = browse("analis")
    page, keys = browser.page, browser.page.keyboard
    page.goto(f"{browser.address}/kejadian/{one}")

    # The evidence, told by a letter as well as by colour.
    assert page.locator("mark.of-signal").first.inner_text().startswith("dibakarS")
    page.locator(".place-map svg").wait_for()

    # Corrected: one more signal, another level, a place found in the gazetteer.
    keys.press("o")
    page.wait_for_url(re.compile(r"/artikel/\d+"))
    keys.press("p")
    keys.type("pariaman teng")
    page.get_by_text("Kecamatan Pariaman Tengah").wait_for()
    keys.press("Enter")
    picked = page.locator("#koreksi [data-picked] input")
    assert [box.get_attribute("value") for box in picked.all()] == ["13.77", "13.77.01"]
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    assert page.evaluate("document.activeElement.value") == "13.77"
    keys.press("Space")
    page.get_by_label("Tingkat").focus()
    keys.press("4")
    page.get_by_role("button", name="Simpan koreksi").focus()
    clock.forward(minutes=1)
    keys.press("Enter")
    page.get_by_text("Koreksi disimpan").wait_for()
    now = store.incidents.get(one)
    assert now is not None
    assert ([place.code for place in now.places], now.severity) == (["13.77.01"], 4)

    # Decided and undone.
    clock.forward(minutes=1)
    keys.press("Escape")
    keys.press("a")
    page.wait_for_url(f"{browser.address}/kejadian/{one}")
    keys.press("e")
    page.get_by_text("Diputuskan: verifikasi.").wait_for()
    assert status_of(store, one) is S.VERIFIKASI
    clock.forward(minutes=1)
    keys.press("u")
    page.get_by_text("Diurungkan; status kembali").wait_for()
    assert status_of(store, one) is S.BELUM_DITINJAU

    # A comment that names somebody.
    keys.press("n")
    keys.type("@budi tolong cek")
    keys.press("Tab")
    keys.press("Enter")
    page.get_by_text("Diberi tahu: Budi.").wait_for()
    assert store.notices.unread(budi.id) == 1

    # Merged after a look, and undone.
    clock.forward(minutes=1)
    keys.press("m")
    page.wait_for_url(f"**/kejadian/{one}/gabung")
    assert page.get_by_role("checkbox", name=str(two)).is_checked()
    keys.press("m")
    page.wait_for_url("**/gabung/tinjau?*")
    keys.press("y")
    page.get_by_text(re.compile("digabung ke sini")).wait_for()
    gone = store.incidents.get(two)
    assert gone is not None
    assert gone.merged_into == one
    clock.forward(minutes=1)
    keys.press("u")
    page.get_by_text("Penggabungan diurungkan").wait_for()
    gone = store.incidents.get(two)
    assert gone is not None
    assert gone.merged_into is None


def test_of_two_at_once_the_second_is_told_and_keeps_what_was_written(
    browse: Callable[..., Any], newsdesk: Any, store: Store, clock: Any
) -> None:
    number = newsdesk.opens("Posko dibakar").id
    rina, budi = browse("verifikator", name="rina"), browse("verifikator", name="budi")
    for one in (rina, budi):
        one.page.goto(f"{one.address}/kejadian/{number}")
    clock.forward(minutes=1)
    rina.page.get_by_role("button", name="Mulai verifikasi").click()
    rina.page.get_by_text("Diputuskan: verifikasi.").wait_for()
    note = budi.page.locator("#putuskan textarea[name=alasan]").first
    note.fill("hanya simulasi")
    budi.page.get_by_role("button", name="Bukan ancaman").click()
    told = budi.page.locator("#ditolak")
    told.wait_for()
    assert "rina" in told.inner_text()
    assert "belum ditinjau → verifikasi" in told.inner_text()
    assert budi.page.locator("#putuskan textarea[name=alasan]").first.input_value() == "hanya simulasi"
    assert status_of(store, number) is S.VERIFIKASI
    # Having seen it, the second decides with one more click, without writing it again.
    clock.forward(minutes=1)
    budi.page.get_by_role("button", name="Bukan ancaman").click()
    budi.page.get_by_text("Diputuskan: bukan ancaman.").wait_for()
    assert [review.reason for review in store.reviews.of_incident(number)] == ["", "hanya simulasi"]


def test_a_field_report_is_entered_on_a_telephone(browse: Callable[..., Any], store: Store) -> None:
    browser = browse("analis", viewport={"width": 360, "height": 740})
    page = browser.page
    page.goto(f"{browser.address}/lapor")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.get_by_label("Apa yang terjadi").fill("Massa di kantor camat")
    page.get_by_label("Isi laporan").fill("Sekitar 200 orang berkumpul, polisi berjaga.")
    page.get_by_label("Cari nama atau kode wilayah").press_sequentially("pariaman ut")
    page.get_by_label("Kecamatan Pariaman Utara").check()
    page.get_by_label("Siapa yang melapor").fill("PKD")
    page.get_by_label("Unjuk rasa").check()
    page.get_by_role("button", name="Catat laporan").click()
    page.get_by_text(re.compile("Laporan dicatat sebagai kejadian")).wait_for()
    (made,) = store.incidents.list()
    assert ([place.code for place in made.places], made.signals) == (["13.77.02"], ("konflik_massa",))
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
