"""``kentongan evaluate``: labelled lines in, figures and a page out, with an assessor that answers at once."""

from __future__ import annotations

import json
from functools import cache
from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

import models.seen
from data.errors import ModelError
from data.records import Assessment, Evidence, Modality, Urgency
from desk.terminal.evaluate import command
from models.assessor import AssessItem, Assessor
from models.judge import BASELINE
from models.matrix import read_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def answer(item: AssessItem) -> Assessment:
    """Say that whoever writes *ricuh* speaks of an event; sure of it where the title says it."""
    event = "ricuh" in item.text
    return Assessment(
        signals={"konflik_massa": 0.9} if event else {},
        flagged_signals=("konflik_massa",) if event else (),
        modality=Modality.KEJADIAN if event else Modality.TIDAK_RELEVAN,
        severity=2 if event else 0,
        severity_points=(),
        urgency=Urgency.P4,
        flagged=event,
        flag_score=0.9 if event else 0.1,
        places=(),
        evidence=(Evidence("konflik_massa", "text", 0, 5, 1.0, "isyarat: ricuh"),) if event else (),
        model_version="m1",
        rules_version="r1",
    )


class Fake:
    model_version = "m1"
    rules_version = "r1"

    def assess(self, items: Sequence[AssessItem]) -> list[Assessment]:
        return [answer(item) for item in items]


MATRIX = cache(read_matrix)
"""What the shipped model learned from, unpacked once (a second of processor) for all these tests."""


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> list[Path | None]:
    """Return the folders of the models that were loaded."""
    folders: list[Path | None] = []

    def load(folder: Path | None = None, *, worth_storing: float) -> Fake:
        assert worth_storing == 0
        folders.append(folder)
        return Fake()

    monkeypatch.setattr(Assessor, "load", load)
    monkeypatch.setattr(models.seen, "read_matrix", MATRIX)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return folders


def row(number: int, text: str, signals: Sequence[str] = (), modality: str = "tidak_relevan", **more: Any) -> str:
    fields = {"id": f"a{number}", "title": f"Judul {number}", "text": text, "signals": list(signals)}
    return json.dumps({**fields, "modality": modality, "severity": 0, **more})


FOUR = [
    row(1, "ricuh di alun-alun kota siang tadi", ["konflik_massa"], "kejadian", severity=3),
    row(2, "warga saling dorong di depan kantor desa", ["konflik_massa"], "kejadian", severity=2),
    row(3, "ricuh suara penonton konser memenuhi lapangan"),
    row(4, "harga cabai turun di pasar induk pekan ini", signals_optional=["bencana_cuaca"]),
]
# konflik_massa: 1 hit, 1 missed (a2), 1 wrong (a3); the flag the same


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return written(tmp_path / "emas.jsonl", FOUR)


def written(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*words: object, lang: str = "id") -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], obj={"lang": lang})


def figures(result: Result) -> dict[str, list[float]]:
    assert result.exit_code == 0, result.output
    found: dict[str, list[float]] = json.loads(result.stdout)["figures"]
    return found


def test_the_figures_are_those_of_the_labels(gold: Path) -> None:
    found = figures(run(gold, "--json", "--resamples", 0))
    assert {name: value[0] for name, value in found.items()} == {
        "signals_micro_f1": 0.5,
        "signals_macro_f1": None,  # no signal has seven articles
        "signals_ece": pytest.approx(found["signals_ece"][0]),
        "modality_accuracy": 0.5,
        "modality_macro_f1": 0.5,
        "severity_exact": 0.25,
        "severity_within_one": 0.5,
        "flag_precision": 0.5,
        "flag_recall": 0.5,
        "flag_f1": 0.5,
        # a1 and a3 at 0.9: 1/2 of the gold at precision 1/2; a2 at 0.1: all of it at 2/3
        "flag_ap": pytest.approx(0.5 * 0.5 + 0.5 * 2 / 3, abs=1e-6),
        "flag_p_at_r90": pytest.approx(2 / 3, abs=1e-6),
        "flag_p_at_r95": pytest.approx(2 / 3, abs=1e-6),
        # 0.9: two, one of them so; 0.1: one, and it is so
        "flag_ece": pytest.approx((2 * 0.4 + 0.9) / 3, abs=1e-6),
    }


def test_json_says_what_was_measured_and_by_which_model(gold: Path) -> None:
    found = json.loads(run(gold, "--json", "--resamples", 20).stdout)
    assert (found["n"], found["stories"], found["resamples"]) == (4, 4, 20)
    assert (found["model_version"], found["rules_version"]) == ("m1", "r1")
    assert len(found["gold_sha256"]) == 64
    low, high = found["figures"]["flag_recall"][1:3]
    assert 0 <= low <= 0.5 <= high <= 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("id", ["4 artikel, 4 berita berbeda; model m1", "Tanda: presisi pada recall 0,90", "konflik_massa*", "0,500"]),
        (
            "en",
            [
                "4 articles, 4 different stories; model m1",
                "Flag: precision at recall 0.90",
                "too few labelled",
                "0.500",
            ],
        ),
    ],
)
def test_a_person_reads_tables_in_the_language_asked_for(gold: Path, lang: str, words: list[str]) -> None:
    said = run(gold, "--resamples", 20, lang=lang).stdout
    assert all(word in said for word in words), said


def test_copies_of_a_story_are_one(tmp_path: Path) -> None:
    long = (
        "polisi membubarkan massa yang ricuh di depan kantor bupati pada selasa malam setelah rapat pleno usai digelar"
    )
    copies = written(tmp_path / "salinan.jsonl", [row(n, long, ["konflik_massa"], "kejadian") for n in range(3)])
    assert json.loads(run(copies, "--json", "--resamples", 5).stdout)["stories"] == 1


def test_a_page_is_written_with_the_mistakes(gold: Path, tmp_path: Path) -> None:
    page = tmp_path / "laporan.html"
    result = run(gold, "--html", page, "--resamples", 20)
    assert result.exit_code == 0
    assert f"Laporan dengan grafik: {page}" in result.stdout
    html = page.read_text("utf-8")
    assert "Judul 2" in html
    assert "<mark>ricuh</mark> suara penonton" in html
    assert "Judul 4" not in html
    assert "emas.jsonl" in html
    assert [left.name for left in tmp_path.iterdir() if left.name.startswith(".")] == []


def test_the_figures_are_printed_where_the_page_cannot_be_written(gold: Path, tmp_path: Path) -> None:
    result = run(gold, "--html", tmp_path / "tidak-ada" / "folder" / "x" / ".." / ".." / "emas.jsonl" / "l.html")
    assert result.exit_code != 0
    assert "Tanda: presisi pada recall" in result.stdout


def predictions(path: Path, **changes: Any) -> Path:
    lines = [
        {"id": "a1", "signals": {"konflik_massa": 0.9}, "flagged_signals": ["konflik_massa"], "modality": "kejadian", "severity": 3, "flagged": True, "flag_score": 0.95, "model_version": "lain"},
        {"id": "a2", "signals": {"konflik_massa": 0.6}, "modality": "kejadian", "severity": 2, "flag_score": 0.7},
        {"id": "a3", "signals": ["konflik_massa"], "modality": "opini", "severity": None},
        {"id": "a4", "signals": {}, "modality": "tidak_relevan", "severity": 0},
        {"id": "a9", "signals": {}, "modality": "tidak_relevan"},
    ]  # fmt: skip
    lines[0] |= changes
    return written(path, [json.dumps(line) for line in lines])


def test_answers_of_another_program_are_measured_without_any_model(
    gold: Path, tmp_path: Path, asked: list[Path | None]
) -> None:
    result = run(gold, "--pred", predictions(tmp_path / "jawab.jsonl"), "--json", "--resamples", 0)
    found = figures(result)
    assert found["signals_micro_f1"][0] == 0.8
    assert found["modality_accuracy"][0] == 0.75
    assert found["severity_exact"][0] == 0.75  # the one that was not judged is wrong
    assert (found["flag_precision"][0], found["flag_recall"][0], found["flag_ap"][0]) == (1, 1, 1)
    plain = json.loads(result.stdout)
    assert (plain["model_version"], plain["spare_answers"]) == ("lain", 1)
    assert asked == []


def test_labels_without_texts_can_be_measured_against_given_answers(tmp_path: Path) -> None:
    bare = [json.dumps({"id": f"a{n}", "signals": [], "modality": "opini"}) for n in (1, 2, 3, 4)]
    gold = written(tmp_path / "label.jsonl", bare)
    found = figures(run(gold, "--pred", predictions(tmp_path / "jawab.jsonl"), "--json", "--resamples", 0))
    assert found["modality_accuracy"][0] == 0.25
    assert found["severity_exact"][0] is None
    assert "title tidak ada" in run(gold).stderr


def test_an_article_without_an_answer_is_told_of(gold: Path, tmp_path: Path) -> None:
    lines = predictions(tmp_path / "jawab.jsonl").read_text("utf-8").splitlines()[1:]
    result = run(gold, "--pred", written(tmp_path / "kurang.jsonl", lines))
    assert result.exit_code == 1
    assert result.exception is not None
    assert '1 labelled articles have no answer, the first is "a1"' in str(result.exception)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "bukan JSON"),
        (row(2, "x").replace('"signals": []', '"signals": null'), "sebut slug yang dimiliki artikel itu"),
        (row(2, "x").replace('"signals": []', '"signals": "x"'), "signals bukan daftar slug"),
        (row(2, "x", ["konflik"]), 'signals berisi "konflik", yang bukan sinyal; yang ada: politik_uang,'),
        (row(2, "x", modality="rusuh"), 'modalitas "rusuh" tidak ada; yang ada: kejadian, dugaan'),
        (row(2, "x", modality=None), "modality tidak ada; beri salah satu dari kejadian"),
        (row(2, "x", severity=7), "severity bukan bilangan bulat dari 0 sampai 4"),
        (row(2, "x", severity=True), "severity bukan bilangan bulat dari 0 sampai 4"),
        (row(2, "x", negasi="ya"), "negasi adalah teks; seharusnya true atau false"),
        (row(2, "x", signals_optional=[1]), "signals_optional bukan daftar slug"),
        (row(1, "x"), 'id "a1" juga dipakai di baris 1'),
        (row(2, "x", published="kemarin"), "bukan tanggal"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_of_and_nothing_is_measured(
    line: str, complaint: str, tmp_path: Path, asked: list[Path | None]
) -> None:
    gold = written(tmp_path / "emas.jsonl", [FOUR[0], line, FOUR[2]])
    result = run(gold)
    assert f"{gold}: baris 2: " in result.stderr
    assert complaint in result.stderr
    assert "1 of 3 lines cannot be used" in str(result.exception)
    assert result.stdout == ""
    assert asked == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"signals": {"konflik_massa": 1.5}}, "signals berisi yang bukan peluang"),
        ({"signals": {"konflik": 0.5}}, 'signals berisi "konflik", yang bukan sinyal'),
        ({"flagged_signals": ["konflik"]}, 'flagged_signals berisi "konflik"'),
        ({"flag_score": "tinggi"}, "flag_score berisi yang bukan peluang"),
        ({"flagged": 1}, "flagged adalah angka; seharusnya true atau false"),
        ({"modality": "x"}, 'modalitas "x" tidak ada'),
        ({"evidence": [{"for": "x"}]}, "evidence tidak seperti yang ditulis kentongan assess"),
        ({"id": "a2"}, 'id "a2" juga dipakai di baris 1'),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_of(
    change: dict[str, Any], complaint: str, gold: Path, tmp_path: Path
) -> None:
    result = run(gold, "--pred", predictions(tmp_path / "jawab.jsonl", **change))
    assert complaint in result.stderr
    assert "of 5 lines cannot be used" in str(result.exception)


def test_of_a_file_that_is_something_else_not_every_line_is_printed(tmp_path: Path) -> None:
    result = run(written(tmp_path / "buku.txt", ["bukan JSON"] * 500))
    assert result.stderr.count("baris") == 20
    assert "500 of 500 lines cannot be used" in str(result.exception)


def test_an_empty_file_and_one_that_is_not_there_are_told_of(tmp_path: Path) -> None:
    assert "holds no labelled article" in str(run(written(tmp_path / "kosong.jsonl", [""])).exception)
    assert 'no such file "' in str(run(tmp_path / "hilang.jsonl").exception)
    assert "cannot be read" in str(run(tmp_path).exception)


def test_a_model_is_taken_by_its_folder_or_the_one_in_use(gold: Path, tmp_path: Path, asked: list[Path | None]) -> None:
    folder = tmp_path / "latih"
    copytree(BASELINE, folder)
    run(gold, "--model", folder, "--resamples", 0)
    run(gold, "--resamples", 0)
    assert asked[0] == folder
    assert asked[1] is not None
    assert asked[1].name == "baseline"
    assert 'no such model "tidak-ada"' in str(run(gold, "--model", "tidak-ada").exception)


def test_a_model_that_has_learned_from_the_articles_is_told_of(
    gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.seen.trained_on", lambda _card, texts, **_: frozenset(list(texts)[:3]))
    page = tmp_path / "l.html"
    assert "PERHATIAN: model ini belajar dari 3 di antaranya" in run(gold, "--resamples", 0, "--html", page).stdout
    assert "model ini belajar dari 3 artikel di sini" in page.read_text("utf-8")
    assert json.loads(run(gold, "--resamples", 0, "--json").stdout)["learned_from"] == 3


def test_where_it_cannot_be_seen_what_a_model_has_learned_that_is_said(
    gold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> frozenset[str]:
        raise ModelError("m.json: there is no matrix here (x)")

    monkeypatch.setattr("models.seen.trained_on", broken)
    result = run(gold, "--resamples", 0)
    assert result.exit_code == 0
    assert "tidak dapat dilihat apakah model pernah belajar" in result.stderr


def test_a_model_and_given_answers_exclude_each_other(gold: Path) -> None:
    result = run(gold, "--model", "0", "--pred", gold)
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr
