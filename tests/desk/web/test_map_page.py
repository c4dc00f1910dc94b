"""The map shows what the picture says, region by region, and nothing that a person may not see."""

from __future__ import annotations

import math
import re
import threading
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import StoreError
from data.gazetteer import Level
from data.outline import load_outlines
from data.records import SourceState, Urgency
from data.watching import Coverage, CoverageState, EarlyWarning, RegionPicture, Scale, WarningKind
from desk.frame import Desk
from desk.map_drawing import draw_regions, land_of, polygon
from desk.overview import Kept, Overview, Period, finest, overview_of
from desk.pages.map import slider_first
from flows.coverage import coverage_of
from flows.picture import picture_in
from tests.desk.web.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.desk import DeskTools

TODAY = date(2024, 11, 26)


def a_warning(region: str = "13.71", kind: WarningKind = WarningKind.LONJAKAN, **values: Any) -> EarlyWarning:
    start = NOW - timedelta(days=1)
    made = EarlyWarning(
        0, kind, None, region, Scale.HARI, start, NOW, 6, 0.75, 0.0004, 0.01, "poisson", (), start, start
    )  # fmt: skip
    return replace(made, **values)


@pytest.fixture
def week(newsdesk: Any, clock: Any) -> Any:
    """Three incidents in Sumatera Barat today, one in Jawa Barat, one in Kota Padang three days ago."""
    clock.forward(days=-3)
    newsdesk.opens("Tiga hari lalu", severity=4, code="13.71")
    clock.forward(days=3)
    newsdesk.opens("Padang dua", severity=2, code="13.71", urgency=Urgency.P3)
    newsdesk.opens("Padang tiga", severity=3, code="13.71")
    newsdesk.opens("Pariaman", severity=1, code="13.77", urgency=Urgency.P4)
    newsdesk.opens("Bandung", severity=3, code="32.73")
    return newsdesk


def rows_of(page: str) -> dict[str, list[int]]:
    """Return by region what its row says: the numbers of levels 4, 3, 2, 1, 0 and their sum."""
    found = {}
    for region, row in re.findall(r'<tr data-region="([^"]*)">(.*?)</tr>', page, re.DOTALL):
        cells = re.findall(r'<td class="num">(.*?)</td>', row, re.DOTALL)[:6]
        found[region] = [int(re.sub(r"<span.*?</span>|<[^>]+>", "", cell).strip().replace("–", "0")) for cell in cells]
    return found


def marks_of(page: str) -> dict[str, int]:
    """Return by region, as its link names it, the number that stands on the map."""
    found = re.findall(
        r'<a class="mark-link[^"]*" href="[^"]*wilayah=([\d.]+)&[^"]*".*?<text class="count"[^>]*>(\d+)<', page
    )
    return {region: int(number) for region, number in found}


@pytest.mark.usefixtures("week")
def test_a_province_shows_its_kabupaten_and_kota_with_the_numbers_of_each(analyst: Any) -> None:
    page = analyst.get("/peta?wilayah=13&panjang=7").text
    rows = rows_of(page)
    assert rows["13.71"] == [1, 1, 1, 0, 0, 3]
    assert rows["13.77"] == [0, 0, 0, 1, 0, 1]
    assert rows["13.01"] == [0, 0, 0, 0, 0, 0]
    assert not any(region.startswith("32") for region in rows)
    assert marks_of(page) == {"13.71": 3, "13.77": 1}


@pytest.mark.usefixtures("week")
def test_the_numbers_are_those_of_the_picture(analyst: Any, tools: DeskTools) -> None:
    overview = Overview(Desk(tools))
    start, end = overview.bounds(Period.ending(TODAY, 7))
    for area in (None, "13"):
        picture = picture_in(tools.store, [], tools.gazetteer, tools.calendar, start, end, area=area)
        page = analyst.get(f"/peta?panjang=7&wilayah={area or ''}").text
        told = {row.region: [*reversed(row.levels), row.total] for row in picture.regions}
        assert rows_of(page) == told
        assert marks_of(page) == {row.region: row.total for row in picture.regions if row.total}


@pytest.mark.usefixtures("week")
def test_the_country_shows_provinces_and_a_single_day_only_its_own(analyst: Any) -> None:
    assert marks_of(analyst.get("/peta").text) == {"13": 4, "32": 1}
    assert marks_of(analyst.get("/peta?panjang=1").text) == {"13": 3, "32": 1}
    assert marks_of(analyst.get("/peta?panjang=1&sampai=2024-11-23").text) == {"13": 1}


@pytest.mark.usefixtures("week")
def test_the_slider_tells_its_place_and_the_address_works_without_a_script(analyst: Any) -> None:
    page = analyst.get("/peta").text
    assert 'max="30" value="30" data-first="2024-10-28"' in page
    # Three places back from the last day: 23 November.
    moved = analyst.get("/peta?panjang=1&ke=27&geser_dari=2024-10-28").text
    assert 'data-last="2024-11-23"' in moved
    assert marks_of(moved) == {"13": 1}


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    "query", ["ke=0", "ke=31", "ke=x", "panjang=8", "sampai=besok", "wilayah=99", "wilayah=<b>", "sampai=2999-01-01"]
)
def test_what_is_no_day_or_area_shows_the_map_as_it_begins(analyst: Any, query: str) -> None:
    answer = analyst.get(f"/peta?{query}")
    assert answer.status_code == 200
    assert marks_of(answer.text) == {"13": 4, "32": 1}


def test_the_slider_of_a_day_long_ago_lies_around_it() -> None:
    assert slider_first(date(2024, 11, 20), TODAY) == date(2024, 10, 28)
    assert slider_first(date(2024, 9, 30), TODAY) == date(2024, 9, 15)


@pytest.mark.usefixtures("week")
def test_htmx_gets_only_what_changes(analyst: Any) -> None:
    part = analyst.get("/peta?wilayah=13", headers={"hx-request": "true"}).text
    assert part.lstrip().startswith('<div id="peta-isi"')
    assert "<html" not in part
    assert marks_of(part) == {"13.71": 3, "13.77": 1}


@pytest.mark.usefixtures("week")
def test_a_mark_leads_to_the_queue_of_its_region(analyst: Any) -> None:
    page = analyst.get("/peta?wilayah=13&panjang=1").text
    assert 'href="/?status=semua&amp;wilayah=13.77&amp;dari=2024-11-26&amp;sampai=2024-11-26"' in page.replace(
        "wilayah=13.77&dari", "wilayah=13.77&amp;dari"
    ).replace("semua&wilayah", "semua&amp;wilayah").replace("26&sampai", "26&amp;sampai")


@pytest.mark.usefixtures("week")
def test_early_warnings_are_marked_by_a_letter(analyst: Any, store: Any) -> None:
    store.early_warnings.open(a_warning())
    store.early_warnings.open(a_warning("32.73", WarningKind.PRAKURSOR))
    store.early_warnings.open(a_warning("13.01", start=NOW - timedelta(days=40), end=NOW - timedelta(days=39)))
    page = analyst.get("/peta?wilayah=13").text
    assert re.findall(r'class="badge-mark"[^>]*>.*?>([LP])</text>', page) == ["L"]
    assert "lonjakan #1" in page
    assert re.findall(r'class="badge-mark"[^>]*>.*?>([LP])</text>', analyst.get("/peta").text) == ["P", "L"]


@pytest.mark.usefixtures("week")
def test_who_is_responsible_for_a_kota_sees_its_incidents_and_no_others(visit: Callable[..., Any], store: Any) -> None:
    store.early_warnings.open(a_warning())
    page = visit("analis", regions=("13.77",)).get("/peta?wilayah=32").text
    assert rows_of(page) == {"13.77": [0, 0, 0, 1, 0, 1]}
    assert marks_of(page) == {"13.77": 1}
    assert "Seluruh Indonesia" not in page
    assert "Jawa Barat" not in page
    assert "lonjakan #1" not in page


def test_where_nobody_answers_the_map_does_not_say_that_all_is_well(analyst: Any, newsdesk: Any) -> None:
    newsdesk.prints("Berita")
    newsdesk.sources["kabar"] = replace(newsdesk.sources["kabar"], provinces=("13",))
    page = analyst.get("/peta").text
    assert "0 dari 1 sumber menjawab" in page
    assert "Tidak adanya kejadian tidak berarti aman." in page
    assert re.search(r'class="area terputus" fill="url\(#arsir-terputus\)"', page)


def test_days_add_up_to_the_coverage_of_the_period(newsdesk: Any, clock: Any, tools: DeskTools) -> None:
    for back, outlet, code in ((4, "kabar", "13.71"), (2, "kabar", "13.71"), (2, "pos", "13.71"), (0, "pos", "32.73")):
        clock.forward(days=-back)
        newsdesk.judged(newsdesk.prints(f"Berita {back}", outlet=outlet), code=code)
        clock.forward(days=back)
    newsdesk.sources["kabar"] = replace(newsdesk.sources["kabar"], provinces=("13",))
    newsdesk.sources["pos"] = replace(newsdesk.sources["pos"], provinces=("13", "32"))
    tools.store.sources.save(SourceState("kabar", enabled=True, poll_minutes=15, last_ok=NOW - timedelta(days=2)))
    overview = Overview(Desk(tools))
    for days in (1, 3, 7):
        period = Period.ending(TODAY, days)
        start, end = overview.bounds(period)
        expected = coverage_of(tools.store, newsdesk.sources.values(), tools.gazetteer, start, end)
        assert overview.coverage(period) == expected, days
    week = overview.coverage(Period.ending(TODAY, 7))
    assert (week["13.71"].reporting, week["13.71"].articles, week["13.71"].answering) == (2, 3, 1)
    assert week["13.71"].state is CoverageState.TERLIPUT
    assert week["32.73"].state is CoverageState.TERPUTUS


def test_an_incident_in_a_kota_is_not_everybodys_of_the_province() -> None:
    assert finest(["13", "13.71"]) == ["13.71"]
    assert finest(["13", "32", "32.73"]) == ["13", "32.73"]
    assert finest([]) == []


def test_what_was_asked_is_kept_for_a_minute_and_an_error_is_not(clock: Any) -> None:
    kept, asked = Kept(clock), []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    def fails() -> int:
        raise StoreError("busy")

    with pytest.raises(StoreError):
        kept.get("a", fails)
    assert [kept.get("a", ask), kept.get("a", ask), kept.get("b", ask)] == [1, 1, 2]
    clock.forward(seconds=59)
    assert kept.get("a", ask) == 1
    clock.forward(seconds=2)
    assert kept.get("a", ask) == 3


def test_the_oldest_is_forgotten_where_there_are_too_many(clock: Any) -> None:
    kept, asked = Kept(clock, most=2), []
    for key in ("a", "b", "c", "a", "c"):
        kept.get(key, lambda key=key: asked.append(key))  # type: ignore[misc]
    assert asked == ["a", "b", "c", "a"]


def test_of_threads_that_ask_at_once_one_asks_the_store(clock: Any) -> None:
    kept, asked, begun, go = Kept(clock), [], threading.Event(), threading.Event()

    def slow() -> str:
        asked.append(1)
        begun.set()
        go.wait(5)
        return "counted"

    found: list[str] = []
    first = threading.Thread(target=lambda: found.append(kept.get("a", slow)))
    first.start()
    assert begun.wait(5)
    others = [threading.Thread(target=lambda: found.append(kept.get("a", slow))) for _ in range(3)]
    for one in others:
        one.start()
    go.set()
    for one in (first, *others):
        one.join(5)
    assert (found, len(asked)) == (["counted"] * 4, 1)


def test_a_desk_has_one_overview(tools: DeskTools) -> None:
    desk = Desk(tools)
    assert overview_of(desk) is overview_of(desk)
    assert overview_of(desk) is not overview_of(Desk(tools))


# The drawing.


def a_region(region: str, *levels: int, state: CoverageState = CoverageState.TERLIPUT) -> RegionPicture:
    """Return the picture of a region; ``levels`` from 0 up."""
    counts = (*levels, 0, 0, 0, 0, 0)[:5]
    coverage = Coverage(region, state, 1, 1, 1, 5)
    return RegionPicture(region, region, counts, {}, {}, 0, coverage)  # type: ignore[arg-type]


def test_every_unit_has_an_outline_and_nearly_all_hold_their_own_point(gazetteer: Any) -> None:
    outlines = load_outlines()
    codes = [*gazetteer.codes(Level.PROVINCE), *gazetteer.codes(Level.KABKOTA)]
    assert sorted(outlines) == sorted(codes)
    holding = sum(any(_holds(ring, gazetteer.point(code)) for ring in outlines[code]) for code in codes)
    assert holding >= 0.93 * len(codes)


def _holds(ring: tuple[tuple[float, float], ...], point: tuple[float, float]) -> bool:
    """Return whether a point lies in a ring, by the crossings of a line from it (even, odd)."""
    inside = False
    for (y, x), (v, u) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y > point[0]) != (v > point[0]) and point[1] < x + (point[0] - y) / (v - y) * (u - x):
            inside = not inside
    return inside


def test_marks_that_would_cover_one_another_make_room(gazetteer: Any) -> None:
    java = [a_region(code, 0, 0, 0, 30 - at) for at, code in enumerate(("31", "32", "33", "34", "35", "36"))]
    drawn = draw_regions(java, [], None, gazetteer)
    assert len(drawn.marks) == 6
    for one, other in combinations(drawn.marks, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius, (one.name, other.name)
    assert any(mark.led for mark in drawn.marks)


def test_two_marks_on_one_spot_come_apart_too(gazetteer: Any) -> None:
    from desk.map_drawing import apart

    frame = land_of(None).frame
    at = apart({"a": (100.0, 100.0), "b": (100.0, 100.0)}, {"a": 15.0, "b": 15.0}, frame)
    assert math.hypot(at["a"][0] - at["b"][0], at["a"][1] - at["b"][1]) >= 30


def test_more_is_larger_and_each_level_has_a_shape_of_its_own(gazetteer: Any) -> None:
    few, many = a_region("12", 0, 1), a_region("16", 0, 0, 0, 9)
    by_region = {mark.region: mark for mark in draw_regions([many, few], [], None, gazetteer).marks}
    assert by_region["16"].radius > by_region["12"].radius
    assert (by_region["16"].level, by_region["12"].level) == (3, 1)
    assert len({polygon(level, 0, 0, 10) for level in (1, 2, 3, 4)}) == 4


def test_silence_that_says_nothing_is_a_cross_and_calm_a_ring(gazetteer: Any) -> None:
    calm, dark = a_region("12"), a_region("16", state=CoverageState.TANPA_SUMBER)
    by_region = {mark.region: mark.shape for mark in draw_regions([calm, dark], [], None, gazetteer).marks}
    assert "a" in by_region["12"]
    assert "a" not in by_region["16"]


def test_what_has_no_place_is_not_on_the_map(gazetteer: Any) -> None:
    drawn = draw_regions([a_region("", 0, 3), a_region("13", 0, 1)], [], None, gazetteer)
    assert [mark.region for mark in drawn.marks] == ["13"]


def test_names_do_not_cover_marks_or_each_other(gazetteer: Any) -> None:
    everywhere = [a_region(code, 0, 0, 1) for code in gazetteer.codes(Level.PROVINCE)]
    drawn = draw_regions(everywhere, [], None, gazetteer)
    named = [mark for mark in drawn.marks if mark.anchor]
    assert len(named) >= 12
    for mark in named:
        left = {"start": 0.0, "middle": -0.5, "end": -1.0}[mark.anchor] * 7.4 * len(mark.label) + mark.label_x
        for other in drawn.marks:
            if other is not mark:
                across = left < other.x + other.radius and left + 7.4 * len(mark.label) > other.x - other.radius
                down = mark.label_y - 10 < other.y + other.radius and mark.label_y + 3 > other.y - other.radius
                assert not (across and down), (mark.label, other.name)


# In a browser.


@pytest.mark.browser
def test_by_keyboard_the_slider_moves_the_map_and_marks_are_reached(week: Any, browse: Callable[..., Any]) -> None:
    browser = browse("ketua")
    page = browser.page
    page.goto(f"{browser.address}/peta?panjang=1&wilayah=13")
    assert page.locator(".count").all_text_contents() == ["1", "2"]
    assert page.locator(".map-window .area").count() == 19
    slider = page.locator("#ke")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_selector('#peta-isi[data-last="2024-11-23"]')
    assert page.locator(".count").all_text_contents() == ["1"]
    assert page.evaluate("document.activeElement.id") == "ke"
    assert slider.get_attribute("aria-valuetext") == "Sabtu, 23 November 2024"
    assert "ke=27" in page.url
    # From the slider on, the next marks come by the tab key alone, and lead to the queue.
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('mark-link')"):
            break
    assert "Kota Padang: 1 kejadian" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?status=semua&wilayah=13.71*")


@pytest.mark.browser
def test_on_a_telephone_everything_fits_and_the_days_can_be_played(week: Any, browse: Callable[..., Any]) -> None:
    browser = browse("ketua", viewport={"width": 360, "height": 740})
    page = browser.page
    for path in ("/peta", "/peta?wilayah=13", "/tren", "/ketua", "/peringatan-dini", "/laporan"):
        page.goto(browser.address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    page.goto(f"{browser.address}/peta?panjang=1&wilayah=13&sampai=2024-11-25")
    page.get_by_role("button", name="Putar").click()
    page.wait_for_selector('#peta-isi[data-last="2024-11-26"]')
    page.get_by_role("button", name="Putar").wait_for()
    assert page.locator(".count").all_text_contents() == ["1", "2"]
