"""Names that persons taught: found from then on, and only taken over where they help and harm nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from classifiers.places.taught import PlaceText, Trial, contains, facts_of, objections, taught, try_name
from data.records import PlaceRole
from data.taught_places import PlaceCorrection, TaughtName

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
FLOOD = "Banjir merendam puluhan rumah di Simpang Kandih Raya, Rabu (6/11)."


def name(text, *codes):
    return TaughtName(text, codes, "dipakai", "sari", NOON, "")


def codes_of(places, role=None):
    return {place.code for place in places if role is None or place.role is role}


def said(text, *codes, kind="nama", article=1):
    return PlaceCorrection(article, 1, "sari", NOON, kind, codes, text)


def text(number, body, *facts, title="Berita"):
    return PlaceText(str(number), title, body, facts=facts_of(facts))


def test_a_taught_name_is_a_place_of_the_event(locator):
    assert codes_of(locator.locate("Banjir rendam rumah", FLOOD)) == set()
    knowing = taught(locator, [name("Simpang Kandih Raya", "13.12.05")])
    assert codes_of(knowing.locate("Banjir rendam rumah", FLOOD), PlaceRole.KEJADIAN) == {"13.12.05"}


def test_the_locator_that_was_given_does_not_learn(locator):
    taught(locator, [name("Simpang Kandih Raya", "13.12.05")])
    assert codes_of(locator.locate("Banjir rendam rumah", FLOOD)) == set()


def test_without_names_it_is_the_same_locator(locator):
    assert taught(locator, []) is locator


def test_a_taught_meaning_stands_beside_those_that_a_name_has_and_the_text_decides(locator):
    knowing = taught(locator, [name("Talawi", "13.12.05")])
    sawahlunto = knowing.locate("Bentrok", "Bentrok pecah di Kecamatan Talawi, Kota Sawahlunto, Senin.")
    assert "13.73.04" in codes_of(sawahlunto)
    assert "13.12.05" not in codes_of(sawahlunto)


def test_a_name_that_is_no_place_needs_an_administrative_word_from_then_on(locator):
    loose = "Warga Sukarami berkumpul di Sukarami, Kota Palembang, Senin malam."
    assert any(code.startswith("16.71") and len(code) > 5 for code in codes_of(locator.locate("Warga", loose)))
    knowing = taught(locator, [name("Sukarami")])
    bare = "Kopi merek Sukarami digemari di Palembang."
    assert not any(len(code) > 5 for code in codes_of(knowing.locate("Kopi", bare)))
    framed = "Bentrok pecah di Kecamatan Sukarami, Kota Palembang, Senin."
    assert "16.71.07" in codes_of(knowing.locate("Bentrok", framed))


@pytest.mark.parametrize(
    ("form", "body", "held"),
    [
        ("simpang haru", "Warga Simpang Haru.", True),
        ("simpang haru", "SIMPANG HARU ramai", True),
        ("simpang haru", "Simpang Haruan", False),
        ("haru", "Simpang  Haru,", True),
    ],
)
def test_a_name_is_held_as_whole_words(form, body, held):
    assert contains(form, body) is held


def test_facts_tell_units_no_places_and_events():
    assert facts_of(
        [said("Simpang Ampek", "13.12.03"), said("Damai"), said("", "13.12.03", "13.12.05", "13.08", kind="kejadian")]
    ) == {("tempat", "13.12.03"), ("bukan", "damai"), ("kejadian", "13.08 13.12")}


def test_a_trial_tells_which_corrected_texts_a_name_helps(locator):
    right = said("Simpang Kandih Raya", "13.12.05")
    trial = try_name(locator, name("Simpang Kandih Raya", "13.12.05"), [text(1, FLOOD, right)], [text(2, FLOOD)])
    assert trial.helped == ("1",)
    assert trial.harmed == ()
    assert trial.met == 1


def test_a_trial_tells_which_right_texts_a_name_harms(locator):
    elsewhere = "Banjir merendam rumah di Simpang Kandih, Kota Padang, Senin."
    harmful = name("Simpang Kandih", "13.12.05")
    trial = try_name(locator, harmful, [text(1, elsewhere, said("", "13.71", kind="kejadian"))], [])
    assert trial.harmed == ("1",)
    assert "with it, articles that were right are read wrong: 1" in objections(locator, harmful, trial)


def test_texts_without_the_name_are_passed_over(locator):
    trial = try_name(
        locator, name("Simpang Kandih Raya", "13.12.05"), [], [text(1, "Rapat di Padang."), text(2, FLOOD)]
    )
    assert trial.met == 1


def test_an_ordinary_word_is_told_by_its_lower_case(locator):
    others = [text(n, f"Warga membuka posko nomor {n} di Padang. Posko itu ramai.") for n in range(5)]
    trial = try_name(locator, name("Posko", "13.71"), [], others)
    assert trial.lower == 5
    assert "it is an ordinary word: 5 of 5 articles write it in lower case" in objections(
        locator, name("Posko", "13.71"), trial
    )


def test_a_name_of_other_provinces_is_told(locator):
    others = [text(n, f"Warga Simpang Kandih Raya di Kota Medan, hari ke-{n}.") for n in range(4)]
    candidate = name("Simpang Kandih Raya", "13.12.05")
    trial = try_name(locator, candidate, [], others)
    assert (trial.elsewhere, trial.provinced) == (4, 4)
    assert "4 of 4 articles with this name speak of other provinces" in objections(locator, candidate, trial)


@pytest.mark.parametrize(
    ("text_", "sentence"),
    [
        ("Ibu", "the name is shorter than 4 letters: too many other things are called so"),
        ("Kabupaten", "the name is an administrative word"),
        ("A B C D E F G", "the name has more than 6 words"),
    ],
)
def test_names_that_will_not_do_are_refused_by_their_look(locator, text_, sentence):
    assert sentence in objections(locator, name(text_, "13.71"), Trial(helped=("1",)))


def test_what_helps_nothing_is_refused_and_what_helps_and_harms_nothing_is_not(locator):
    candidate = name("Simpang Kandih Raya", "13.12.05")
    assert objections(locator, candidate, Trial(met=3)) == ("no corrected article is read better with it",)
    assert objections(locator, candidate, Trial(helped=("1",), met=3)) == ()
