"""``kentongan label`` from the outside: arguments in, words, files and exit codes out."""

from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from data.errors import InputError, UnknownItemError
from data.outcomes import Outcome
from data.records import Article, Assessment, LabelTask, Modality, PageRef, Urgency
from data.store import Store
from flows.settings import Settings
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")

NINE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TITLES = ("Spanduk dirusak di Pariaman", "Warga antre air bersih", "Rapat persiapan logistik\x1b[31m")


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    """Yield this installation's store with three articles, each with a task for two persons."""
    with Store.open(Settings.from_environ().database_url) as opened:
        for number, title in enumerate(TITLES, 1):
            url = f"https://kabar.example/{number}"
            text = f"{title}. Isi berita nomor {number}."
            digest = hashlib.sha256(text.encode()).hexdigest()
            article = Article("kabar", url, url, title, text, digest, published=NINE)
            opened.settle("r", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, NINE)
            opened.assessments.save(number, 1, assessed(), NINE)
        opened.label_tasks.add(
            [LabelTask(number, 1, "ragu", "model ragu: skor tanda 0,50", 1.0, NINE) for number in (1, 2, 3)]
        )
        yield opened


def assessed() -> Assessment:
    return Assessment({}, (), Modality.TIDAK_RELEVAN, 0, (), Urgency.P4, False, 0.01, (), (), "m-1", "r-1")


@pytest.fixture
def run(store: Store) -> Callable[..., tuple[int, str]]:
    """Return what runs the command and gives back its exit code and output; our errors are raised."""

    def call(*words: str, lang: str = "id", typed: str | bytes | None = None) -> tuple[int, str]:
        outcome = CliRunner().invoke(cli, ["--lang", lang, "label", *words], standalone_mode=False, input=typed)
        if outcome.exception is not None:
            raise outcome.exception
        code = outcome.return_value if isinstance(outcome.return_value, int) else outcome.exit_code
        return code, outcome.output

    return call


def label(run: Callable[..., Any], who: str, article: int, modality: str = "kejadian", *more: str) -> None:
    assert run("add", str(article), "--as", who, "--modality", modality, *more)[0] == 0


def test_the_queue_says_why_each_text_is_there(run):
    code, shown = run("queue", "--size", "0")
    assert code == 0
    assert "model ragu: skor tanda 0,50" in shown
    assert "0/2" in shown
    assert "3 teks menunggu label, 0 di antaranya baru" in shown
    code, shown = run("queue", "--size", "0", "--json")
    assert sorted(task["article"] for task in json.loads(shown)["tasks"]) == [1, 2, 3]
    assert {task["wanted"] for task in json.loads(shown)["tasks"]} == {2}


def test_a_text_is_shown_and_answered_in_a_second_call(run, store):
    code, shown = run("next", "--as", "sari")
    assert code == 0
    assert "kabar · 2026-11-02 09:00 WIB · https://kabar.example/" in shown
    assert "Jawab dengan: kentongan label next --as sari" in shown
    number = int(shown.split("#")[1].split()[0])
    code, shown = run("next", "--as", "sari", "--modality", "kejadian", "--signals", "perusakan,politik_uang", "--severity", "2", "--note", "cek")  # fmt: skip
    assert (code, shown) == (0, f"artikel {number}: kejadian; perusakan, politik_uang; tingkat 2; “cek”\n")
    [kept] = store.labels.of_article(number)
    assert (kept.annotator, kept.signals, kept.severity, kept.note) == ("sari", ("perusakan", "politik_uang"), 2, "cek")
    assert f"#{number} " not in run("next", "--as", "sari")[1]


def test_nothing_of_another_persons_label_is_shown(run):
    for article in (1, 2, 3):
        label(run, "sari", article, "opini", "--signals", "sara_kebencian", "--note", "rahasia")
    for words in (
        ("queue", "--size", "0", "--as", "budi"),
        ("next", "--as", "budi"),
        ("next", "--as", "budi", "--json"),
    ):
        shown = run(*words)[1]
        assert all(secret not in shown for secret in ("opini", "sara_kebencian", "rahasia", "sari"))


def test_what_a_terminal_would_obey_is_not_printed(run):
    shown = "".join(
        run("next", "--as", "sari", "--skip")[1] if number % 2 else run("next", "--as", "sari")[1]
        for number in range(6)
    )
    assert "Rapat persiapan logistik" in shown
    assert "\x1b" not in shown


def test_a_person_is_asked_one_thing_after_the_other(run, store):
    answers = ["9", "1", "perusakn", "perusakan", "", "7", "3", "t", "y", "lihat lagi", "l", "b"]
    code, shown = run("next", "--as", "sari", "--ask", typed="\n".join(answers) + "\n")
    assert code == 0
    assert "Ketik 1 sampai 7, l, atau b." in shown
    assert "Tidak dikenal: perusakn" in shown
    [kept] = store.labels.since()
    assert (kept.modality, kept.signals, kept.severity, kept.negasi, kept.historis, kept.note) == (
        Modality.KEJADIAN, ("perusakan",), 3, False, True, "lihat lagi",
    )  # fmt: skip
    assert "dilewati" in shown
    assert len(store.label_tasks.queue("sari")) == 1


def test_when_nothing_is_left_it_says_so(run):
    for _ in range(3):
        run("next", "--as", "sari")
        assert run("next", "--as", "sari", "--skip")[0] == 0
    assert run("next", "--as", "sari") == (1, "Tidak ada lagi yang perlu Anda beri label.\n")


@pytest.mark.parametrize(
    ("words", "error", "why"),
    [
        (("next", "--as", "sari", "--modality", "opini"), InputError, 'nothing was shown to "sari" yet; first call'),
        (("next", "--as", "sari", "--skip"), InputError, 'nothing was shown to "sari" yet; first call'),
        (("next", "--as", " "), InputError, "a person's name has 1 to 80 letters"),
        (("next", "--as", "sari", "--signals", "perusakan"), click.UsageError, "a label needs --modality"),
        (("add", "1", "--as", "sari"), click.UsageError, "a label needs --modality"),
        (("add", "1", "--as", "sari", "--modality", "kejadin"), InputError, 'did you mean "kejadian"'),
        (("add", "9", "--as", "sari", "--modality", "opini"), UnknownItemError, 'no such article "9"'),
        (("adjudicate", "1", "--as", "tono"), InputError, "nothing is in dispute about article 1"),
        (("import", "/nowhere.csv", "--format", "csv", "--as", "sari"), UnknownItemError, "give a file of labels"),
        (("export", "--format", "csv", "--interface"), click.UsageError, "only Label Studio has a labelling interface"),
        (("export", "--format", "csv", "-o", "/nowhere/x.csv"), InputError, "cannot be written"),
    ],
)
def test_a_wrong_call_is_refused_with_what_to_do(run, words, error, why):
    with pytest.raises(error, match=why):
        run(*words)


def test_a_label_and_skip_exclude_one_another(run):
    run("next", "--as", "sari")
    with pytest.raises(click.UsageError, match="exclude one another"):
        run("next", "--as", "sari", "--skip", "--modality", "opini")


def test_a_dispute_is_shown_and_decided_by_a_third_person(run, store):
    assert run("conflicts") == (0, "Tidak ada label yang bertentangan.\n")
    label(run, "sari", 1, "kejadian", "--signals", "perusakan")
    label(run, "budi", 1, "opini")
    shown = run("conflicts")[1]
    assert "sari: kejadian; perusakan" in shown
    assert "budi: opini; tanpa sinyal" in shown
    with pytest.raises(InputError, match='"sari" has labelled this article; a third person decides'):
        run("adjudicate", "1", "--as", "sari")
    shown = run("adjudicate", "1", "--as", "tono")[1]
    assert shown.index("Spanduk dirusak") < shown.index("sari: kejadian")
    assert run("adjudicate", "1", "--as", "tono", "--modality", "dugaan", "--signals", "perusakan")[0] == 0
    assert [one.basis for one in store.labels.examples()] == ["adjudication"]
    assert json.loads(run("conflicts", "--json")[1]) == []


def test_agreement_of_two_is_told_with_its_interval(run):
    assert "Belum ada teks yang diberi label oleh dua orang." in run("agreement")[1]
    for article in (1, 2, 3):
        label(
            run,
            "sari",
            article,
            "kejadian" if article < 3 else "opini",
            *(("--signals", "perusakan") if article == 1 else ()),
        )
        label(
            run,
            "budi",
            article,
            "kejadian" if article < 2 else "opini",
            *(("--signals", "perusakan") if article == 1 else ()),
        )
    shown = run("agreement")[1]
    assert "budi dan sari: 3 teks" in shown
    assert "67%" in shown
    assert "Hanya dua orang: kappa sudah cukup, alpha tidak dihitung." in shown
    found = json.loads(run("agreement", "--json")[1])
    assert found["pairs"][0]["signals"]["perusakan"]["kappa"]["value"] == 1.0
    label(run, "tono", 1, "kejadian")
    assert "Krippendorff" in run("agreement")[1]


def test_the_audit_tells_what_was_missed(run, store):
    assert "Belum ada teks undian yang berlabel" in run("audit")[1]
    assert run("audit", "--json")[1] == "null\n"
    # As the queue does it: three unflagged articles of a frame of three.
    from data.records import AuditDraw, AuditRound

    one = AuditRound(0, NINE, None, NINE, 30, 3, 10, 1, "m-1")
    store.label_tasks.open_round(one, [], [AuditDraw(0, number, 1, 0.1, number, 1) for number in (1, 2, 3)])
    for who in ("sari", "budi"):
        label(run, who, 1, "kejadian", "--signals", "perusakan")
        label(run, who, 2, "opini")
    shown = run("audit")[1]
    assert "2 dari 3 teks undian sudah diputuskan; 1 seharusnya ditandai." in shown
    assert "Terlewat: 50,0 % dari 30 artikel yang tidak ditandai" in shown
    assert "kira-kira 15 artikel" in shown
    assert json.loads(run("audit", "--json")[1])["count"]["value"] == 15.0
    assert "Missed: 50.0 % of 30 unflagged articles" in run("audit", lang="en")[1]


def test_an_export_is_for_its_owner_only_and_comes_back(run, store, tmp_path):
    label(run, "sari", 1, "kejadian", "--signals", "perusakan", "--severity", "2")
    path = tmp_path / "label.csv"
    code, shown = run("export", "--format", "csv", "-o", str(path))
    assert code == 0
    assert "BUKAN UNTUK DITERBITKAN" in shown
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run("import", str(path), "--format", "csv", "--as", "budi") == (
        0,
        "1 label: 0 diambil, 1 sudah ada, 0 ditolak\n",
    )
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == ["label.csv"]


def test_lines_that_are_refused_are_told_of_with_their_numbers(run, store, tmp_path):
    path = tmp_path / "label.jsonl"
    good, bad = {"article": 1, "modality": "opini"}, {"article": 99, "modality": "opini"}
    path.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n", encoding="utf-8")
    code, shown = run("import", str(path), "--format", "jsonl", "--as", "budi")
    assert code == 1
    assert (
        'baris 2: tidak ada artikel "99"; teks yang tidak ada di basis data dipelajari dengan kentongan train FILE'
        in shown
    )
    assert "2 label: 1 diambil, 0 sudah ada, 1 ditolak" in shown
    path.write_text(json.dumps(bad) * 2, encoding="utf-8")
    assert run("import", str(path), "--format", "jsonl", "--as", "budi", lang="en") == (
        65, "line 1: is no JSON\n1 labels: 0 taken, 0 known, 1 refused\n",
    )  # fmt: skip
    code, shown = run("import", "-", "--format", "jsonl", "--as", "budi", "--json", typed=json.dumps(good))
    assert json.loads(shown) == {"read": 1, "taken": 0, "known": 1, "refused": []}


def test_a_file_that_is_none_is_named_in_the_complaint(run, tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b"{}")
    with pytest.raises(InputError, match=r"x\.json: is no list of tasks"):
        run("import", str(path), "--format", "label-studio", "--as", "budi")


def test_the_interface_of_label_studio_offers_every_signal(run):
    shown = run("export", "--format", "label-studio", "--interface")[1]
    assert shown.startswith("<View>")
    assert shown.count('<Choice value="perusakan"') == 2
    assert "BUKAN" not in shown


def test_looks_at_drift_are_shown_with_what_they_are_held_against(run, store, monkeypatch):
    assert "Belum pernah dilihat" in run("drift")[1]
    from data.records import DriftFinding, DriftLook

    finding = DriftFinding(
        "laju_tanda", "skor", "rasio", 2.1, 0.0001, True, (("ya", 0.1),), (("ya", 0.2),), 900, 100, "terutama ya"
    )
    look = DriftLook(NINE, NINE - timedelta(days=7), NINE, 12, "m-1", None, stage_changed=True, findings=(finding,))
    store.drift.add(look)
    code, shown = run("drift")
    assert code == 1
    assert "WASPADA" in shown
    assert "terutama ya" in shown
    assert "Tahapan pemilihan berganti" in shown
    assert json.loads(run("drift", "--json")[1])[0]["findings"][0]["effect"] == 2.1
    untested = replace(finding, p_value=None, alarm=False, note="belum cukup data")
    store.drift.add(replace(look, at=NINE + timedelta(days=7), weeks=0, findings=(untested,)))
    code, shown = run("drift")
    assert code == 0
    assert "tidak ada yang diuji" in " ".join(shown.split())


def test_what_a_refused_line_quotes_cannot_speak_to_the_terminal(run, tmp_path):
    path = tmp_path / "label.jsonl"
    path.write_text('{"article": 1, "modality": "\\u001b[31m\\ud800"}\n')
    code, shown = run("import", str(path), "--format", "jsonl", "--as", "budi")
    assert code == InputError.exit_code
    assert 'tidak ada modalitas " [31m "' in shown
