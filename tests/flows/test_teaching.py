"""From a correction in one article to a name that every later article is read with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from classifiers.places import Locator
from data.errors import InputError, SettingsError, UnknownItemError
from data.records import IncidentStatus, Review
from data.taught_places import FILE, PlaceCorrection, names_in_use, read_taught
from flows.teaching import BUNDLED, TeachTools, adopt, examples, known_texts, proposals, withdraw

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
FLOOD = "Banjir merendam puluhan rumah di Simpang Kandih Raya, Rabu (6/11). Warga mengungsi ke masjid."


@pytest.fixture(scope="module")
def locator():
    return Locator.load()


@pytest.fixture
def tools(newsroom, locator, tmp_path):
    return TeachTools(newsroom.store, locator, newsroom.sources, tmp_path / "places", lambda: NOON)


@pytest.fixture
def flood(newsroom, says):
    return newsroom.prints("kabar", "Banjir rendam rumah", FLOOD, says(signal="bencana_cuaca"), slug="banjir")


def corrected(tools, stored, name, *codes, person="sari", kind="nama"):
    tools.store.place_corrections.add(PlaceCorrection(stored.id, stored.revision, person, NOON, kind, codes, name))


def test_a_corrected_name_is_proposed_with_its_trial(tools, flood):
    corrected(tools, flood, "Simpang Kandih Raya", "13.12.05")
    (one,) = proposals(tools)
    assert (one.name, one.codes, one.articles, one.persons) == (
        "Simpang Kandih Raya",
        ("13.12.05",),
        (flood.id,),
        1,
    )
    assert one.trial.helped == (str(flood.id),)
    assert one.objections == ()


def test_an_adopted_name_is_read_from_then_on_and_withdrawn_is_not(tools, flood):
    corrected(tools, flood, "Simpang Kandih Raya", "13.12.05")
    decision = adopt(tools, "simpang kandih raya", "Budi")
    assert decision.why == (
        "helps 1 corrected articles and harms 0; other articles with the name: 0, 0 of them lose a place"
    )
    used = names_in_use(read_taught(tools.folder / FILE))
    assert [(one.name, one.codes, one.by) for one in used] == [("Simpang Kandih Raya", ("13.12.05",), "Budi")]
    assert proposals(tools) == ()
    withdraw(tools, "Simpang Kandih Raya", "Budi", "salah eja")
    assert names_in_use(read_taught(tools.folder / FILE)) == ()
    assert [one.state for one in read_taught(tools.folder / FILE)] == ["dipakai", "dicabut"]


def test_a_name_that_harms_is_refused_and_nothing_is_written(tools, newsroom, says):
    right = newsroom.prints(
        "kabar", "Banjir", "Banjir merendam rumah di Simpang Kandih, Kota Padang, Senin.", says(), slug="a"
    )
    corrected(tools, right, "", "13.71", kind="kejadian")
    other = newsroom.prints("kabar", "Bentrok", "Bentrok pecah di Simpang Kandih, Senin.", says(), slug="b")
    corrected(tools, other, "Simpang Kandih", "13.12.05", person="budi")
    with pytest.raises(InputError, match=f'"Simpang Kandih" is not taken over: .*read wrong: {right.id}'):
        adopt(tools, "Simpang Kandih", "Budi")
    assert not (tools.folder / FILE).exists()


def test_a_word_of_the_projects_own_texts_is_not_made_a_place(tools, newsroom, says):
    stored = newsroom.prints("kabar", "Warga", "Posko Damai berdiri di Padang, Senin.", says(), slug="a")
    corrected(tools, stored, "Damai", "13.71.04")
    (one,) = proposals(tools)
    assert one.objections != ()


def test_of_two_corrections_of_one_name_in_one_article_the_later_counts(tools, flood):
    corrected(tools, flood, "Simpang Kandih Raya", "13.12.03")
    tools.store.place_corrections.add(
        PlaceCorrection(flood.id, 1, "budi", NOON.replace(hour=6), "nama", ("13.12.05",), "Simpang Kandih Raya")
    )
    (one,) = proposals(tools)
    assert one.codes == ("13.12.05",)


def test_a_review_that_corrects_the_places_is_an_example(tools, newsroom, flood):
    newsroom.assess()
    incident = tools.store.incidents.of_article(flood.id)
    tools.store.reviews.add(
        Review(
            incident.id,
            "sari",
            newsroom.now,
            IncidentStatus.TERVERIFIKASI,
            reason="lokasi salah",
            article_id=flood.id,
            place_codes=("13.12.05",),
        )
    )
    (text,) = [one for one in known_texts(tools) if not one.id.startswith(BUNDLED)]
    assert text.facts == {("kejadian", "13.12")}
    (row,) = examples(tools)
    assert (row["id"], row["event_places"], row["names"]) == (str(flood.id), [{"code": "13.12.05"}], [])


def test_a_name_that_the_article_does_not_hold_is_refused(tools, flood):
    with pytest.raises(InputError, match='"Simpang Lain" does not stand in article'):
        corrected(tools, flood, "Simpang Lain", "13.12.05")


def test_what_nobody_corrected_cannot_be_adopted_nor_withdrawn(tools):
    with pytest.raises(UnknownItemError, match="corrected name"):
        adopt(tools, "Simpang Lain", "Budi")
    with pytest.raises(UnknownItemError, match="taught name"):
        withdraw(tools, "Simpang Lain", "Budi", "")


@pytest.mark.parametrize(
    "line",
    [
        "bukan json",
        '{"name": "A"}',
        '{"name": "A", "codes": "13", "state": "dipakai", "by": "b", "at": "2026-11-02T05:00:00+00:00", "why": ""}',
        '{"name": "A", "codes": [], "state": "lain", "by": "b", "at": "2026-11-02T05:00:00+00:00", "why": ""}',
        '{"name": "A", "codes": [], "state": "dipakai", "by": "b", "at": "2026-11-02T05:00:00", "why": ""}',
    ],
)
def test_a_broken_line_of_the_file_is_named(tmp_path, line):
    path = tmp_path / FILE
    path.write_text(
        '{"name": "A", "codes": [], "state": "dipakai", "by": "b", "at": "2026-11-02T05:00:00+00:00", "why": ""}\n'
        + line
        + "\n"
    )
    with pytest.raises(SettingsError, match=f"{FILE}:2: the line is no taught place name"):
        read_taught(path)
