"""The look for early warnings over a store: raised once, followed, ended; the picture beside it; both commands."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from classifiers.stages import load_calendar
from data.errors import LeaseError, UnknownItemError
from data.records import Assessment, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from data.watching import CoverageState, Scale, WarningKind
from flows.early_warning import look, readings, rows_of, seen_at, summary_of
from flows.leases import held
from flows.picture import picture_in, region_names
from tests.flows.delivery_house import GAZETTEER

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOW = datetime(2024, 11, 10, 11, tzinfo=UTC)


def place(code):
    return Place(code, code, PlaceRole.KEJADIAN, "text", 0, 4, 0.9)


@dataclass
class Year:
    """A newsroom with a quarter of a year behind it, in which things are made to happen."""

    newsroom: object
    number: int = 0

    def reads(self, outlet, since, articles=24, code="13.77", now=NOW):
        """Let an outlet be read since then, with articles that name a place spread up to now."""
        for index in range(articles):
            self.number += 1
            self.newsroom.now = since + (now - since) * index / articles
            text = f"Kabar nomor {self.number} dari daerah itu. " * 10
            stored = self.newsroom.prints(outlet, f"Kabar {self.number}", text, None, slug=f"a{self.number}")
            said = Assessment(
                {}, (), Modality.TIDAK_RELEVAN, 0, (), Urgency.P4, False, 0.0, (place(code),), (), "m", "1"
            )
            self.newsroom.store.assessments.save(stored.id, 1, said, self.newsroom.now)

    def happens(self, at, code="13.77.01", signal="perusakan", severity=2, modality=Modality.KEJADIAN):
        incident = Incident(
            id=0,
            title=f"Posko dirusak di {code}",
            signals=(signal,),
            modality=modality,
            severity=severity,
            urgency=Urgency.P3,
            status=IncidentStatus.BELUM_DITINJAU,
            places=(place(code),) if code else (),
            opened_at=at,
            first_seen=at,
            last_seen=at,
            event_time=None,
            article_ids=(),
            spread=1,
            independent_sources=1,
            best_tier=2,
            published=at,
        )
        return self.newsroom.store.incidents.open(incident, [], at)

    def look(self, now):
        return look(self.store, self.newsroom.sources.values(), load_calendar(), lambda: now)

    def picture(self, start, end, **options):
        sources = self.newsroom.sources.values()
        return picture_in(self.store, sources, GAZETTEER(), load_calendar(), start, end, **options)

    @property
    def store(self):
        return self.newsroom.store

    @property
    def standing(self):
        return self.store.early_warnings.standing()


@pytest.fixture
def year(newsroom):
    made = Year(newsroom)
    with newsroom.store.transaction():
        made.reads("langgam", NOW - 120 * DAY)
        for back in range(6, 90, 9):
            made.happens(NOW - back * DAY)
    return made


def test_a_quiet_quarter_raises_nothing(year):
    tally = year.look(NOW)
    assert (tally.raised, tally.updated, tally.ended, tally.standing) == (0, 0, 0, 0)
    assert (tally.regions, tally.incidents) == (2, 10)  # Sumatera Barat and Pariaman


def test_a_burst_is_raised_once_followed_and_ended(year):
    for number in range(6):
        year.happens(NOW - number * HOUR)
    with capture_logs() as logs:
        assert year.look(NOW).raised == 1
    (told,) = [one for one in logs if one["event"] == "early_warning"]
    assert told["status"] == "belum terverifikasi"
    (burst,) = year.standing
    assert (burst.region, burst.signal, burst.observed) == ("13.77", "perusakan", 6)
    assert burst.expected < 1

    again = year.look(NOW + HOUR / 4)
    assert (again.raised, again.updated, again.standing) == (0, 0, 1)

    gravest = year.happens(NOW + HOUR, severity=4)
    assert year.look(NOW + 2 * HOUR).updated == 1
    (grown,) = year.standing
    assert (grown.id, grown.start, grown.observed) == (burst.id, burst.start, 7)
    assert grown.incident_ids[0] == gravest.id

    assert year.look(NOW + 5 * DAY).ended == 1
    assert year.standing == []
    assert year.look(NOW + 5 * DAY + HOUR).raised == 0
    assert [one.id for one in year.store.early_warnings.list()] == [burst.id]


def test_incidents_that_a_person_calls_no_threat_take_the_warning_away(year):
    made = [year.happens(NOW - number * HOUR) for number in range(6)]
    year.look(NOW)
    for incident in made:
        year.store.incidents.update(replace(incident, status=IncidentStatus.BUKAN_ANCAMAN), NOW, "analis")
    assert year.look(NOW + HOUR).ended == 1
    assert year.standing == []


def test_an_outlet_that_is_new_does_not_look_like_a_burst(newsroom):
    year = Year(newsroom)
    with newsroom.store.transaction():
        year.reads("langgam", NOW - 5 * DAY)
        for number in range(20):
            year.happens(NOW - number * 5 * HOUR)
    assert year.look(NOW).raised == 0


def test_how_much_an_outlet_tells_of_a_region_is_counted_since_it_is_read(year):
    with year.store.transaction():
        year.reads("padek", NOW - 10 * DAY, articles=20, code="13.71")
    found = {(one.region, one.source_id): one for one in readings(year.store, year.newsroom.sources.values(), NOW)}
    assert found["13.71", "padek"].rate == pytest.approx(2.0)
    assert found["13.71", "padek"].since == NOW - 10 * DAY
    # 24 articles in 120 days, of which the last 91 count.
    assert found["13.77", "langgam"].rate == pytest.approx(0.2, abs=0.02)
    assert found["13", "langgam"].rate == found["13.77", "langgam"].rate
    assert ("13.71", "langgam") not in found


def test_threats_that_build_up_before_the_quiet_days_are_a_precursor(year):
    for ago, count in enumerate((10, 3, 1, 1, 0)):
        for index in range(count):
            at = NOW - 7 * ago * DAY - index * 14 * HOUR
            year.happens(at, signal="kekerasan_intimidasi", modality=Modality.ANCAMAN_POTENSI)
    year.look(NOW)
    kinds = {one.kind: one for one in year.standing}
    assert WarningKind.PRAKURSOR in kinds
    one = kinds[WarningKind.PRAKURSOR]
    assert (one.region, one.signal, one.scale) == ("13.77", "kekerasan_intimidasi", Scale.HARI)
    assert one.note.startswith("H-14 masa tenang Pilkada 2024")


def test_what_a_moment_would_have_found_is_not_kept(year):
    for number in range(6):
        year.happens(NOW - number * HOUR)
    seen = seen_at(year.store, year.newsroom.sources.values(), load_calendar(), NOW)
    assert [one.region for one in seen.changes.raised] == ["13.77"]
    before = seen_at(year.store, year.newsroom.sources.values(), load_calendar(), NOW - DAY)
    assert before.changes.raised == ()
    assert year.store.early_warnings.list() == []


def test_two_looks_at_once_are_one(year):
    with held(year.store, "early_warning", lambda: NOW, HOUR), pytest.raises(LeaseError):
        year.look(NOW)


def test_rows_and_sentences_say_that_nobody_has_verified_it(year):
    for number in range(6):
        year.happens(NOW - number * HOUR)
    tally = year.look(NOW)
    (row,) = rows_of(year.standing, region_names(GAZETTEER()))
    assert row["status"] == "belum terverifikasi"
    assert (row["wilayah"], row["sinyal"], row["keadaan"]) == (
        "Kota Pariaman (13.77)",
        "Perusakan & pembakaran",
        "berlangsung",
    )
    assert summary_of(tally, year.standing) == (
        "1 early warnings raised, 0 updated, 0 ended over 2 regions; standing: 1 lonjakan; unverified"
    )


def test_the_picture_shows_a_province_with_its_coverage(year):
    year.happens(NOW - DAY, severity=4)
    year.happens(NOW - DAY, code="13")
    year.happens(NOW - DAY, code="")
    picture = year.picture(NOW - 7 * DAY, NOW, area="13")
    assert picture.stage == "kampanye Pilkada 2024"
    first, second = picture.regions[:2]
    assert (first.region, first.levels, first.coverage.state) == ("13.77", (0, 0, 1, 0, 1), CoverageState.TIPIS)
    assert (second.region, second.total) == ("13", 1)
    assert picture.regions[2].coverage.state is CoverageState.TANPA_SUMBER
    assert picture.total == 3
    assert len(picture.regions) == 20  # nineteen kabupaten and kota, and those without one
    country = year.picture(NOW - 7 * DAY, NOW)
    assert (country.total, len(country.regions)) == (4, 39)


@pytest.fixture
def desk(year, monkeypatch, tmp_path):
    """Return a function that calls the command line over the year's store at ``NOW``."""
    from click.testing import CliRunner

    import flows.tools
    from kentongan import cli

    monkeypatch.setenv("KENTONGAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KENTONGAN_DATABASE_URL", year.store.name)
    monkeypatch.setattr(flows.tools, "utc_now", lambda: NOW)
    monkeypatch.setattr(flows.tools, "load_sources", lambda _: tuple(year.newsroom.sources.values()))

    def call(*words):
        return CliRunner().invoke(cli, words, catch_exceptions=False)

    return call


def test_warnings_are_listed_as_a_table_and_for_machines(year, desk):
    assert "Tidak ada peringatan dini" in desk("--lang", "id", "warnings").output
    for number in range(6):
        year.happens(NOW - number * HOUR)
    shown = desk("--lang", "id", "warnings", "--look").output
    assert "belum terverifikasi" in shown
    assert "Kota Pariaman" in shown
    (one,) = json.loads(desk("warnings", "--json").output)
    assert (one["region"], one["observed"], one["verified"], one["status"]) == (
        "13.77",
        6,
        False,
        "belum terverifikasi",
    )
    assert len(one["incident_ids"]) == 6
    assert json.loads(desk("warnings", "--at", "2024-10-01", "--json").output) == []
    assert json.loads(desk("warnings", "--all", "--days", "3", "--json").output) == [one]


def test_a_picture_is_shown_as_a_table_and_for_machines(year, desk):
    year.happens(NOW - DAY, severity=4)
    shown = desk("--lang", "id", "picture", "13", "--daily").output
    assert "Kota Pariaman" in shown
    assert "bukan nilai IKP" in shown
    facts = json.loads(desk("picture", "13", "--json").output)
    assert facts["regions"][0]["levels"] == [0, 0, 1, 0, 1]
    assert facts["regions"][0]["coverage"]["state"] == "tipis"
    assert sum(day["total"] for day in facts["days"]) == facts["total"] == 2
    assert facts["stages"] == [{"label": "kampanye Pilkada 2024", "levels": [0, 0, 1, 0, 1], "total": 2}]
    stage = json.loads(desk("picture", "--stage", "pilkada2024-kampanye", "--json").output)
    assert (stage["start"], stage["end"]) == ("2024-09-24T17:00:00+00:00", "2024-11-23T17:00:00+00:00")
    with pytest.raises(UnknownItemError, match="no such stage"):
        desk("picture", "--stage", "x")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["picture", "13.77.01"], "is no code of a province"),
        (["picture", "--days", "3", "--from", "2024-11-01"], "give the period once"),
        (["picture", "--from", "2024-11-05", "--to", "2024-11-01"], "ends before it begins"),
        (["picture", "--to", "kemarin"], "is no day"),
        (["warnings", "--at", "kemarin"], "is no moment"),
    ],
)
def test_a_wrong_call_is_told_what_to_write(desk, words, said):
    called = desk(*words)
    assert called.exit_code == 2
    assert said in called.output
