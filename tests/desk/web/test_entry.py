"""Who enters the desk, how long they stay, and that a guess, a forged form or a stolen cookie gets nowhere."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest

from data.errors import InputError
from desk.entry.guard import ABSOLUTE, IDLE, new_token
from desk.entry.passwords import made_up, refuse_weak
from desk.entry.second_factor import step_of
from desk.entry.throttle import FREE, LONGEST_WAIT, wait_until
from desk.permissions import KEPT_BY_ADMIN, ROLES, Actor, Permission, roles_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

PASSWORD = "batu hijau terbang malam"


def test_a_stranger_is_sent_to_the_login_and_then_to_where_they_wanted(
    visit: Callable[..., Any], add_user: Any
) -> None:
    add_user("analis")
    stranger = visit()
    answer = stranger.get("/sumber?x=1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?lanjut=%2Fsumber%3Fx%3D1")
    form = {"nama": "Analis ", "sandi": PASSWORD, "lanjut": "/sumber?x=1"}
    assert stranger.post("/masuk", data=form, follow_redirects=False).headers["location"] == "/sumber?x=1"
    assert stranger.get("/sumber").status_code == 200


@pytest.mark.parametrize("target", ["//jahat.example/", "https://jahat.example/", "/\\jahat.example", "jahat"])
def test_the_login_leads_to_no_other_site(visit: Callable[..., Any], add_user: Any, target: str) -> None:
    add_user("analis")
    form = {"nama": "analis", "sandi": PASSWORD, "lanjut": target}
    assert visit().post("/masuk", data=form, follow_redirects=False).headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_told_alike(visit: Callable[..., Any], add_user: Any) -> None:
    add_user("analis")
    wrong = visit().post("/masuk", data={"nama": "analis", "sandi": "salah sama sekali"})
    nobody = visit().post("/masuk", data={"nama": "siapa", "sandi": "salah sama sekali"})
    assert wrong.status_code == nobody.status_code == 401
    assert "nama atau kata sandi salah" in wrong.text
    assert wrong.text.replace("analis", "siapa") == nobody.text


def test_who_is_disabled_cannot_enter_and_is_out_at_once(visit: Callable[..., Any], store: Store, clock: Any) -> None:
    inside = visit("analis")
    user = store.users.by_name("analis")
    assert user is not None
    store.users.change(user.id, disabled_at=clock.now)
    assert inside.get("/", follow_redirects=False).headers["location"].startswith("/masuk")
    assert visit().post("/masuk", data={"nama": "analis", "sandi": PASSWORD}).status_code == 401


def test_guesses_of_a_name_are_slowed_down_and_the_right_password_waits_too(
    visit: Callable[..., Any], add_user: Any, clock: Any
) -> None:
    add_user("analis")
    client = visit()
    for _ in range(FREE):
        assert client.post("/masuk", data={"nama": "analis", "sandi": "salah salah salah"}).status_code == 401
    blocked = client.post("/masuk", data={"nama": "analis", "sandi": PASSWORD})
    assert blocked.status_code == 429
    assert "terlalu banyak percobaan" in blocked.text
    clock.forward(seconds=6)
    entered = client.post("/masuk", data={"nama": "analis", "sandi": PASSWORD}, follow_redirects=False)
    assert entered.status_code == 303


@pytest.mark.parametrize(
    ("failures", "seconds"), [(4, None), (5, 5), (6, 10), (8, 40), (30, LONGEST_WAIT.total_seconds())]
)
def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(clock: Any, failures: int, seconds: float) -> None:
    times = [clock.now] * failures
    expected = None if seconds is None else clock.now + timedelta(seconds=seconds)
    assert wait_until(times) == expected


@pytest.mark.parametrize(
    ("wait", "in_time"), [(IDLE - timedelta(minutes=1), True), (IDLE + timedelta(minutes=1), False)]
)
def test_a_session_ends_after_two_hours_without_a_click(
    analyst: Any, clock: Any, wait: timedelta, in_time: bool
) -> None:
    clock.now += wait
    assert (analyst.get("/", follow_redirects=False).status_code == 200) is in_time


def test_a_session_ends_after_a_shift_however_busy(analyst: Any, clock: Any) -> None:
    for _ in range(int(ABSOLUTE / timedelta(hours=1))):
        assert analyst.get("/", follow_redirects=False).status_code == 200
        clock.forward(hours=1)
    clock.forward(minutes=1)
    assert analyst.get("/", follow_redirects=False).status_code == 303


def test_a_page_that_asks_for_news_by_itself_keeps_no_session_alive(analyst: Any, clock: Any) -> None:
    clock.forward(hours=1, minutes=30)
    assert analyst.get("/", headers={"x-kentongan-sendiri": "1"}, follow_redirects=False).status_code == 200
    clock.forward(minutes=45)
    assert analyst.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("token", ["", "salah", None])
def test_a_form_without_the_sessions_token_is_refused(analyst: Any, token: str | None) -> None:
    data = {} if token is None else {"csrf": token}
    answer = analyst.post("/akun/sesi", data=data, follow_redirects=False)
    assert answer.status_code == 403


def test_a_form_from_another_site_is_refused_even_with_the_token(analyst: Any) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert analyst.post("/akun/sesi", data={"csrf": analyst.csrf}, headers=headers).status_code == 403
    assert analyst.post("/masuk", data={"nama": "a", "sandi": "b"}, headers=headers).status_code == 403


def test_logging_out_ends_the_session_on_the_server(analyst: Any, visit: Callable[..., Any]) -> None:
    stolen = visit()
    stolen.cookies.set("kentongan", analyst.cookies["kentongan"])
    assert stolen.get("/akun", follow_redirects=False).status_code == 200
    analyst.submit("/keluar")
    assert stolen.get("/akun", follow_redirects=False).status_code == 303


def test_what_the_store_keeps_of_a_session_opens_nothing(analyst: Any, store: Store, visit: Callable[..., Any]) -> None:
    from desk.entry.guard import digest

    thief = visit()
    thief.cookies.set("kentongan", digest(analyst.cookies["kentongan"]))
    assert thief.get("/akun", follow_redirects=False).status_code == 303


def test_another_password_ends_all_other_sessions(analyst: Any, visit: Callable[..., Any]) -> None:
    elsewhere = visit()
    elsewhere.log_in("analis")
    new = "kapal merah di kota tua"
    answer = analyst.submit("/akun/sandi", lama=PASSWORD, baru=new, ulang=new)
    assert answer.status_code == 303
    assert analyst.get("/akun", follow_redirects=False).status_code == 200
    assert elsewhere.get("/akun", follow_redirects=False).status_code == 303
    assert visit().log_in("analis").status_code == 401
    assert visit().log_in("analis", new).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        ("salah", "kapal merah di kota tua", "kapal merah di kota tua", "kata sandi sekarang tidak benar"),
        (PASSWORD, "kapal merah di kota tua", "kapal merah di kota", "berbeda"),
        (PASSWORD, "pendek", "pendek", "12 sampai 200"),
        (PASSWORD, "kentongan2024!", "kentongan2024!", "kata umum"),
        (PASSWORD, PASSWORD, PASSWORD, "kata sandi lama"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(analyst: Any, old: str, new: str, again: str, told: str) -> None:
    answer = analyst.submit("/akun/sandi", lama=old, baru=new, ulang=again)
    assert answer.status_code == 422
    assert told in answer.text


@pytest.mark.parametrize("password", ["a" * 12, "abababababab", "admin123456!", "Sari.Dewi2024"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InputError):
        refuse_weak(password, "sari.dewi", "Sari Dewi")


def test_a_made_up_password_will_do_and_is_another_each_time() -> None:
    one, other = made_up(), made_up()
    refuse_weak(one, "sari")
    assert one != other
    assert re.fullmatch(r"([a-z]{4}-){5}[a-z]{4}", one)


def test_who_got_a_made_up_password_must_change_it_first(visit: Callable[..., Any], add_user: Any) -> None:
    add_user("analis", must_change=True)
    client = visit()
    client.log_in("analis")
    assert client.get("/", follow_redirects=False).headers["location"] == "/akun/sandi"


def enrol(client: Any, clock: Any) -> str:
    """Set up a second factor and return its secret."""
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get("/akun/faktor").text)
    assert secret is not None
    code = pyotp.TOTP(secret[1]).at(clock.now)
    assert client.submit("/akun/faktor", kode=code).status_code == 303
    return secret[1]


def test_with_a_second_factor_the_password_alone_opens_nothing(
    analyst: Any, visit: Callable[..., Any], clock: Any
) -> None:
    secret = enrol(analyst, clock)
    clock.forward(minutes=5)
    client = visit()
    assert client.log_in("analis").headers["location"] == "/masuk/kode"
    assert client.get("/", follow_redirects=False).headers["location"] == "/masuk/kode"
    page = client.get("/masuk/kode").text
    client.csrf = page.partition('name="csrf" content="')[2].partition('"')[0]
    assert client.submit("/masuk/kode", kode="000000").status_code == 401
    before = client.cookies["kentongan"]
    assert client.submit("/masuk/kode", kode=pyotp.TOTP(secret).at(clock.now)).status_code == 303
    assert client.cookies["kentongan"] != before
    assert client.get("/", follow_redirects=False).status_code == 200


def test_a_code_works_once_and_within_a_minute(clock: Any) -> None:
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret).at(clock.now)
    step = step_of(code, secret, clock.now, 0)
    assert step == int(clock.now.timestamp()) // 30
    assert step_of(code, secret, clock.now, step) is None
    assert step_of(code, secret, clock.now + timedelta(seconds=30), 0) == step
    assert step_of(code, secret, clock.now + timedelta(seconds=90), 0) is None
    assert step_of("12 34", secret, clock.now, 0) is None
    assert step_of("١٢٣٤٥٦", secret, clock.now, 0) is None


def test_roles_have_what_the_desk_gives_them_and_admin_keeps_the_keys() -> None:
    assert roles_of(None) == {**ROLES, "admin": ROLES["admin"] | KEPT_BY_ADMIN}
    changed = roles_of({"pengamat": ["lihat", "laporan", "hak_baru"], "admin": ["lihat"], "humas": ["lihat"]})
    assert changed["pengamat"] == {Permission.LIHAT, Permission.LAPORAN}
    assert changed["admin"] == {Permission.LIHAT, Permission.ORANG, Permission.AUDIT}
    assert changed["humas"] == {Permission.LIHAT}


@pytest.mark.parametrize(
    ("regions", "places", "seen"),
    [
        ((), ["32.73"], True),
        (("13",), ["13.77.01"], True),
        (("13.77",), ["13.77"], True),
        (("13.77",), ["13"], True),
        (("13.77",), ["13.71"], False),
        (("13", "14"), ["32", "14.08"], True),
        (("13.7",), ["13.77"], False),
        (("13.77",), [], True),
    ],
)
def test_a_person_sees_the_incidents_of_their_regions(
    add_user: Any, regions: tuple[str, ...], places: list[str], seen: bool
) -> None:
    assert Actor(add_user("analis", regions=regions), frozenset()).sees(places) is seen


def test_an_incident_of_another_region_is_not_there(visit: Callable[..., Any], newsdesk: Any) -> None:
    opened = newsdesk.opens("Posko dibakar", code="13.77")
    assert visit("analis", name="jabar", regions=("32",)).get(f"/kejadian/{opened.id}").status_code == 404
    assert visit("analis", name="sumbar", regions=("13",)).get(f"/kejadian/{opened.id}").status_code == 200


@pytest.mark.parametrize(("role", "path", "status"), [
    ("pengamat", "/orang", 403), ("analis", "/orang", 403), ("admin", "/orang", 200),
    ("analis", "/audit", 403), ("ketua", "/audit", 200), ("pengamat", "/", 200),
])  # fmt: skip
def test_each_role_sees_its_pages_and_no_others(visit: Callable[..., Any], role: str, path: str, status: int) -> None:
    assert visit(role).get(path).status_code == status


def test_an_admin_adds_a_person_who_then_enters(visit: Callable[..., Any]) -> None:
    admin = visit("admin")
    page = admin.submit("/orang", nama="Sari.Dewi", tampil="Sari Dewi", peran="analis", wilayah="13 13.77")
    secret = re.search(r'<code class="secret">([a-z-]+)</code>', page.text)
    assert secret is not None
    sari = visit()
    assert sari.log_in("sari.dewi", secret[1]).status_code == 303
    assert sari.get("/", follow_redirects=False).headers["location"] == "/akun/sandi"


@pytest.mark.parametrize("fields", [
    {"nama": "x", "peran": "analis"}, {"nama": "sari", "peran": "raja"}, {"nama": "sari", "peran": "analis", "wilayah": "99"},
    {"nama": "admin", "peran": "analis"},
])  # fmt: skip
def test_a_person_who_will_not_do_is_refused(visit: Callable[..., Any], fields: dict[str, str]) -> None:
    assert visit("admin").submit("/orang", **fields).status_code in {404, 422}


def test_an_admin_cannot_lock_themselves_out(visit: Callable[..., Any], store: Store) -> None:
    admin = visit("admin")
    user = store.users.by_name("admin")
    assert user is not None
    assert admin.submit(f"/orang/{user.id}", peran="pengamat", aktif="1").status_code == 422
    assert admin.submit(f"/orang/{user.id}", peran="admin").status_code == 422


def test_everything_that_was_done_is_in_a_log_that_is_whole(visit: Callable[..., Any], store: Store) -> None:
    analyst = visit("analis")
    analyst.submit("/keluar")
    entries = [(entry.actor, entry.action) for entry in store.audit.entries()]
    assert entries == [("analis", "keluar"), ("analis", "masuk")]
    assert store.audit.problems() == []


def test_a_token_acts_within_its_scopes_until_it_is_revoked(
    store: Store, add_user: Any, clock: Any, visit: Callable[..., Any]
) -> None:
    token, kept = new_token(store, add_user("analis"), "peta", ["lihat"], clock.now, clock.now + timedelta(days=30))
    headers = {"authorization": f"Bearer {token}"}
    assert visit().get("/feeds/atom", headers=headers).status_code == 200
    clock.forward(days=31)
    assert visit().get("/feeds/atom", headers=headers).status_code == 401
    clock.forward(days=-30)
    store.tokens.revoke(kept.id, clock.now)
    assert visit().get("/feeds/atom", headers=headers).status_code == 401
