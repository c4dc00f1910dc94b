"""Settings and sources in a real browser: a setting edited, refused, undone; a source paused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from flows.desk_rules import calendar_in_use, office_in_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

pytestmark = pytest.mark.browser


def test_a_setting_is_edited_with_its_history_and_a_source_is_paused(
    browse: Callable[..., Any], newsdesk: Any, store: Store, tools: Any
) -> None:
    newsdesk.prints("Jembatan putus")
    browser = browse("admin")
    page = browser.page

    page.goto(f"{browser.address}/setelan/desk")
    name = page.get_by_label("Nama di kepala laporan")
    name.fill("Desk Pilkada Pariaman")
    form = page.locator("form", has=name)
    form.get_by_label("Alasan").fill("nama resmi menurut SK")
    form.get_by_role("button", name="Simpan nama").click()
    page.wait_for_selector("text=Setelan disimpan")
    assert office_in_use(store, "") == "Desk Pilkada Pariaman"
    history = page.get_by_role("region", name="Riwayat")
    assert "nama resmi menurut SK" in history.inner_text()

    # What is refused is said above the form, and what was typed stays.
    page.goto(f"{browser.address}/setelan/tahapan")
    page.get_by_label("Pemilihan").fill("PSU Sijunjung")
    page.get_by_label("Wilayah (kode").fill("99.99")
    page.get_by_label("Hari pertama").fill("2025-04-19")
    page.locator("#ubah").get_by_label("Alasan").fill("putusan MK")
    page.get_by_role("button", name="Simpan tahapan").click()
    page.wait_for_selector("#pesan .message")
    assert "99.99" in page.locator("#pesan").inner_text()
    assert page.get_by_label("Pemilihan").input_value() == "PSU Sijunjung"
    page.get_by_label("Wilayah (kode").fill("13.03")
    page.get_by_role("button", name="Simpan tahapan").click()
    page.wait_for_selector("text=Setelan disimpan")
    assert any(stage.election == "PSU Sijunjung" for stage in calendar_in_use(store).stages)
    page.keyboard.press("u")
    page.wait_for_selector("text=Setelan dikembalikan")
    assert not any(stage.election == "PSU Sijunjung" for stage in calendar_in_use(store).stages)

    page.goto(f"{browser.address}/sumber")
    page.get_by_role("link", name="Nagari").click()
    page.get_by_label("Alasan").fill("situs pindah")
    page.get_by_role("button", name="Hentikan sumber").click()
    page.wait_for_selector("text=dihentikan.")
    assert re.search(r"enabled = false", tools.settings.user_catalogue.read_text("utf-8"))
    assert store.audit.entries(action="sumber_dihentikan")[0].actor == "admin"
