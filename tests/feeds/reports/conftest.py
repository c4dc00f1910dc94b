"""Made-up days and weeks of Sumatera Barat, as the reports get them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.gazetteer import Gazetteer, Level, load_gazetteer
from data.watching import Coverage, CoverageState, Picture, RegionPicture, WarningKind
from feeds.reports.content import Counts, DayCount, Head, IncidentLine, SourceCount, StepTime, WarningLine
from feeds.reports.daily import Daily
from feeds.reports.weekly import Weekly

DAY = date(2024, 11, 27)
START = datetime(2024, 11, 26, 17, 0, tzinfo=UTC)
END = START + timedelta(days=1)
SIGNALS = {
    "politik_uang": "Politik uang",
    "perusakan": "Perusakan & pembakaran",
    "konflik_massa": "Unjuk rasa & konflik massa",
    "bencana_cuaca": "Bencana & cuaca ekstrem",
}
DIMENSIONS = {"konteks_sosial_politik": "Konteks Sosial Politik", "kontestasi": "Kontestasi"}
HEAD = Head("Desk Pilkada", "13", "Provinsi Sumatera Barat", "Asia/Jakarta")


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def line(number: int, severity: int, place: str, code: str, title: str, signal: str = "perusakan") -> IncidentLine:
    return IncidentLine(
        id=number,
        severity=severity,
        urgency="P2",
        signals=(signal,),
        signal_names=(SIGNALS[signal],),
        modality="kejadian",
        place=place,
        codes=(code,),
        regions=tuple(sorted({code[:2], code[:5]})),
        title=title,
        happened="27-11-2024 01.00–03.00 WIB",
        first_seen=START + timedelta(hours=5, minutes=13),
        spread=12,
        independent_sources=3,
        status="belum ditinjau",
        verified=False,
        handling="belum ditinjau",
        handlers=("Polres", "Bawaslu"),
        quote="Massa membakar posko di simpang itu, kata seorang saksi.",
        outlet="Kabar Nagari",
        url=f"https://kabar.example/{number}?a=1&b=2",
    )


def states(gazetteer: Gazetteer) -> dict[str, Coverage]:
    """Nineteen kabupaten/kota: sixteen read from (two of them thinly, one silent), one cut off, two without a source."""
    made = {}
    for at, code in enumerate(code for code in gazetteer.codes(Level.KABKOTA) if code.startswith("13.")):
        state = {
            0: CoverageState.TANPA_SUMBER, 1: CoverageState.TANPA_SUMBER, 2: CoverageState.TERPUTUS,
            3: CoverageState.SUNYI, 4: CoverageState.TIPIS, 5: CoverageState.TIPIS,
        }.get(at, CoverageState.TERLIPUT)  # fmt: skip
        made[code] = Coverage(code, state, 3, 2, 2, 20)
    return made


def picture(gazetteer: Gazetteer, levels: dict[str, tuple[int, int, int, int, int]]) -> Picture:
    coverage = states(gazetteer)
    regions = [
        RegionPicture(
            code,
            gazetteer.name(code),
            levels.get(code, (0, 0, 0, 0, 0)),
            {},
            {"konteks_sosial_politik": sum(levels.get(code, (0,))), "kontestasi": 0},
            0,
            coverage[code],
        )
        for code in coverage
    ]
    regions.sort(key=lambda one: (*(-count for count in reversed(one.levels)), one.region))
    total = sum(sum(counts) for counts in levels.values())
    return Picture("13", START, END, "pemungutan Pilkada 2024", tuple(regions), "", total, 0)


@pytest.fixture
def quiet(gazetteer: Gazetteer) -> Daily:
    """A day of one small incident."""
    days = tuple(DayCount(DAY - timedelta(days=back), (0, 1, 0, 0, 0)) for back in range(6, -1, -1))
    return Daily(
        head=HEAD,
        day=DAY,
        start=START,
        end=END,
        count=Counts((0, 1, 0, 0, 0), (("bencana_cuaca", 1),)),
        notable=(),
        going_on=(),
        warnings=(),
        picture=picture(gazetteer, {"13.77": (0, 1, 0, 0, 0)}),
        coverage=states(gazetteer),
        sources=SourceCount(41, 40, 38, ("Kabar Danau", "Suara Lembah"), 1204),
        week=days,
        before=Counts((0, 1, 0, 0, 0), (("politik_uang", 1),)),
        steps=(
            StepTime("Terbit sampai terlihat mesin", 4, 6.0, 14.0),
            StepTime("Terlihat sampai ditandai", 4, 3.0, 5.0),
            StepTime("Ditandai sampai ditinjau petugas", 0, None, None),
        ),
        stage="hari-H Pilkada 2024",
        tomorrow="H+1 Pilkada 2024",
        rejected=2,
        unplaced=(0, 0, 0, 0, 0),
        signal_names=SIGNALS,
        dimension_names=DIMENSIONS,
    )


@pytest.fixture
def burst(gazetteer: Gazetteer, quiet: Daily) -> Daily:
    """A day of seven incidents, five of them in a burst of arson in Padang; one lies in two cities."""
    told = (
        line(31, 4, "Kecamatan Koto Tangah, Kota Padang", "13.71.11", "Kotak suara dibakar massa, seorang tewas"),
        line(30, 3, "Kecamatan Nanggalo, Kota Padang", "13.71.06", "Posko pemenangan dibakar orang tak dikenal"),
        line(33, 2, "Kota Pariaman", "13.77", "Amplop berisi uang dibagikan di warung", "politik_uang"),
    )
    return replace(
        quiet,
        count=Counts((0, 4, 1, 1, 1), (("perusakan", 5), ("politik_uang", 1), ("bencana_cuaca", 1))),
        notable=told,
        going_on=(line(12, 3, "Kabupaten Agam", "13.06", "Bentrok pendukung: dua tersangka ditahan", "konflik_massa"),),
        warnings=(
            WarningLine(
                kind=WarningKind.LONJAKAN,
                signal="Perusakan & pembakaran",
                place="Kota Padang",
                region="13.71",
                start=START,
                end=END,
                observed=5,
                expected=0.4,
                q_value=0.0002,
                method="EARS C2",
                incident_ids=(31, 30, 35, 36, 37),
                standing=True,
                level=4,
            ),
        ),
        picture=picture(gazetteer, {"13.71": (0, 3, 0, 1, 1), "13.77": (0, 1, 1, 0, 0), "13.75": (0, 1, 0, 0, 0)}),
        week=(*quiet.week[:-1], DayCount(DAY, (0, 4, 1, 1, 1))),
        before=Counts((0, 1, 0, 0, 0), (("politik_uang", 1),)),
    )


@pytest.fixture
def week(gazetteer: Gazetteer, burst: Daily) -> Weekly:
    """The week of the burst: thirteen incidents, six small ones on the other days; five in the week before."""
    monday = date(2024, 11, 25)
    levels = {0: (0, 1, 0, 0, 0), 1: (0, 1, 0, 0, 0), 2: (0, 4, 1, 1, 1)}
    return Weekly(
        head=HEAD,
        week="2024-W48",
        first=monday,
        last=monday + timedelta(days=6),
        start=datetime(2024, 11, 24, 17, 0, tzinfo=UTC),
        end=datetime(2024, 12, 1, 17, 0, tzinfo=UTC),
        count=Counts((0, 10, 1, 1, 1), (("perusakan", 5), ("politik_uang", 4), ("bencana_cuaca", 4))),
        before=Counts((0, 4, 1, 0, 0), (("politik_uang", 5),)),
        days=tuple(DayCount(monday + timedelta(days=at), levels.get(at, (0, 1, 0, 0, 0))) for at in range(7)),
        days_before=tuple(DayCount(monday + timedelta(days=at - 7), (0, 0, 0, 0, 0)) for at in range(7)),
        grave=burst.notable[:2],
        warnings=burst.warnings,
        picture=picture(gazetteer, {"13.71": (0, 6, 0, 1, 1), "13.77": (0, 4, 1, 0, 0)}),
        picture_before=picture(gazetteer, {"13.77": (0, 4, 1, 0, 0)}),
        coverage=burst.coverage,
        sources=burst.sources,
        steps=burst.steps,
        stages=("masa tenang Pilkada 2024", "pemungutan Pilkada 2024", "rekapitulasi Pilkada 2024"),
        rejected=2,
        unplaced=(0, 1, 1, 0, 0),
        signal_names=SIGNALS,
        dimension_names=DIMENSIONS,
    )
