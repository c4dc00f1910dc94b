from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from data.errors import ModelError
from data.records import Evidence, Modality
from models.measure import Measurement, Said, Truth, measure
from models.misses import Shown, worst
from models.plots import bars, confusion, reliability
from models.report import Subject, card_report, evaluation_report

SUBJECT = Subject("emas.jsonl", "0" * 64, "baseline-1", "aturan-1")
HOSTILE = '"><script>alert(1)</script><img src=https://jahat.test/x onerror=alert(2)>{{ 7*7 }}\x00\u202e'


def truth(number: int, signals: str, modality: Modality, severity: int | None = 1, optional: str = "") -> Truth:
    return Truth(
        str(number),
        frozenset(signals.split()),
        frozenset(optional.split()),
        modality,
        severity,
        False,
        False,
        number,
        "buatan",
    )


def said(asserted: str, modality: Modality, score: float, severity: int | None = 1) -> Said:
    over = frozenset(asserted.split())
    return Said(dict.fromkeys(sorted(over), 0.8), over, modality, score, bool(over) and score > 0.5, severity)


EVENT, NOTHING = Modality.KEJADIAN, Modality.TIDAK_RELEVAN
TRUTHS = [
    truth(0, "konflik_massa", EVENT),
    truth(1, "perusakan", EVENT, 3),
    truth(2, "", NOTHING, 0),
    truth(3, "", NOTHING, 0),
    truth(4, "", NOTHING, 0, optional="perusakan"),
]
SAID = [
    said("konflik_massa", EVENT, 0.9),
    said("", NOTHING, 0.1, 0),
    said("konflik_massa", EVENT, 0.7, 2),
    said("", NOTHING, 0.1, 0),
    said("perusakan", EVENT, 0.6, 1),
]


def measured(resamples: int = 30) -> Measurement:
    return measure(TRUTHS, SAID, resamples=resamples)


class Page(HTMLParser):
    """Collects what a page would load or run, its identifiers and its text; and whether its elements close."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "srcset", "data", "action"} and not (value or "").startswith("#"):
                self.loads.append(f"{tag} {name}={value}")
            if name.startswith("on"):
                self.loads.append(f"{tag} {name}")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@cache
def page_of_all(lang: str = "id") -> str:
    return evaluation_report(measured(), SUBJECT, misses(), lang=lang)


def misses() -> list[Shown]:
    return [
        Shown(
            one,
            TRUTHS[one.at],
            SAID[one.at],
            title=f"Judul {one.at}",
            text="Massa membakar kotak suara di kantor desa.",
            evidence=(Evidence("perusakan", "text", 6, 14, 1.5, "isyarat: bakar"),),
        )
        for one in worst(TRUTHS, SAID, 10)
    ]


def test_a_page_loads_nothing_and_is_well_formed() -> None:
    html = page_of_all()
    page = Page(html)
    assert page.loads == []
    assert page.open == []
    assert not {"script", "img", "link", "iframe", "object", "image", "base", "form"} & set(page.tags)
    assert "http" not in html.replace("http-equiv", "")
    assert not re.search(r"@import|url\((?!#)", html)
    assert "default-src 'none'" in html


def test_every_identifier_stands_once_and_every_reference_has_its_target() -> None:
    html = page_of_all()
    ids = Page(html).ids
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', html))
    assert referred
    assert referred <= set(ids)


def test_a_page_speaks_indonesian_unless_asked_otherwise() -> None:
    indonesian, english = (
        Page(evaluation_report(measured(), SUBJECT, misses(), lang=lang)).text for lang in ("id", "en")
    )
    assert "Kesalahan terburuk" in indonesian
    assert "presisi pada recall 0,90" in indonesian
    assert "terlewat: seharusnya ditandai" in indonesian
    assert "The worst mistakes" in english
    assert "precision at recall 0.90" in english
    assert "missed: should be flagged" in english
    assert "5 artikel, 5 berita berbeda; selang dari 30 pengambilan ulang" in indonesian


def test_a_mistake_shows_labels_answers_and_the_span_that_decided() -> None:
    html = page_of_all()
    assert "Massa <mark>membakar</mark> kotak suara di kantor desa." in html
    assert "perusakan: <bdi>isyarat: bakar</bdi> (text 6–14)" in html
    assert 'id="galat-1"' in html
    assert '<span class="wrong">konflik_massa 0,80</span>' in html


def test_a_span_outside_the_text_is_left_out() -> None:
    outside = tuple(
        Evidence("x", zone, start, end, 1.0, "di luar teks")
        for zone, start, end in (("text", 40, 500), ("title", -3, 4), ("text", 9, 9))
    )
    shown = [replace(misses()[0], evidence=outside)]
    assert "di luar teks" not in evaluation_report(measured(), SUBJECT, shown)


def test_hostile_titles_texts_and_names_stay_text() -> None:
    one = misses()[0]
    hostile = Shown(
        one.miss,
        replace(one.truth, id=HOSTILE),
        one.said,
        title=HOSTILE,
        text=HOSTILE * 3,
        evidence=(Evidence(HOSTILE, "text", 2, 20, 1.0, HOSTILE),),
    )
    html = evaluation_report(measured(), Subject(HOSTILE, HOSTILE, HOSTILE, HOSTILE), [hostile])
    page = Page(html)
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert page.loads == []
    assert "{{ 7*7 }}" in page.text
    assert "\x00" not in html


def test_the_same_measurement_gives_the_same_page() -> None:
    assert evaluation_report(measured(), SUBJECT, misses()) == page_of_all()


def test_a_page_of_nothing_but_quiet_articles_is_a_page() -> None:
    quiet = measure([truth(0, "", NOTHING, None)], [said("", NOTHING, 0.0, None)], resamples=0)
    page = Page(evaluation_report(quiet, SUBJECT))
    assert "Tidak ada yang ditampilkan" in page.text
    assert "Keparahan tertukar" not in page.text
    assert "nan" not in page.text.lower().split()


def test_a_label_with_few_articles_is_marked_and_has_no_interval() -> None:
    html = page_of_all()
    row = re.search(r'<tr class="few">.*?konflik_massa.*?</tr>', html, re.DOTALL)
    assert row is not None
    assert "0,667</td>" in row[0]
    assert "(" not in row[0]


CARD = {
    "name": "latih",
    "description": "Logistik.",
    "data": {"sources": [{"name": "gold", "examples": 812}], "per_group": {"gold": 812}},
    "limits": ["Label oleh model bahasa; kesepakatannya melebihi orang.", "Sinyal pemilu jarang."],
    "lineage": {"parent": "baseline-8b19fd9c", "seeds": {"bootstrap": 0}},
    "per_label": {"konflik_massa": 297, "kejadian": 490},
    "figures": {"cv.flag_ap": [0.9387, 2249]},
    "golden": [{"title": "emas"}],
    "kunci_baru": "apa pun",
}


def test_a_card_tells_data_limits_and_lineage() -> None:
    text = Page(card_report(CARD)).text
    for part in (
        "Kartu model: latih",
        "Logistik.",
        "examples : 812",
        "Sinyal pemilu jarang.",
        "parent : baseline-8b19fd9c",
        "konflik_massa 297",
        "cv.flag_ap 0,939 2249",
        "kunci_baru apa pun",
    ):
        assert part in text
    assert "emas" not in text


def test_a_card_is_shown_with_the_measurements_that_it_holds() -> None:
    whole = json.loads(
        json.dumps(
            {**CARD, "measurements": {"holdout": measured().to_json(), "cross_validated": measured(0).to_json()}}
        )
    )
    html = card_report(whole, version="latih-1234abcd")
    page = Page(html)
    assert "Kartu model: latih-1234abcd" in page.text
    assert "Pada artikel yang disisihkan" in page.text
    assert "Validasi silang pada data latih" in page.text
    assert page.tags.count("svg") == 14
    assert len(page.ids) == len(set(page.ids))
    assert "cv.flag_ap" not in page.text
    assert page.loads == []


def test_a_measurement_that_is_handed_in_goes_before_those_of_the_card() -> None:
    text = Page(card_report({**CARD, "measurements": {"holdout": "rusak"}}, measured())).text
    assert "Sinyal: F1 mikro" in text


def test_a_card_with_a_foreign_measurement_is_refused() -> None:
    with pytest.raises(ModelError, match="not one of this program"):
        card_report({**CARD, "measurement": {"format": 99}})


def test_a_hostile_card_stays_text() -> None:
    nest: object = HOSTILE
    for _ in range(40):
        nest = {HOSTILE: [nest]}
    hostile = dict.fromkeys((*CARD, HOSTILE), nest)
    page = Page(card_report({**hostile, "figures": {HOSTILE: HOSTILE}, "per_label": {HOSTILE: HOSTILE}}))
    assert not {"script", "img"} & set(page.tags)
    assert page.loads == []


def test_a_measurement_with_signals_of_another_time_is_shown() -> None:
    found = measured()
    odd = replace(found, signals={HOSTILE: found.signals["perusakan"], "$x$": found.signals["perusakan"]})
    page = Page(evaluation_report(odd, SUBJECT))
    assert "$x$" in page.text
    assert not {"script", "img"} & set(page.tags)


def test_a_plot_is_drawn_from_the_figures() -> None:
    figures = measured()
    drawn = reliability(
        figures.flag_reliability, name="a", title="T & <b>", decimal=",", said="dikatakan", true="benar", count="jumlah"
    )
    assert drawn.startswith('<svg class="plot" role="img" aria-label="T &amp; &lt;b&gt;"')
    assert ">0,4<" in drawn
    assert ">dikatakan<" in drawn
    assert set(re.findall(r"#[0-9a-f]{6}\b", drawn)) == set()
    assert "var(--accent)" in drawn


def test_a_confusion_writes_each_count_that_is_there() -> None:
    drawn = confusion([[3, 0], [41, 7]], ["ya", "tidak"], name="b", title="T", gold="label", said="jawaban")
    assert [n for n in re.findall(r">(\d+)<", drawn) if n != "0"] == ["3", "41", "7"]


def test_bars_of_labels_that_nobody_could_measure_are_empty() -> None:
    unknown = measure([truth(0, "", NOTHING, None)], [said("", NOTHING, 0.0, None)], resamples=0).modalities[EVENT].f1
    drawn = bars([("kejadian", unknown, unknown, unknown)], name="c", title="T", decimal=".", precision="p", recall="r")
    assert ">kejadian<" in drawn
    assert "nan" not in drawn


def test_the_worst_mistakes_come_first_and_right_answers_not_at_all() -> None:
    found = worst(TRUTHS, SAID, 10)
    # 1: a flag missed (4 + 4 * 0.9²), a signal missed (2 + 2), the modality (1), severity 3 off (1.5): 13.74
    # 2: a wrong flag (4 + 4 * 0.7²), a wrong signal (2 + 2 * 0.8²), the modality (1), severity 2 off (1): 11.24
    # 4: what it said is optional, but not an event: the modality (1), severity 1 off (0.5)
    assert [(one.at, one.weight) for one in found] == [(1, 13.74), (2, 11.24), (4, 1.5)]
    assert [one.flag_missed for one in found] == [True, False, False]
    assert [one.flag_wrong for one in found] == [False, True, False]
    assert (found[0].signals_missed, found[1].signals_wrong, found[2].signals_wrong) == (
        ("perusakan",),
        ("konflik_massa",),
        (),
    )
    assert [one.at for one in worst(TRUTHS, SAID, 1)] == [1]
