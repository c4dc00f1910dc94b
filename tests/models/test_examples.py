"""What an example is, and how labelled files are read: every line that is not one is named with what is wrong."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.errors import InputError
from data.records import LabelledArticle, Modality
from models.examples import Example, example_of, learn, read_examples
from models.judge import MODALITIES

GOOD: dict[str, Any] = {
    "id": "1",
    "title": "Banjir",
    "text": "Air naik.",
    "signals": ["bencana_cuaca"],
    "modality": "kejadian",
}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "label.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")
    return path


def test_a_line_is_read_with_all_that_it_may_say(tmp_path: Path) -> None:
    line = {
        **GOOD,
        "signals_optional": ["konflik_massa", "bencana_cuaca"],
        "severity": 3,
        "negasi": True,
        "historis": True,
        "dataset": "surya",
        "published": "2024-11-27T20:15:00+07:00",
        "family": "banjir-1",
        "torn": True,
        "part": "holdout",
    }
    assert read_examples(written(tmp_path, line), group="x", weight=0.5) == [
        Example(
            id="1",
            title="Banjir",
            text="Air naik.",
            signals=frozenset({"bencana_cuaca"}),
            optional=frozenset({"konflik_massa"}),  # what is asserted is not optional
            modality=Modality.KEJADIAN,
            negasi=True,
            historis=True,
            group="surya",
            torn=True,
            weight=0.5,
            severity=3,
            published=date(2024, 11, 27),
            family="banjir-1",
            part="holdout",
        )
    ]


def test_what_a_line_does_not_say_is_not_so(tmp_path: Path) -> None:
    found = read_examples(written(tmp_path, "", GOOD, "  ", {**GOOD, "id": 2, "signals": {}}), group="berkas")
    assert [one.id for one in found] == ["1", "2"]
    assert (found[0].group, found[0].severity, found[0].published, found[0].part) == ("berkas", None, None, "train")
    assert found[1].signals == frozenset()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "the line is no JSON"),
        ("[" * 100_000, "the line is no JSON"),
        ("[1]", "no JSON object"),
        ({key: GOOD[key] for key in GOOD if key != "text"}, 'it has no "text"'),
        ({**GOOD, "text": None}, '"text" is no text'),
        ({**GOOD, "id": True}, '"id" is no text'),
        ({**GOOD, "signals": "bencana_cuaca"}, '"signals" is no list of signals'),
        ({**GOOD, "signals": [1]}, '"signals" is no list of signals'),
        ({**GOOD, "signals": ["banjir"]}, 'no signal "banjir"; the signals are '),
        ({**GOOD, "signals_optional": ["banjir"]}, 'no signal "banjir"'),
        ({**GOOD, "modality": "ramai"}, 'no modality "ramai"; there are kejadian'),
        ({**GOOD, "modality": ["kejadian"]}, "no modality"),
        ({**GOOD, "severity": 5}, '"severity" is "5"'),
        ({**GOOD, "severity": True}, '"severity" is "True"'),
        ({**GOOD, "severity": "3"}, '"severity" is "3"'),
        ({**GOOD, "part": "test"}, '"part" is "test"'),
        ({**GOOD, "published": "kemarin"}, '"published" is "kemarin"'),
        (GOOD, 'the id "1" already stands in line 1'),
    ],
)
def test_a_line_that_is_no_labelled_article_is_named(tmp_path: Path, line: object, said: str) -> None:
    with pytest.raises(InputError, match=r"label\.jsonl:3: ") as caught:
        read_examples(written(tmp_path, GOOD, "", line))
    assert said in str(caught.value)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_examples(tmp_path)
    (tmp_path / "latin").write_bytes("título".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_examples(tmp_path / "latin")


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_examples(path)[0].id == "1"


def test_a_label_of_the_desk_becomes_an_example() -> None:
    at = datetime(2026, 11, 2, 3, 4, tzinfo=UTC)
    labelled = LabelledArticle(
        article_id=17,
        revision=2,
        title="Banjir",
        text="Air naik.",
        published=datetime(2026, 11, 1, tzinfo=UTC),
        source_id="kabar",
        url="https://kabar.example/17",
        signals=("bencana_cuaca",),
        optional=("konflik_massa",),
        modality=Modality.KEJADIAN,
        severity=None,
        negasi=False,
        historis=True,
        at=at,
        persons=2,
        basis="agreement",
    )
    found = example_of(labelled)
    assert (found.id, found.group, found.labelled_at, found.published) == ("artikel-17", "desk", at, date(2026, 11, 1))
    assert (found.signals, found.optional, found.historis) == ({"bencana_cuaca"}, {"konflik_massa"}, True)


def test_the_guard_rails_are_kept_as_factors() -> None:
    plain = Example("a", "Banjir", "Air naik di tiga desa sejak Senin.", frozenset(), frozenset(), Modality.KEJADIAN)
    column = Example(
        "b",
        "Menjaga Pemilu",
        "Oleh: Amir Hasan\nKita semua wajib menjaga pemilu yang damai di kampung kita.",
        frozenset(),
        frozenset(),
        Modality.OPINI,
    )
    first, second = learn([plain, column])
    assert np.array_equal(first.rails, np.ones(7, np.float32))
    at = MODALITIES.index(Modality.OPINI)
    others = np.delete(second.rails, at)
    assert np.allclose(second.rails[at] / others, np.exp(4.0))  # the points of a column


def test_progress_is_told_of_each_text() -> None:
    told: list[int] = []
    one = Example("a", "t", "x", frozenset(), frozenset(), Modality.OPINI)
    learn([one, one], progress=told.append)
    assert told == [1, 2]
