"""Whether people see that an installation is in exercise mode, and which recipients get drills only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.web import make_desk

BANNER = (
    "MODE LATIHAN: tidak ada peringatan yang dikirim ke penerima sebenarnya; "
    "hanya uji kirim yang diminta, bertanda LATIHAN."
)
PAGES = ("/", "/penerima", "/setelan", "/orang", "/akun")


@pytest.fixture(params=[True, False], ids=["drill", "real"])
def exercise(request):
    return request.param


@pytest.fixture
def app(tools, exercise):
    return make_desk(replace(tools, publish=replace(tools.publish, exercise=exercise)))


def test_every_page_of_an_installation_in_exercise_mode_says_so_and_no_other_does(visit, exercise):
    admin = visit("admin")
    pages = {path: admin.get(path) for path in PAGES}
    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(PAGES, 200)
    assert {path: BANNER in page.text for path, page in pages.items()} == dict.fromkeys(PAGES, exercise)


def test_recipients_of_drills_are_told_apart_in_the_list(visit, store):
    admin = visit("admin")
    for name, drill in (("Gladi Padang", {"latihan": "1"}), ("Polres Padang", {})):
        target = f"https://{name.split()[0].lower()}.example/masuk"
        answer = admin.submit("/penerima", nama=name, saluran="webhook", tujuan=target, tingkat="3", **drill)
        assert answer.status_code == 200
    rows = [row for row in admin.get("/penerima").text.split("<tr>") if "<bdi>" in row]
    marked = {
        name: '<span class="chip">latihan</span>' in row for row in rows for name in ("Gladi", "Polres") if name in row
    }
    assert marked == {"Gladi": True, "Polres": False}
