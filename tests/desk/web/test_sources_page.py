"""Sources in the desk: health, one source, pause, and adding one with a preview over the real way of fetching."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from data.catalogue import read_entries
from data.outcomes import Outcome
from data.records import Tally
from data.samples.server import SampleServer
from desk.actions.previewing import PREVIEWS
from desk.web import make_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.store import Store

WHY = "situs pindah server"


@pytest.fixture
def printed(newsdesk: Any, store: Store, clock: Any) -> Any:
    """One source with an article and a look that ended."""
    newsdesk.prints("Jembatan putus", "Jembatan putus diterjang banjir. Warga memutar.")
    run = store.runs.start("crawl", clock.now)
    counts = {Outcome.BARU: 1, Outcome.KNOWN: 4}
    store.runs.save_tally(Tally(run, "kabar", clock.now, clock.now, 5, counts, {"feed": 1, "page": 1}, 0, 4200))
    return newsdesk


@pytest.fixture
def sample_web() -> Iterator[SampleServer]:
    with SampleServer() as server:
        yield server


@pytest.fixture
def app(tools: Any, sample_web: SampleServer) -> Any:
    """The desk, for which the names of the sample sites lead to loopback, and no other name does."""
    hosts = frozenset({"kabarnagari.test", "kosong.test"})
    address, port = sample_web.address
    settings = replace(
        tools.settings,
        allow_private_hosts=hosts,
        connect_to=tuple((host, (address, port)) for host in sorted(hosts)),
        workers=0,
        default_delay_s=0.0,
    )
    return make_desk(replace(tools, settings=settings))


def test_health_is_listed_and_filtered(printed: Any, visit: Callable[..., Any]) -> None:
    reader = visit("pengamat")
    page = reader.get("/sumber").text
    assert "Kabar &lt;b&gt;Nagari&lt;/b&gt;" in page
    assert "Tambah sumber" not in page
    assert "Tidak ada sumber yang cocok" in reader.get("/sumber?q=tidakada").text
    assert "Kabar" in reader.get("/sumber?q=nagari").text
    assert "Sumatera Barat" in reader.get("/sumber/cakupan").text
    assert "Pariaman" in reader.get("/sumber/cakupan?provinsi=13").text
    assert reader.get("/sumber/cakupan?provinsi=99").status_code == 404


def test_one_source_shows_its_articles_and_how_looks_ended(printed: Any, visit: Callable[..., Any]) -> None:
    page = visit("pengamat").get("/sumber/kabar").text
    assert "Jembatan putus" in page
    assert "baru 1, known 4" in page
    assert "Hentikan sumber" not in page
    assert visit("analis").get("/sumber/tidak-ada").status_code == 404


def test_a_source_is_paused_with_a_reason_and_read_again(
    printed: Any, visit: Callable[..., Any], tools: Any, store: Store
) -> None:
    admin = visit("admin")
    assert admin.submit("/sumber/kabar/alih", ke="henti", alasan=WHY).status_code == 303
    catalogue = tools.settings.user_catalogue
    assert [(one.id, one.values.get("enabled")) for one in read_entries(catalogue)] == [("kabar", False)]
    entry = store.audit.entries(subject="sumber/kabar")[0]
    assert (entry.actor, entry.action, entry.detail) == ("admin", "sumber_dihentikan", {"alasan": WHY})
    # The fixture's catalogue does not read the file: the desk's own state is what is switched next.
    store.sources.save(replace(store.sources.state("kabar"), enabled=False))
    assert "Baca lagi sumber ini" in admin.get("/sumber/kabar").text
    admin.submit("/sumber/kabar/alih", ke="aktif", alasan="pulih")
    assert store.sources.state("kabar").enabled
    assert admin.submit("/sumber/kabar/alih", ke="henti", alasan="").status_code == 422
    assert visit("ketua").submit("/sumber/kabar/alih", ke="henti", alasan=WHY).status_code == 403


def test_a_site_is_looked_at_and_added(visit: Callable[..., Any], tools: Any, store: Store) -> None:
    admin = visit("admin")
    assert "Lihat dahulu" in admin.get("/sumber/tambah").text
    answer = admin.submit("/sumber/tambah", alamat="http://kabarnagari.test/", wilayah="13 13.77", tier="3")
    assert answer.status_code == 200
    page = answer.text
    assert "Satu berita seperti terbaca" in page
    assert page.count("<li><bdi>") >= 3
    assert not tools.settings.user_catalogue.exists(), "nothing is saved by looking"
    token = page.partition('name="pratinjau" value="')[2].partition('"')[0]
    assert visit("admin", name="lain").submit("/sumber/tambah/simpan", pratinjau=token).status_code == 422
    assert admin.submit("/sumber/tambah/simpan", pratinjau=token).status_code == 303
    entries = read_entries(tools.settings.user_catalogue)
    assert [(one.values["home"], one.values["provinces"]) for one in entries] == [("http://kabarnagari.test/", ["13"])]
    assert store.audit.entries(action="sumber_ditambah")[0].actor == "admin"
    assert admin.submit("/sumber/tambah/simpan", pratinjau=token).status_code == 422
    assert store.articles.count() == 0


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1/", "jaringan pribadi"),
        ("http://10.1.2.3/", "jaringan pribadi"),
        ("http://169.254.169.254/latest/meta-data/", "jaringan pribadi"),
        ("http://[::1]/", "jaringan pribadi"),
        ("http://2130706433/", ""),
        ("file:///etc/passwd", ""),
        ("ftp://kabarnagari.test/", ""),
        ("http://user:pass@kabarnagari.test/", ""),
        ("", ""),
    ],
)
def test_an_address_that_leads_inside_is_refused(
    visit: Callable[..., Any], tools: Any, address: str, said: str
) -> None:
    answer = visit("admin").submit("/sumber/tambah", alamat=address, tier="3")
    assert answer.status_code == 422
    assert said in answer.text
    assert not tools.settings.user_catalogue.exists()


def test_who_may_not_add_sources(visit: Callable[..., Any]) -> None:
    for role in ("pengamat", "verifikator", "ketua"):
        client = visit(role)
        assert client.get("/sumber/tambah").status_code == 403
        assert client.submit("/sumber/tambah", alamat="http://kabarnagari.test/").status_code == 403


def test_a_preview_that_is_over_cannot_be_saved(visit: Callable[..., Any], clock: Any) -> None:
    admin = visit("admin")
    page = admin.submit("/sumber/tambah", alamat="http://kabarnagari.test/", tier="3").text
    token = page.partition('name="pratinjau" value="')[2].partition('"')[0]
    assert token in PREVIEWS
    clock.forward(minutes=31)
    admin.take_token()
    answer = admin.submit("/sumber/tambah/simpan", pratinjau=token)
    assert answer.status_code == 422
    assert "lihat lagi situsnya" in answer.text
