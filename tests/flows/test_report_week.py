"""A simulated week of the sample sites: a quiet day is a nil with its coverage, a day with a burst names it first.

What the sites print lies in their own days: seven weeks of it come into a real store on the minute, are judged by what
is true of them, and joined; on the Saturday before masa tenang six fires are laid in Kota Padang besides. The looks for
early warnings run every three hours, and each report is made at six in the morning of the day after.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest
from lxml import html

from classifiers.stages import load_calendar
from data.gazetteer import load_gazetteer
from data.outcomes import Outcome
from data.records import WATCHED, Article, Assessment, Modality, Page, PageRef, Place, PlaceRole, Tally, Urgency
from data.samples.truth import truth
from data.store import Store
from data.taxonomy import load_taxonomy
from desk.terminal.sample import sample_settings
from flows.assess import AssessTools, assess_pending
from flows.early_warning import look
from flows.publish import PublishTools
from flows.reports import ReportTools, make_daily, make_weekly
from flows.settings import Settings
from flows.tools import load_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.reports import Made
    from models.assessor import AssessItem

WIB = ZoneInfo("Asia/Jakarta")
FIRST, LAST = date(2024, 10, 1), date(2024, 11, 24)
QUIET, BURST, AFTER = date(2024, 11, 20), date(2024, 11, 23), date(2024, 11, 24)
RELEASE = date(2024, 11, 21)  # three sites print one release
FIRES = (
    (
        "13.71.11",
        "kabarnagari",
        "Posko relawan di Lubuk Buaya dibakar orang tak dikenal",
        (
            "Sebuah posko relawan di tepi Jalan Adinegoro hangus menjelang subuh. Warga mencium bau bensin dan melihat dua"
            " sepeda motor melaju ke arah bandara. Satu komputer dan ratusan kaus ikut terbakar."
        ),
    ),
    (
        "13.71.06",
        "wartadesa",
        "Gudang alat peraga di Surau Gadang hangus dibakar",
        (
            "Pemilik gudang baru tahu setelah ditelepon tetangga. Di dalamnya ada rangka baliho dan gulungan spanduk yang"
            " sedianya diturunkan pekan ini. Petugas pemadam memerlukan satu jam untuk mengurai asap."
        ),
    ),
    (
        "13.71.01",
        "suararantau",
        "Mobil tim kampanye di Mata Air dibakar dini hari",
        (
            "Kendaraan yang diparkir di depan sebuah rumah kontrakan itu tinggal kerangka. Sopirnya sedang tidur dan baru"
            " terbangun oleh ledakan ban. Kamera toko seberang merekam seseorang berjaket hitam."
        ),
    ),
    (
        "13.71.09",
        "kabarnagari",
        "Tenda dan panggung di Cupak Tangah dibakar massa",
        (
            "Puluhan pemuda datang setelah acara hiburan bubar, menarik kain penutup lalu menyulutnya. Panggung kayu milik"
            " karang taruna roboh. Lurah meminta warga menahan diri dan menunggu pemeriksaan."
        ),
    ),
    (
        "13.71.04",
        "wartadesa",
        "Sekretariat PPS di Parak Gadang dilempari molotov",
        (
            "Botol berisi minyak tanah pecah di teras dan membakar pintu kayu. Anggota panitia pemungutan suara yang piket"
            " memadamkannya dengan selimut basah. Berkas daftar hadir selamat karena tersimpan di lemari besi."
        ),
    ),
    (
        "13.71.10",
        "suararantau",
        "Rumah ketua relawan di Bandar Buat dibakar",
        (
            "Api muncul dari dapur belakang ketika penghuninya menghadiri pesta keluarga di luar kota. Tetangga menemukan"
            " jeriken kosong di semak. Kerugian ditaksir delapan puluh juta rupiah."
        ),
    ),
)


@dataclass(frozen=True)
class Piece:
    url: str
    source_id: str
    title: str
    text: str
    published: datetime
    signals: tuple[str, ...]
    modality: Modality
    severity: int
    places: tuple[str, ...]


def pieces() -> list[Piece]:
    """Return what the sample sites print until the Sunday, and the six fires of the Saturday, in order of time."""
    found = [
        Piece(
            one.url, one.source_id, one.title, one.text, one.published, one.labels.signals, one.labels.modality,
            one.labels.severity, one.places,
        )
        for one in truth()
    ]  # fmt: skip
    for at, (code, source_id, title, text) in enumerate(FIRES):
        when = datetime.combine(BURST, time(9 + at), WIB).astimezone(UTC)
        url = f"http://{source_id}.test/api-{at}"
        found.append(Piece(url, source_id, title, text, when, ("perusakan",), Modality.KEJADIAN, 3, (code,)))
    mine = [one for one in found if FIRST <= one.published.astimezone(WIB).date() <= LAST]
    return sorted(mine, key=lambda one: one.published)


@dataclass
class Truthful:
    """Says of each piece what is true of it."""

    pieces: dict[str, Piece]
    model_version: str = "benar-1"
    rules_version: str = "1"

    def assess(self, items: Sequence[AssessItem]) -> list[Assessment]:
        return [self._one(self.pieces[item.url or ""]) for item in items]

    def _one(self, piece: Piece) -> Assessment:
        return Assessment(
            signals=dict.fromkeys(piece.signals, 0.9),
            flagged_signals=piece.signals,
            modality=piece.modality,
            severity=piece.severity,
            severity_points=(),
            urgency=Urgency.P2,
            flagged=bool(piece.signals) and piece.modality in WATCHED,
            flag_score=0.9,
            places=tuple(Place(code, code, PlaceRole.KEJADIAN, "text", 0, 1, 0.9) for code in piece.places),
            evidence=(),
            model_version=self.model_version,
            rules_version=self.rules_version,
        )


@dataclass
class Week:
    """The store as the weeks go by, with the clock of the simulation."""

    store: Store
    tools: ReportTools
    now: list[datetime]
    made: dict[date, Made] = field(default_factory=dict)

    def path(self, day: date, name: str) -> Path:
        file = self.made[day].report.file(name)
        assert file is not None
        return self.tools.folder / file.path


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    home = tmp_path_factory.mktemp("week")
    settings = sample_settings(Settings.from_environ({"KENTONGAN_HOME": str(home)}))
    sources = {source.id: replace(source, enabled=source.id != "galat") for source in load_sources(settings)}
    printed = pieces()
    now = [datetime.combine(FIRST, time(), WIB).astimezone(UTC)]
    assessor = Truthful({one.url: one for one in printed})
    with Store.open(f"sqlite:///{home / 'week.sqlite3'}") as store:
        leaving = PublishTools(
            store, sources, load_gazetteer(), load_taxonomy(), load_calendar(), lambda: now[0], home / "feeds",
            exercise=True,
        )  # fmt: skip
        week = Week(store, ReportTools(leaving, home / "reports", "Desk Pilkada"), now)
        day = FIRST
        while day <= LAST:
            _live(week, day, [one for one in printed if one.published.astimezone(WIB).date() == day], assessor, sources)
            day += timedelta(days=1)
        yield week


def _live(week: Week, day: date, printed: list[Piece], assessor: Any, sources: dict[str, Any]) -> None:
    """Let a day pass: read each piece five minutes after it is out, judge it, look around, and report next morning."""
    store, now = week.store, week.now
    start = datetime.combine(day, time(), WIB).astimezone(UTC)
    # A pass a day is enough but on the day that matters, and the one after.
    hours = 6 if day >= BURST else 24
    for hour in range(0, 24, hours):
        end = start + timedelta(hours=hour + hours)
        run = store.runs.start("crawl", end - timedelta(minutes=1))
        for one in printed:
            if end - timedelta(hours=hours) <= one.published < end:
                now[0] = one.published + timedelta(minutes=5)
                digest = hashlib.sha256(f"{one.title}\n{one.text}".encode()).hexdigest()
                article = Article(
                    one.source_id, one.url, one.url, one.title, one.text, digest, published=one.published, language="id"
                )
                page = Page(one.url, one.url, one.source_id, now[0], Outcome.FETCHED, 200)
                ref = PageRef(one.url, one.url, one.source_id, "feed")
                store.settle(run, ref, page, Outcome.FETCHED, article, now[0])
        now[0] = end - timedelta(minutes=1)
        for source in sources.values():
            if source.enabled:
                store.runs.save_tally(Tally(run, source.id, now[0], now[0], 0, {}, {"feed": 1}))
                store.sources.save(replace(store.sources.state(source.id), last_run=now[0], last_ok=now[0]))
        store.runs.finish(run, now[0], "completed")
        assess_pending(AssessTools(store, assessor, sources, lambda: now[0]))
        if day >= date(2024, 11, 18):
            now[0] = end
            look(store, sources.values(), load_calendar(), lambda: now[0])
    if day >= date(2024, 11, 18):
        now[0] = start + timedelta(hours=30)
        formats = ("html", "txt", *(("xlsx", "docx") if day in {BURST, RELEASE} else ()))
        week.made[day] = make_daily(day, "13", week.tools, by="jadwal", formats=formats)


def words(path: Path) -> str:
    return " ".join(html.fromstring(path.read_bytes().decode()).text_content().split())


def test_the_quiet_day_is_a_nil_report_with_coverage(simulated: Week) -> None:
    page = words(simulated.path(QUIET, "html"))
    assert "NIHIL – situasi kondusif" in page
    assert "Nihil: situasi kondusif, tidak ada item tingkat >= 2 hari ini" in page
    assert "Peringatan dini" not in page
    message = simulated.path(QUIET, "txt").read_text("utf-8")
    assert "5 dari 5 sumber yang dibaca menjawab (5 terdaftar)" in message
    assert "dari 19 kab/kota terpantau" in message


def test_the_day_of_the_fires_names_the_burst_first(simulated: Week) -> None:
    message = simulated.path(BURST, "txt").read_text("utf-8").splitlines()
    assert message[2].startswith("⚠ LONJAKAN: ")
    assert "Kota Padang" in message[2]
    page = html.fromstring(simulated.path(BURST, "html").read_bytes().decode())
    first = page.xpath("//section")[0]
    assert first.xpath("./h2")[0].text_content() == "I. Peringatan dini"
    assert f"⚠ {first.xpath('./p')[0].text_content()}" == message[2]
    made = docx.Document(io.BytesIO(simulated.path(BURST, "docx").read_bytes()))
    headings = [one.text for one in made.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert headings[:2] == ["I. Peringatan dini", "II. Situasi umum"]


def test_the_six_fires_are_six_incidents_of_that_day_in_every_format(simulated: Week) -> None:
    book = openpyxl.load_workbook(simulated.path(BURST, "xlsx"))
    told = [row[0].value for row in book["Kejadian menonjol"].iter_rows(min_row=3)]
    assert len(told) == 6
    regions = {row[0].value: row for row in book["Wilayah"].iter_rows(min_row=3)}
    assert regions["Kota Padang"][6].value == 6
    (table,) = html.fromstring(simulated.path(BURST, "html").read_bytes().decode()).xpath(
        "//table[caption[contains(., 'Kejadian baru tingkat 2')]]"
    )
    assert len(table.xpath("./tbody/tr")) == 6
    assert "Kejadian baru 6: 6 tinggi." in simulated.path(BURST, "txt").read_text("utf-8")


def test_the_day_after_is_quiet_again(simulated: Week) -> None:
    message = simulated.path(AFTER, "txt").read_text("utf-8")
    assert "LONJAKAN" not in message
    assert "Nihil: situasi kondusif" in message


def test_one_release_on_three_sites_is_one_incident(simulated: Week) -> None:
    book = openpyxl.load_workbook(simulated.path(RELEASE, "xlsx"))
    (row,) = list(book["Kejadian menonjol"].iter_rows(min_row=3, values_only=True))
    assert row[1] == 3
    assert row[13] == 3  # told three times


def test_the_week_is_the_sum_of_its_days(simulated: Week) -> None:
    monday = date(2024, 11, 18)
    made = make_weekly(monday, "13", simulated.tools, by="jadwal", formats=("html",)).report.file("html")
    assert made is not None
    rows = per_day(simulated.tools.folder / made.path)
    for at, row in enumerate(rows[:-1]):
        assert per_day(simulated.path(monday + timedelta(days=at), "html"))[-2] == row
    assert rows[-1] == [sum(column) for column in zip(*rows[:-1], strict=True)]
    assert rows[-1][-1] >= 8  # the six fires, one release, a small thing


def per_day(path: Path) -> list[list[int]]:
    """Return the counts by level, and in all, of each day of a report's table, its sums last."""
    page = html.fromstring(path.read_bytes().decode())
    (table,) = page.xpath("//table[caption[contains(., 'per hari dan tingkat')]]")
    return [[int(cell.text_content()) for cell in row[1:]] for row in table.xpath(".//tr")[1:]]


def test_what_is_made_again_without_news_is_no_new_revision(simulated: Week) -> None:
    again = make_daily(QUIET, "13", simulated.tools, by="seseorang", formats=("txt",))
    assert (again.is_new, again.report.revision, again.added) == (False, 1, ())
