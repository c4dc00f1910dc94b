"""What the shipped judge says of made-up pieces, and that it can say something of anything."""

import json
import shutil
from pathlib import Path

import pytest

from classifiers.text import read_document
from data.errors import ModelError
from data.records import Modality
from models.judge import BASELINE, Judge, Judgement, decided


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load()


def judged(judge: Judge, title: str, text: str) -> Judgement:
    return judge.judge([read_document(title, text)])[0]


RAKOR = (
    "Pj Bupati Hadiri Rakor Pengendalian dan Potensi Kerawanan Pilkada",
    (
        "Lubuk Sikaping-Penjabat Bupati menghadiri rapat koordinasi pengendalian dan potensi kerawanan Pilkada di aula kantor gubernur, "
        "Selasa (5/11/2024). Rakor diikuti seluruh desk pilkada kabupaten dan kota. Ia mengajak semua pihak bersinergi, menghindari hoaks, "
        'SARA, dan politik uang demi pilkada yang aman, damai, dan kondusif.\n"Kita harus deteksi dini," pungkasnya.(**)'
    ),
)
SIMULATION = (
    "Massa Anarkis Bakar Ban dan Lempari Petugas",
    (
        "Ratusan orang melempari petugas dengan botol dan membakar ban di depan kantor KPU, Rabu pagi. Petugas membalas dengan gas air mata.\n"
        "Kejadian itu merupakan simulasi sistem pengamanan kota yang digelar Polres di lapangan upacara. Kapolres mengapresiasi personel."
    ),
)
RIOT = (
    "Massa Lempari Kantor KPU, Kaca Pecah dan Dua Polisi Luka",
    (
        "Ratusan pendukung salah satu paslon menggeruduk kantor KPU Kabupaten Contoh, Kamis (28/11) malam. Mereka menolak hasil rekapitulasi "
        "dan melempari gedung dengan batu. Kaca depan pecah dan dua polisi luka. Massa dibubarkan dengan gas air mata sekitar pukul 22.00 WIB."
    ),
)
FOOTBALL = (
    "Banjir Gol di Laga Derbi, Serangan Tuan Rumah Tak Terbendung",
    (
        "Tuan rumah menggempur lawan sejak menit pertama. Dua tembakan keras dari luar kotak penalti berbuah gol. Pelatih memuji "
        "serangan balik anak asuhnya, sedangkan suporter pulang dengan gembira usai laga liga pekan ini."
    ),
)


def test_a_coordination_meeting_on_kerawanan_is_an_activity_and_is_not_flagged(judge: Judge) -> None:
    found = judged(judge, *RAKOR)
    assert found.modality is Modality.PENCEGAHAN_KEGIATAN
    assert not found.flagged


def test_a_simulation_written_like_a_riot_is_an_activity(judge: Judge) -> None:
    found = judged(judge, *SIMULATION)
    assert found.modality is Modality.PENCEGAHAN_KEGIATAN
    assert not found.flagged
    assert any("simulasi" in item.why for item in found.evidence if item.subject == "modality")


def test_a_riot_is_an_event_and_flagged_with_its_signal(judge: Judge) -> None:
    found = judged(judge, *RIOT)
    assert found.modality is Modality.KEJADIAN
    assert "konflik_massa" in found.flagged_signals
    assert found.flagged
    assert found.flag_score > 0.8


def test_football_full_of_attacks_and_floods_is_not_relevant_and_has_no_signal(judge: Judge) -> None:
    found = judged(judge, *FOOTBALL)
    assert found.modality is Modality.TIDAK_RELEVAN
    assert found.flagged_signals == ()
    assert found.flag_score < 0.2


def test_a_riot_ranks_above_its_simulation_and_above_football(judge: Judge) -> None:
    riot, simulation, football = (judged(judge, *piece).flag_score for piece in (RIOT, SIMULATION, FOOTBALL))
    assert riot > max(simulation, football) + 0.5


def test_every_asserted_signal_and_the_modality_show_spans_of_the_given_text(judge: Judge) -> None:
    title, text = RIOT
    found = judged(judge, title, text)
    assert {*found.flagged_signals, "modality"} <= {item.subject for item in found.evidence}
    for item in found.evidence:
        zone = title if item.zone == "title" else text
        assert 0 <= item.start < item.end <= len(zone)
        if item.why.startswith("kata model: "):
            assert zone[item.start : item.end].lower() == item.why.removeprefix("kata model: ")


def test_modality_probabilities_sum_to_one_and_signals_lie_between_zero_and_one(judge: Judge) -> None:
    found = judged(judge, *RIOT)
    assert sum(found.modality_probabilities.values()) == pytest.approx(1.0)
    assert all(0 <= value <= 1 for value in found.signals.values())
    assert 0 <= found.flag_score <= 1


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", ""),
        ("Judul", ""),
        ("", "satu"),
        ("😀😀", "😀 😀\n😀"),
        (
            "The mayor opened a new library",
            "The mayor opened a new library on Monday and thanked the volunteers for their work.",
        ),
        ("Wali kota mbukak pasar", "Dina iki wali kota mbukak pasar anyar, wong-wong padha seneng banget."),
        ("\x00\x01\x02", "PK\x03\x04\x14\x00\x08 \ufffd\ufffd \x7f" * 40),
        ("\ud800", "teks rusak \udfff"),
        ("a" * 5_000, "b" * 100_000),
    ],
)
def test_anything_gets_a_sane_judgement(judge: Judge, title: str, text: str) -> None:
    found = judged(judge, title, text)
    assert found.modality in Modality
    assert not found.flagged
    assert 0 <= found.flag_score <= 1


def test_the_same_document_is_judged_the_same_alone_and_among_others(judge: Judge) -> None:
    documents = [read_document(*piece) for piece in (RIOT, RAKOR, FOOTBALL)]
    assert judge.judge(documents)[1] == judge.judge(documents[1:2])[0]
    assert judge.judge([]) == []


def test_versions_name_the_weights_and_the_rules(judge: Judge) -> None:
    assert judge.model_version.startswith("baseline-")
    assert len(judge.model_version.removeprefix("baseline-")) == 8
    assert judge.rules_version


def test_a_model_with_other_signals_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BASELINE, folder)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["signals"] = card["signals"][:-1]
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelError, match="train it anew"):
        Judge.load(folder)


def test_the_shipped_model_is_small_and_holds_no_text() -> None:
    files = {path.name: path.stat().st_size for path in BASELINE.iterdir() if path.is_file() and path.suffix != ".py"}
    assert set(files) == {"weights.npz", "card.json", "matrix.npz", "matrix.json", "floors.json"}
    assert sum(files.values()) < 20_000_000


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"pencegahan_kegiatan": 0.51, "kejadian": 0.29, "dugaan": 0.2}, Modality.PENCEGAHAN_KEGIATAN),
        ({"pencegahan_kegiatan": 0.45, "kejadian": 0.3, "dugaan": 0.25}, Modality.KEJADIAN),
        ({"tidak_relevan": 0.49, "pencegahan_kegiatan": 0.2, "kejadian": 0.31}, Modality.TIDAK_RELEVAN),
        ({"opini": 0.4, "dugaan": 0.2, "ancaman_potensi": 0.22, "tidak_relevan": 0.18}, Modality.ANCAMAN_POTENSI),
    ],
)
def test_a_majority_decides_and_without_one_the_watched_modalities_count_together(
    shares: dict[str, float], said: Modality
) -> None:
    assert decided({name: shares.get(name.value, 0.0) for name in Modality}) is said
