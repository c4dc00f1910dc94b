"""The page of the feeds: addresses to copy, tokens for those who read them, who fetched what; and the files' setting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from feeds import FORMATS
from flows.feed_files import FEEDS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store


def secret_of(page: str) -> str:
    found = re.search(r"ktg_[\w-]{20,}", page)
    assert found is not None
    return found.group()


def test_every_address_on_the_page_answers(visit: Callable[..., Any], incident: Any) -> None:
    observer = visit("pengamat")
    page = observer.get("/feeds?wilayah=13&tingkat=3").text
    addresses = re.findall(r'href="(http://testserver/feeds/[^"]+)"', page)
    assert len(addresses) == sum(not one.single for one in FORMATS.values())
    assert all("wilayah=13&amp;tingkat=3" in address for address in addresses)
    assert {observer.get(address.replace("&amp;", "&")).status_code for address in addresses} == {200}
    assert observer.get("/feeds?wilayah=xyz").status_code == 404
    assert observer.get("/feeds?tingkat=9").status_code == 422


def test_a_token_is_made_for_what_was_chosen_and_shown_once(
    visit: Callable[..., Any], incident: Any, store: Store, clock: Any
) -> None:
    analyst = visit("analis")
    made = analyst.submit("/feeds/token", nama="Kesbangpol Sumbar", saring="wilayah=13&tingkat=3", hari="365")
    secret = secret_of(made.text)
    (kept,) = store.tokens.all()
    assert (kept.name, kept.scopes, kept.expires_at) == (
        "Kesbangpol Sumbar",
        ("umpan:wilayah=13&tingkat=3",),
        clock.now.replace(year=2025),
    )
    assert next(iter(store.audit.entries(actor="analis"))).action == "token_dibuat"
    reader = visit()
    headers = {"authorization": f"Bearer {secret}"}
    assert reader.get("/feeds/csv", headers=headers).status_code == 200
    page = analyst.get("/feeds").text
    assert secret not in page
    assert "Sumatera Barat; tingkat 3 (tinggi) ke atas" in page
    assert "Kesbangpol Sumbar – Analis" in page
    analyst.submit(f"/akun/token/{kept.id}")
    assert reader.get("/feeds/csv", headers=headers).status_code == 401
    assert "Kesbangpol Sumbar</bdi>" not in analyst.get("/feeds").text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"nama": "", "saring": "", "hari": "90"}, 422),
        ({"nama": "x", "saring": "", "hari": "91"}, 422),
        ({"nama": "x", "saring": "wilayah=99", "hari": "90"}, 404),
        ({"nama": "x", "saring": "lain=1", "hari": "90"}, 422),
        ({"nama": "x", "saring": "sejak=2024-11-26", "hari": "90"}, 422),
    ],
)
def test_a_token_that_will_not_do_is_not_made(
    visit: Callable[..., Any], store: Store, form: dict[str, str], status: int
) -> None:
    assert visit("analis").submit("/feeds/token", **form).status_code == status
    assert store.tokens.all() == []


def test_one_sees_ones_own_readers_and_an_admin_those_of_all(visit: Callable[..., Any], incident: Any) -> None:
    analyst, other, admin = visit("analis"), visit("analis", name="budi"), visit("admin")
    analyst.submit("/feeds/token", nama="Polda", saring="", hari="90")
    analyst.get("/feeds/atom?wilayah=13")
    assert "Polda" in analyst.get("/feeds").text
    assert "atom?wilayah=13" in analyst.get("/feeds").text
    seen = other.get("/feeds").text
    assert "Polda" not in seen
    assert "atom?wilayah=13" not in seen
    everything = admin.get("/feeds").text
    assert "Polda" in everything
    assert "Analis (di peramban)" in everything


def test_selections_for_files_are_set_with_a_reason_and_taken_away_again(
    visit: Callable[..., Any], store: Store
) -> None:
    chair = visit("ketua")
    form = {
        "nama": "Sumbar",
        "judul": "",
        "wilayah": "13",
        "tingkat": "3",
        "versi": "0",
        "alasan": "diminta Kesbangpol",
    }
    assert chair.submit("/setelan/umpan", **form).status_code == 303
    assert store.desk_settings.get(FEEDS_KEY) == [{"nama": "sumbar", "judul": "", "saring": "wilayah=13&tingkat=3"}]
    page = chair.get("/setelan/umpan").text
    assert "Sumatera Barat; tingkat 3 (tinggi) ke atas" in page
    version = str(store.desk_settings.version(FEEDS_KEY))
    for wrong in ({"nama": "cap"}, {"nama": "../x"}, {"nama": "lain", "wilayah": "", "tingkat": ""}):
        assert chair.submit("/setelan/umpan", **{**form, "versi": version, **wrong}).status_code == 422
    assert chair.submit("/setelan/umpan/5", versi=version, alasan="hapus").status_code == 422
    assert chair.submit("/setelan/umpan/0", versi=version, alasan="hapus").status_code == 303
    assert store.desk_settings.get(FEEDS_KEY) == []
    assert visit("analis").get("/setelan/umpan").status_code == 403
