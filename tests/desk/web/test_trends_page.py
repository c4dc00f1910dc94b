"""Trends add up, lie beside the time before, and lead to what is behind them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from data.records import Modality, Urgency
from data.watching import CountedIncident
from desk.charts import bar_chart, day_chart, tick_step
from desk.overview import Period
from desk.pages.trends import Row, by_day, outlet_counts, rows_from
from tests.desk.web.conftest import NOW
from tests.desk.web.test_map_page import a_warning

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2024, 11, 26)


def an_incident(number: int, hours: float, severity: int = 2) -> CountedIncident:
    at = NOW + timedelta(hours=hours)
    return CountedIncident(number, at, at, severity, Modality.KEJADIAN, ("perusakan",), ("13", "13.71"))


def test_days_are_those_of_the_desks_clock_and_empty_ones_stay() -> None:
    # 08.00 UTC is 15.00 WIB: nine hours later is the next day there, though not yet in Greenwich.
    incidents = [an_incident(1, 0, 3), an_incident(2, 0, 1), an_incident(3, 9, 4)]
    period = Period(date(2024, 11, 25), date(2024, 11, 27))
    assert by_day(incidents, period, ZoneInfo("Asia/Jakarta")) == (
        (date(2024, 11, 25), (0, 0, 0, 0, 0)),
        (date(2024, 11, 26), (0, 1, 0, 1, 0)),
        (date(2024, 11, 27), (0, 0, 0, 0, 1)),
    )


def test_the_period_before_is_as_long_and_ends_where_this_one_begins() -> None:
    period = Period.ending(DAY, 7)
    assert (period.first, len(period.days)) == (date(2024, 11, 20), 7)
    assert period.before == Period(date(2024, 11, 13), date(2024, 11, 19))


def test_rows_are_the_largest_first_and_say_their_change() -> None:
    rows = rows_from(Counter(a=2, b=5), Counter(b=7, c=1), str.upper)
    assert rows == (Row("B", 5, 7), Row("A", 2, 0), Row("C", 0, 1))
    assert [row.change for row in rows] == ["−2", "+2", "−1"]


def test_outlets_count_only_what_may_be_seen() -> None:
    pairs = [("kabar", 1), ("pos", 1), ("pos", 2), ("pos", 9)]
    assert outlet_counts(pairs, [an_incident(1, 0), an_incident(2, 0)]) == {"kabar": 1, "pos": 2}


# Charts.


@pytest.mark.parametrize(("top", "step"), [(0, 1), (5, 1), (6, 2), (11, 5), (26, 10), (260, 100), (1001, 500)])
def test_ticks_are_round_numbers_and_at_most_five(top: int, step: int) -> None:
    assert tick_step(top) == step


def test_a_bar_is_as_high_as_its_count_with_the_gravest_at_the_foot() -> None:
    chart = day_chart(["2024-11-25", "2024-11-26"], [(0, 2, 0, 2, 0), (0, 0, 0, 0, 0)], ["Sen", "Sel"])
    first, second = chart.bars
    assert [(part.level, part.count) for part in first.parts] == [(3, 2), (1, 2)]
    assert first.parts[0].height == first.parts[1].height == pytest.approx(110)  # half of 220 pixels each
    assert first.parts[0].y > first.parts[1].y
    assert first.parts[0].y + first.parts[0].height == pytest.approx(chart.foot)
    assert (first.total, second.total, second.parts) == (4, 0, ())


def test_of_ninety_days_not_all_are_named_and_the_last_one_is() -> None:
    days = [str(at) for at in range(90)]
    chart = day_chart(days, [(1, 0, 0, 0, 0)] * 90, days)
    names = [bar.name for bar in chart.bars if bar.name]
    assert 8 <= len(names) <= 15
    assert names[-1] == "89"
    assert not chart.numbered


def test_rows_of_bars_share_one_scale_and_long_names_are_cut() -> None:
    chart = bar_chart([("a", 10, 5), ("b" * 60, 5, 20)])
    assert chart.bars[1].before_width == 2 * chart.bars[0].now_width == 4 * chart.bars[0].before_width
    assert chart.bars[1].name == "b" * 47 + "…"
    assert bar_chart([]).bars == ()


# The page.


@pytest.fixture
def fortnight(newsdesk: Any, clock: Any) -> Any:
    """Today two incidents in Padang and one in Bandung; eight days ago one in Padang of another outlet."""
    clock.forward(days=-8)
    newsdesk.opens("Lama", newsdesk.prints("Lama", outlet="pos"), severity=2, code="13.71", urgency=Urgency.P3)
    clock.forward(days=8)
    newsdesk.opens("Satu", severity=3, code="13.71")
    newsdesk.opens("Dua", newsdesk.prints("Dua"), newsdesk.prints("Dua", outlet="pos"), severity=4, code="13.71")
    newsdesk.opens("Bandung", severity=3, code="32.73")
    return newsdesk


def table(page: str, caption: str) -> dict[str, tuple[int, int]]:
    """Return the rows of a table by name: now, before."""
    body = page.partition(f'<caption class="unseen">{caption}</caption>')[2].partition("</table>")[0]
    rows = re.findall(
        r'<th scope="row">(.*?)</th><td class="num">(\d+)</td><td class="num">(\d+)</td>', body, re.DOTALL
    )
    return {re.sub(r"<[^>]+>", "", name).strip(): (int(now), int(before)) for name, now, before in rows}


@pytest.mark.usefixtures("fortnight")
def test_a_week_lies_beside_the_week_before(analyst: Any) -> None:
    page = analyst.get("/tren?panjang=7&wilayah=").text
    assert table(page, "Tingkat, dibanding periode sebelumnya") == {
        "4 kritis": (1, 0), "3 tinggi": (2, 0), "2 sedang": (0, 1), "1 rendah": (0, 0), "0 nihil": (0, 0)
    }  # fmt: skip
    assert table(page, "Wilayah") == {"Sumatera Barat": (2, 1), "Jawa Barat": (1, 0)}
    # What an outlet is called is its own text: here with a tag in it, which is shown and nothing else.
    assert table(page, "Media dan sumber") == {"Kabar &lt;b&gt;Nagari&lt;/b&gt;": (3, 0), "Pos": (1, 1)}
    assert table(page, "Modalitas") == {"kejadian": (3, 1)}
    assert table(page, "Sinyal") == {"Perusakan &amp; pembakaran": (3, 1)}


@pytest.mark.usefixtures("fortnight")
def test_days_of_the_table_add_up_to_the_total(analyst: Any) -> None:
    page = analyst.get("/tren?panjang=14").text
    days = re.findall(r'<th scope="row">(\d\d-\d\d-\d{4})</th>.*?<td class="num">(\d+)</td></tr>', page)
    assert len(days) == 14
    assert {day: int(total) for day, total in days if total != "0"} == {"18-11-2024": 1, "26-11-2024": 3}


@pytest.mark.usefixtures("fortnight")
def test_a_province_shows_its_own_and_links_to_the_queue(analyst: Any) -> None:
    page = analyst.get("/tren?panjang=7&wilayah=13").text
    assert table(page, "Wilayah") == {"Kota Padang": (2, 1)}
    assert "wilayah=13.71" in page


@pytest.mark.usefixtures("fortnight")
def test_early_warnings_of_the_period_are_unverified_and_lead_to_their_incidents(analyst: Any, store: Any) -> None:
    store.early_warnings.open(a_warning(incident_ids=(2, 3)))
    page = analyst.get("/tren").text
    listed = page.partition("Peringatan dini dalam periode ini")[2]
    for words in ("Lonjakan", "Kota Padang", "belum terverifikasi", "6 kejadian, biasanya 0,8", "/kejadian/3", "Dua"):
        assert words in listed, words


@pytest.mark.usefixtures("fortnight")
def test_who_is_responsible_for_a_province_sees_the_trends_of_it_alone(visit: Callable[..., Any]) -> None:
    page = visit("analis", regions=("32",)).get("/tren?panjang=7&wilayah=13").text
    assert table(page, "Wilayah") == {"Kota Bandung": (1, 0)}
    assert "Pos" not in table(page, "Media dan sumber")


@pytest.mark.parametrize("query", ["panjang=5", "sampai=kemarin", "wilayah=zz", "sampai=1800-01-01", "panjang=-7"])
def test_nonsense_in_the_address_shows_what_the_page_begins_with(analyst: Any, query: str) -> None:
    answer = analyst.get(f"/tren?{query}")
    assert answer.status_code == 200
    assert "13 – 26 November 2024" in answer.text
