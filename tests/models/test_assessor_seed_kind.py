"""The hardest negative, made up in the shape of the piece that the product starts from.

A release of one city's office about a meeting in another city, full of the words of danger: the dateline is where the
writer sits, the hall is where it happened, and the province is what it is about.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from data.records import Modality, PlaceRole, Urgency
from models.assessor import AssessItem, Assessor

if TYPE_CHECKING:
    from data.records import Assessment

WIB = ZoneInfo("Asia/Jakarta")
TITLE = "Pjs Wako Sawahlunto Hadiri Rakor Pengendalian dan Potensi Kerawanan Pilkada Serentak 2024 se Sumbar"
TEXT = """\
Sawahlunto-Pjs Wali Kota Sawahlunto, Arwin Bahar didampingi Kasat PolPP, Kabag Pemerintahan dan Sekretaris Kesbangpol \
Kota Sawahlunto menghadiri rapat koordinasi Pemerintah Provinsi dengan Pemerintah Kabupaten dan Kota se-Sumatera Barat. \
Kegiatan ini berlangsung di Aula Balaikota Payakumbuh, Kamis, 7 November 2024.
Rapat koordinasi bertema "Pengendalian dan Potensi Kerawanan Pilkada Serentak" itu dihadiri seluruh kepala daerah di \
Sumatera Barat, Kasubdit dari Kemendagri, dan perwakilan Bawaslu Provinsi Sumatra Barat sebagai pemateri.
Sekretaris Daerah yang mewakili Plt Gubernur Sumatra Barat menyampaikan ada pemilihan gubernur, 12 pemilihan bupati dan \
7 pemilihan wali kota.
"Untuk itu, diperlukan pengawasan terhadap potensi kerawanan di setiap tahapan. Perlu deteksi dini dan pencegahan dini. \
Dihimbau kepada kepala daerah untuk berkoordinasi dengan Bawaslu, Kepolisian, TNI dan Kejaksaan agar tidak terjadi \
gangguan keamanan.
Dalam rakor ini disepakati pembentukan Desk Pilkada yang diketuai Sekretaris Daerah dan dibantu unsur TNI, Polri dan \
Kejaksaan." pungkasnya.
"""


@pytest.fixture(scope="module")
def judged() -> Assessment:
    item = AssessItem("seed", TITLE, TEXT, datetime(2024, 11, 7, 20, 13, tzinfo=WIB), provinces=("13",))
    return Assessor.load().assess([item])[0]


def roles(judged: Assessment) -> dict[str, PlaceRole]:
    return {place.code: place.role for place in judged.places}


def test_a_meeting_about_danger_is_an_activity_and_no_danger(judged: Assessment) -> None:
    assert judged.modality is Modality.PENCEGAHAN_KEGIATAN
    assert judged.severity == 0
    assert judged.urgency is Urgency.P4
    assert not judged.flagged


def test_it_happened_where_the_hall_is(judged: Assessment) -> None:
    assert roles(judged)["13.76"] is PlaceRole.KEJADIAN


def test_the_dateline_is_where_the_writer_sits(judged: Assessment) -> None:
    assert roles(judged)["13.73"] is PlaceRole.SUMBER


def test_it_is_about_the_whole_province(judged: Assessment) -> None:
    assert roles(judged)["13"] is PlaceRole.CAKUPAN


def test_it_happened_on_the_day_that_the_text_names(judged: Assessment) -> None:
    assert judged.event_time is not None
    assert judged.event_time.start.astimezone(WIB).date().isoformat() == "2024-11-07"
    assert TEXT[judged.event_time.span_start : judged.event_time.span_end] == "Kamis, 7 November 2024"
