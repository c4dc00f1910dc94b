"""Labelling in the desk: blind, one text at a time, by keyboard; disputes are decided by a third person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from data.records import LabelTask

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def task(newsdesk: Any, store: Any, clock: Any) -> Callable[..., int]:
    """Return what prints an article and puts it in the label queue."""

    def putting(title: str = "Posko dibakar", reason: str = "ragu") -> int:
        number = newsdesk.prints(title)
        detail = "kepastian tanda 0,50"
        store.label_tasks.add([LabelTask(number, 1, reason, detail, 0.5, clock.now, 2)])
        return int(number)

    return putting


ANSWER = {"modalitas": "kejadian", "sinyal": ["perusakan", "konflik_massa"], "tingkat": "3", "catatan": "jelas"}


def test_a_label_is_kept_and_the_next_text_comes(task: Any, analyst: Any, store: Any) -> None:
    first, second = task("Posko dibakar"), task("Surat suara rusak")
    shown = int(analyst.get("/label").text.partition('action="/label/')[2].partition("/")[0])
    assert shown in {first, second}
    answer = analyst.submit(f"/label/{shown}/1", **ANSWER)
    assert answer.status_code == 303
    kept = store.labels.of_article(shown)[0]
    assert (kept.annotator, kept.modality.value, kept.severity, kept.note) == ("analis", "kejadian", 3, "jelas")
    assert set(kept.signals) == {"perusakan", "konflik_massa"}
    page = analyst.get(answer.headers["location"]).text
    rest = ({first, second} - {shown}).pop()
    assert f'action="/label/{rest}/1"' in page
    assert f'href="/label/{shown}/1"' in page
    assert next(entry.action for entry in store.audit.entries(subject=f"artikel/{shown}")) == "label"


def test_neither_model_nor_others_are_seen_while_labelling(task: Any, newsdesk: Any, visit: Any) -> None:
    number = task("Posko dibakar")
    newsdesk.judged(number)
    first, second = visit("analis", name="sari"), visit("analis", name="joko")
    first.submit(f"/label/{number}/1", **ANSWER)
    page = second.get("/label").text
    assert f'action="/label/{number}/1"' in page
    assert "sari" not in page.casefold()
    assert "jelas" not in page
    assert page.count(" checked") == 2  # the level that is not judged, and the switch of the keys
    assert "kepastian tanda" not in page
    assert "isyarat: dibakar" not in page


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"modalitas": "", "catatan": "catatan saya"}, "pilih modalitas"),
        ({"modalitas": "tidak_relevan", "sinyal": ["perusakan"], "catatan": "catatan saya"}, "tidak_relevan"),
        ({"modalitas": "kejadian", "tingkat": "9", "catatan": "catatan saya"}, "9"),
        ({"modalitas": "kejadian", "sinyal": ["naga"], "catatan": "catatan saya"}, "naga"),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_typed_is_lost(
    task: Any, analyst: Any, store: Any, answer: dict[str, Any], words: str
) -> None:
    number = task()
    refused = analyst.submit(f"/label/{number}/1", **answer)
    assert refused.status_code == 422
    assert words in refused.text
    assert "catatan saya" in refused.text
    assert store.labels.of_article(number) == []


def test_a_text_passed_over_is_not_shown_again(task: Any, analyst: Any) -> None:
    number = task()
    analyst.submit(f"/label/{number}/1/lewati")
    assert "Tidak ada lagi yang perlu Anda beri label" in analyst.get("/label").text


def test_a_text_that_is_not_in_the_queue_cannot_be_labelled(newsdesk: Any, analyst: Any) -> None:
    number = newsdesk.prints("Posko dibakar")
    assert analyst.submit(f"/label/{number}/1", **ANSWER).status_code == 404
    assert analyst.get(f"/label/{number}/1").status_code == 404


def test_ones_own_label_can_be_corrected(task: Any, analyst: Any, store: Any) -> None:
    number = task()
    analyst.submit(f"/label/{number}/1", **ANSWER)
    page = analyst.get(f"/label/{number}/1").text
    assert "jelas</textarea>" in page
    assert 'value="perusakan" checked' in page
    analyst.submit(f"/label/{number}/1", modalitas="dugaan")
    assert [one.modality.value for one in store.labels.of_article(number)] == ["kejadian", "dugaan"]


def test_a_third_person_decides_between_two(task: Any, visit: Any, store: Any) -> None:
    number = task("Posko <i>dibakar</i>")
    for name, modality in (("sari", "kejadian"), ("joko", "dugaan")):
        client = visit("verifikator", name=name)
        client.submit(f"/label/{number}/1", modalitas=modality, sinyal=["perusakan"])
        if name == "joko":
            page = client.get(f"/label/sengketa/{number}/1").text
            assert "orang ketiga" in page
            assert client.submit(f"/label/sengketa/{number}/1", modalitas="kejadian").status_code == 422
    third = visit("verifikator", name="dewi")
    assert f'href="/label/sengketa/{number}/1"' in third.get("/label/sengketa").text
    page = third.get(f"/label/sengketa/{number}/1").text
    assert "sari" in page
    assert "joko" in page
    assert "berbeda" in page
    assert "<i>dibakar" not in page
    decided = third.submit(f"/label/sengketa/{number}/1", modalitas="kejadian", sinyal=["perusakan"])
    assert decided.status_code == 303
    assert store.labels.conflicts() == []
    assert [entry.action for entry in store.audit.entries(action="adjudikasi")] == ["adjudikasi"]
    assert third.get(f"/label/sengketa/{number}/1").status_code == 404


def test_who_may_not_decide_sees_no_disputes(analyst: Any, visit: Any) -> None:
    assert analyst.get("/label/sengketa").status_code == 403
    assert visit("pengamat").get("/label").status_code == 403


def test_agreement_is_shown_once_two_labelled_the_same(task: Any, visit: Any) -> None:
    number = task()
    assert "Belum ada teks" in visit("analis").get("/label/kesepakatan").text
    for name in ("sari", "joko"):
        visit("analis", name=name).submit(f"/label/{number}/1", modalitas="kejadian", sinyal=["perusakan"])
    page = visit("analis", name="dewi").get("/label/kesepakatan").text
    assert "1 teks" in page
    assert "100 %" in page


@pytest.mark.browser
def test_a_text_is_labelled_by_keyboard_alone(task: Any, browse: Any, store: Any) -> None:
    numbers = [task("Posko dibakar"), task("Surat suara rusak")]
    page = browse("analis").page
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/label")
    first = int(page.locator("#label").get_attribute("action").split("/")[2])
    # Not relevant, which takes the signals away; then an event, with a signal, an optional one, a level and a note.
    page.keyboard.press("7")
    assert page.locator("[name=sinyal]").first.is_disabled()
    for key in ("1", "a", "B", "t", "3", "h", "c"):
        page.keyboard.press(key)
    page.keyboard.type("satu kali s saja")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_url("**/label?terakhir=*")
    kept = store.labels.of_article(first)[0]
    assert (kept.modality.value, kept.signals, kept.optional, kept.severity, kept.historis, kept.note) == (
        "kejadian", ("politik_uang",), ("netralitas_aparatur",), 3, True, "satu kali s saja",
    )  # fmt: skip
    second = int(page.locator("#label").get_attribute("action").split("/")[2])
    assert {first, second} == set(numbers)
    assert page.evaluate("document.activeElement.id") == "teks"
    page.keyboard.press("l")
    page.get_by_text("Tidak ada lagi yang perlu Anda beri label").wait_for()
    assert store.labels.of_article(second) == []


def test_whoever_has_regions_labels_decides_and_counts_only_what_lies_there(
    task: Any, newsdesk: Any, visit: Any, store: Any
) -> None:
    here, there, nowhere = task("Posko dibakar"), task("Baliho dirusak"), task("Surat suara rusak")
    newsdesk.judged(here, code="13.77")
    newsdesk.judged(there, code="32.04")
    sari, ani = visit("verifikator", name="sari"), visit("verifikator", name="ani")
    joko, budi = visit("verifikator", name="joko", regions=("13",)), visit("verifikator", name="budi", regions=("32",))
    for client in (sari, joko):
        assert (
            client.submit(f"/label/{here}/1", modalitas="kejadian" if client is sari else "dugaan").status_code == 303
        )

    # What lies elsewhere is not shown, cannot be labelled and is not counted; what names no place is everybody's.
    page = joko.get("/label").text
    assert f'action="/label/{nowhere}/1"' in page
    assert joko.get(f"/label/{there}/1").status_code == 404
    assert joko.submit(f"/label/{there}/1", **ANSWER).status_code == 404
    assert store.labels.of_article(there) == []
    assert joko.get("/api/v1/labels/queue").json() == {"mine": 1, "open": 1}
    assert ani.get("/api/v1/labels/queue").json() == {"mine": 2, "open": 2}
    joko.submit(f"/label/{nowhere}/1/lewati")
    assert "Tidak ada lagi yang perlu Anda beri label" in joko.get("/label").text

    # The same of disputes.
    assert f'href="/label/sengketa/{here}/1"' in ani.get("/label/sengketa").text
    assert f'href="/label/sengketa/{here}/1"' not in budi.get("/label/sengketa").text
    assert budi.get(f"/label/sengketa/{here}/1").status_code == 404
    assert budi.submit(f"/label/sengketa/{here}/1", modalitas="dugaan").status_code == 404
    assert ani.submit(f"/label/sengketa/{here}/1", modalitas="dugaan").status_code == 303
