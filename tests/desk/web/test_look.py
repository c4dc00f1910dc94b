"""The look holds what it says of itself: tokens agree, levels are told apart, themes, keys and focus work in Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desk.frame import HERE

if TYPE_CHECKING:
    from collections.abc import Callable

CSS = (HERE / "static" / "desk.css").read_text(encoding="utf-8")
TEXT_ON_SURFACES = ("ink", "quiet", "link", "good", "warn", "bad", "danger", "l0", "l1", "l2", "l3", "l4")
OWN_GROUNDS = {
    "l0": "l0s",
    "l1": "l1s",
    "l2": "l2s",
    "l3": "l3s",
    "l4": "l4s",
    "good": "good-soft",
    "warn": "warn-soft",
}
FILE_OF_ITS_OWN = "places.html"
"""What `kentongan locate --html FILE` writes: a page that is opened from the disk, without the desk and its policy."""

AA = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""

EDGES = 3.0
"""The least contrast of what a control is known by (1.4.11)."""


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,8})\b", block))


def blocks() -> tuple[str, str, str]:
    """Return the tokens of light, of dark as the system wishes it, of dark as the person chose it."""
    light = CSS.partition(":root{color-scheme:light;")[2].partition("}")[0]
    wished = CSS.partition(":root:not([data-theme=light]){color-scheme:dark;")[2].partition("}")[0]
    chosen = CSS.partition(":root[data-theme=dark]{color-scheme:dark;")[2].partition("}")[0]
    return light, wished, chosen


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2, its definition)."""
    figures = colour[1:] if len(colour) > 4 else "".join(2 * figure for figure in colour[1:])
    parts = [int(figures[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_what_the_standard_calls_it() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_both_dark_blocks_say_the_same() -> None:
    light, wished, chosen = blocks()
    assert tokens(wished) == tokens(chosen)
    assert tokens(light).keys() == tokens(wished).keys()


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_can_be_read_on_every_surface(theme: int) -> None:
    told = tokens(blocks()[theme])
    pairs = [(text, ground) for text in TEXT_ON_SURFACES for ground in ("paper", "card", "sunk")]
    pairs += [
        *OWN_GROUNDS.items(),
        ("accent-ink", "accent"),
        ("danger-ink", "danger"),
        ("link", "soft"),
        ("ink", "soft"),
    ]
    pairs += [
        ("ink", "mark"),
        ("ink", "mark2"),
        ("ink", "mark3"),
        ("card", "l4"),
        ("ink", "good-soft"),
        ("ink", "bad-soft"),
    ]
    faint = {pair: round(contrast(told[pair[0]], told[pair[1]]), 2) for pair in pairs}
    assert {pair: found for pair, found in faint.items() if found < AA} == {}
    assert contrast(told["edge"], told["card"]) >= EDGES


def test_each_level_has_a_shape_of_its_own() -> None:
    shapes = re.findall(r"\.level-(\d)\{[^}]*--shape:([^}]+)\}", CSS)
    assert [level for level, _ in shapes] == ["0", "1", "2", "3", "4"]
    assert len({shape for _, shape in shapes}) == 5


def test_the_vocabulary_at_the_top_names_classes_that_there_are() -> None:
    head = CSS.partition("*/")[0]
    named = set(re.findall(r"(?<![\w-])\.([a-z][\w-]*[a-z0-9])(?![\w<])", head)) - {"js", "py"}
    rules = CSS.partition("*/")[2]
    assert {name for name in named if not re.search(rf"\.{name}(?![\w-])", rules)} == set()


def test_the_style_sheet_asks_for_nothing_from_elsewhere() -> None:
    assert re.findall(r"url\(([^)]*)\)", CSS) == ["kentongan.svg"]
    assert "@import" not in CSS


def test_no_template_carries_style_or_script_of_its_own() -> None:
    for template in sorted((HERE / "templates").glob("*.html")):
        if template.name == FILE_OF_ITS_OWN:
            continue
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=[\"']|\shx-on|javascript:|hx-vals=.?js:", text), template.name
        assert re.findall(r"<script(?! src=\"{{ static }}/)", text) == [], template.name
        assert "|safe" not in text.replace(" ", ""), template.name


def test_every_form_that_changes_something_carries_the_token() -> None:
    for template in sorted((HERE / "templates").glob("*.html")):
        text = template.read_text(encoding="utf-8")
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, flags=re.DOTALL):
            # Who logs in has no token yet; who followed the link of a message has the link itself.
            stranger = 'action="/masuk"' in form or template.name == "acknowledge.html"
            assert stranger or 'name="csrf"' in form or "csrf)" in form, f"{template.name}: {form[:90]}"


def paper(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


LIGHT, DARK = "rgb(246, 244, 239)", "rgb(18, 22, 28)"


@pytest.mark.browser
@pytest.mark.usefixtures("incident")
def test_the_theme_follows_the_system_until_the_person_chooses(browse: Callable[..., Any]) -> None:
    browser = browse("analis", color_scheme="dark")
    page = browser.page
    assert paper(page) == DARK
    page.get_by_role("button", name="Analis").click()
    choice = page.locator("#saya [data-theme-button]")
    assert choice.inner_text().split(maxsplit=1)[1] == "Tema: ikut sistem"
    choice.click()
    assert (paper(page), choice.inner_text().split(maxsplit=1)[1]) == (LIGHT, "Tema: terang")
    # It is there before the first paint of the next page, and stays.
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { window.first = document.documentElement.dataset.theme })"
    )
    page.goto(f"{browser.address}/akun")
    assert page.evaluate("window.first") == "light"
    assert paper(page) == LIGHT
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Analis").click()
    page.locator("#saya [data-theme-button]").click()
    assert paper(page) == DARK


@pytest.mark.browser
@pytest.mark.usefixtures("incident")
def test_question_mark_lists_the_keys_and_two_keys_lead_to_a_page(browse: Callable[..., Any]) -> None:
    browser = browse("admin")
    page, keys = browser.page, browser.page.keyboard
    keys.press("?")
    listed = page.locator("#tombol")
    assert listed.is_visible()
    words = listed.inner_text()
    for word in ("g\ns", "Sumber", "Orang", "daftar ini", "Esc"):
        assert word.replace("\n", " ") in " ".join(words.split()), word
    # While the list is open the page's keys are still.
    keys.type("gs")
    assert page.url == f"{browser.address}/"
    keys.press("Escape")
    assert listed.is_hidden()
    keys.type("go")
    page.wait_for_url("**/orang")
    # In a field letters are letters; Escape leads out of it.
    field = page.locator("input[name=nama]")
    field.focus()
    keys.type("gs?")
    assert (field.input_value(), page.url) == ("gs?", f"{browser.address}/orang")
    keys.press("Escape")
    keys.type("gk")
    assert page.locator("#saya").is_visible()
    page.goto(f"{browser.address}/orang")
    # Single letters can be switched off, and on again by the button (WCAG 2.2, 2.1.4).
    page.locator("[data-keys-button]").click()
    page.get_by_label("Pakai tombol pintas satu huruf").uncheck()
    keys.press("Escape")
    keys.type("gs?")
    assert (page.url, listed.is_hidden()) == (f"{browser.address}/orang", True)
    page.locator("[data-keys-button]").click()
    page.get_by_label("Pakai tombol pintas satu huruf").check()
    keys.press("Escape")
    keys.type("ga")
    page.wait_for_url(f"{browser.address}/")


@pytest.mark.browser
@pytest.mark.usefixtures("incident")
def test_the_menu_of_a_small_screen_opens_without_any_script(browse: Callable[..., Any]) -> None:
    browser = browse(None, viewport={"width": 360, "height": 740}, java_script_enabled=False)
    browser.page.goto(f"{browser.address}/masuk")
    assert browser.page.locator("#menu").count() == 0
    browser = browse("analis", viewport={"width": 360, "height": 740})
    page = browser.page
    assert page.get_by_role("link", name="Sumber", exact=True).is_hidden()
    page.get_by_role("button", name="Menu utama").click()
    # Seen through the whole menu, what is kept under "Kelola" on a wide screen included.
    for name in ("Peringatan dini", "Laporan", "Layar ketua", "Cari"):
        assert page.locator("#menu").get_by_role("link", name=name, exact=True).is_visible(), name
    page.get_by_role("link", name="Sumber", exact=True).click()
    page.wait_for_url("**/sumber")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Layar ketua", exact=True).first.click()
    page.wait_for_url("**/ketua")
    assert page.get_by_role("link", name="Sumber", exact=True).is_hidden()
    page.get_by_role("button", name="Kelola").click()
    page.get_by_role("link", name="Sumber", exact=True).click()
    page.wait_for_url("**/sumber")


EXCHANGED = """() => {
  document.getElementById('isi').innerHTML = `<ol id="daftar" data-key-list>${[1, 2, 3].map((n) =>
    `<li id="baris-${n}"><a href="#${n}">baris ${n}</a> <button type="button" data-key="x">x</button></li>`).join('')}</ol>`;
}"""

SWAP = """(rows) => {
  document.dispatchEvent(new CustomEvent('htmx:beforeSwap'));
  document.getElementById('daftar').outerHTML = `<ol id="daftar" data-key-list>${rows.map((n) =>
    `<li id="baris-${n}"><a href="#${n}">baris ${n}</a> <button type="button" data-key="x">x</button></li>`).join('')}</ol>`;
  document.dispatchEvent(new CustomEvent('htmx:afterSettle'));
}"""

FOCUSED = """() => {
  const focused = document.activeElement;
  return [focused.closest('li')?.id ?? focused.id, focused.tagName];
}"""


@pytest.mark.browser
def test_the_focus_is_never_lost_when_a_part_is_exchanged(browse: Callable[..., Any]) -> None:
    browser = browse("analis")
    page, keys = browser.page, browser.page.keyboard
    page.goto(f"{browser.address}/akun")
    page.evaluate(EXCHANGED)
    keys.type("jj")
    assert page.evaluate(FOCUSED) == ["baris-2", "A"]
    # The same action of the same row, although it moved.
    keys.press("x")
    assert page.evaluate(FOCUSED) == ["baris-2", "BUTTON"]
    page.evaluate(SWAP, [4, 1, 2, 3])
    assert page.evaluate(FOCUSED) == ["baris-2", "BUTTON"]
    # The row is gone: the one that took its place; then the last one; then the beginning of the page.
    page.evaluate(SWAP, [4, 1, 3])
    assert page.evaluate(FOCUSED) == ["baris-3", "BUTTON"]
    page.evaluate(SWAP, [4, 1])
    assert page.evaluate(FOCUSED) == ["baris-1", "BUTTON"]
    page.evaluate(SWAP, [])
    assert page.evaluate(FOCUSED) == ["isi", "MAIN"]


@pytest.mark.browser
@pytest.mark.usefixtures("incident")
def test_a_form_that_brings_the_same_page_again_keeps_the_place(browse: Callable[..., Any], add_user: Any) -> None:
    for name in ("tuti", "umar"):
        add_user("analis", name)
    browser = browse("admin")
    page = browser.page
    page.goto(f"{browser.address}/orang")
    row = page.locator("tr", has_text="umar")
    row.get_by_role("button", name="Simpan").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/orang?*")
    assert page.evaluate("document.activeElement.closest('tr')?.innerText.includes('umar')")


def test_scripts_of_the_desk_are_modules_that_ask_for_nothing_from_elsewhere() -> None:
    for script in sorted(Path(HERE / "static").glob("*.js")):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|insertAdjacentHTML|document\.write", text), script.name
        assert not re.search(r"""['"`]https?://(?!www\.w3\.org/)""", text), script.name
