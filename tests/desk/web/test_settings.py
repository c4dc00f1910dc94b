"""Settings of the desk: edited in the desk, with history, and used by what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from data.records import Modality
from feeds.alerting import alert_rules_of
from flows.desk_rules import alert_rules_in_use, calendar_in_use, office_in_use, watch_words_in_use
from flows.retention import retention_of
from models.assessor import rules_in_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

WHY = "rapat koordinasi"


@pytest.fixture
def chair(visit: Callable[..., Any]) -> Any:
    return visit("ketua")


@pytest.fixture
def admin(visit: Callable[..., Any]) -> Any:
    return visit("admin")


def version(store: Store, key: str) -> int:
    return store.desk_settings.version(key)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("analis", "/setelan", 403),
        ("analis", "/setelan/tahapan", 403),
        ("analis", "/kata-pantau", 200),
        ("ketua", "/setelan", 200),
        ("ketua", "/setelan/tahapan", 200),
        ("ketua", "/setelan/peringatan", 200),
        ("ketua", "/setelan/kata-pantau", 200),
        ("ketua", "/setelan/desk", 200),
        ("ketua", "/setelan/peran", 403),
        ("ketua", "/setelan/retensi", 403),
        ("admin", "/setelan/peran", 200),
        ("admin", "/setelan/retensi", 200),
        ("admin", "/setelan/tahapan?lang=en", 200),
        ("admin", "/setelan/tahapan?ubah=tidak-ada", 404),
    ],
)
def test_who_may_see_which_settings(visit: Callable[..., Any], role: str, path: str, status: int) -> None:
    assert visit(role).get(path).status_code == status


def test_a_psu_of_the_court_is_added_and_counts_at_once(chair: Any, store: Store) -> None:
    fields = {
        "pemilihan": "PSU Sijunjung", "jenis": "pemungutan", "wilayah": "13.03", "mulai": "2025-04-19", "selesai": "",
        "zona": "setempat", "dasar": "putusan MK", "versi": "0", "alasan": WHY,
    }  # fmt: skip
    assert chair.submit("/setelan/tahapan", **fields).status_code == 303
    stage = next(one for one in calendar_in_use(store).stages if one.election == "PSU Sijunjung")
    assert (stage.id, stage.kind, stage.areas, str(stage.first), str(stage.last)) == (
        "psu-sijunjung-pemungutan-2025-04-19", "pemungutan", ("13.03",), "2025-04-19", "2025-04-19",
    )  # fmt: skip
    page = chair.get("/setelan/tahapan").text
    assert "PSU Sijunjung" in page
    assert "Sijunjung</code>" not in page
    assert WHY in page
    entry = store.audit.entries(subject="setelan/tahapan")[0]
    assert (entry.actor, entry.action, entry.detail["alasan"]) == ("ketua", "setelan_diubah", WHY)


def test_another_calendar_is_another_version_of_the_rules_and_the_old_one_comes_back(chair: Any, store: Store) -> None:
    installed = rules_in_use()
    assert rules_in_use((), calendar_in_use(store)) == installed
    chair.submit("/setelan/tahapan/hapus", id="pilkada2024-tenang", versi="0", alasan=WHY)
    assert rules_in_use((), calendar_in_use(store)) != installed
    chair.submit("/setelan/tahapan/bawaan", id="pilkada2024-tenang", versi=version(store, "tahapan"), alasan=WHY)
    assert rules_in_use((), calendar_in_use(store)) == installed


def test_a_stage_of_the_program_is_changed_left_out_and_taken_back(chair: Any, store: Store) -> None:
    def stage() -> Any:
        return next((one for one in calendar_in_use(store).stages if one.id == "pilkada2024-tenang"), None)

    changed = {
        "id": "pilkada2024-tenang", "pemilihan": "Pilkada 2024", "jenis": "masa_tenang", "wilayah": "",
        "mulai": "2024-11-23", "selesai": "2024-11-26", "zona": "setempat", "alasan": WHY,
    }  # fmt: skip
    chair.submit("/setelan/tahapan", **changed, versi=version(store, "tahapan"))
    assert str(stage().first) == "2024-11-23"
    chair.submit("/setelan/tahapan/bawaan", id=stage().id, versi=version(store, "tahapan"), alasan=WHY)
    assert str(stage().first) == "2024-11-24"
    chair.submit("/setelan/tahapan/hapus", id=stage().id, versi=version(store, "tahapan"), alasan=WHY)
    assert stage() is None
    assert "Pakai lagi" in chair.get("/setelan/tahapan").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mulai": "2025-04-20", "selesai": "2025-04-19"}, "2025-04-19"),
        ({"wilayah": "99.99"}, "99.99"),
        ({"jenis": "pesta"}, "pesta"),
        ({"pemilihan": ""}, "nama pemilihan"),
        ({"alasan": "."}, "riwayat"),
        ({"versi": "x"}, "bilangan bulat"),
        ({"mulai": "kemarin"}, "mulai"),
        ({"id": "Tidak Boleh"}, "Tidak Boleh"),
    ],
)
def test_a_stage_that_will_not_do_is_refused_in_words(
    chair: Any, store: Store, wrong: dict[str, str], said: str
) -> None:
    fields = {
        "pemilihan": "PSU", "jenis": "pemungutan", "wilayah": "13.03", "mulai": "2025-04-19", "selesai": "2025-04-19",
        "zona": "setempat", "versi": "0", "alasan": WHY,
    }  # fmt: skip
    answer = chair.submit("/setelan/tahapan", **(fields | wrong))
    assert answer.status_code in {404, 422}
    assert said in answer.text
    assert version(store, "tahapan") == 0


def test_of_two_who_change_at_once_the_second_is_told(visit: Callable[..., Any], store: Store) -> None:
    first, second = visit("ketua"), visit("ketua", name="wakil")
    assert first.submit("/setelan/desk/nama", nama="Desk Satu", versi="0", alasan=WHY).status_code == 303
    answer = second.submit("/setelan/desk/nama", nama="Desk Dua", versi="0", alasan=WHY)
    assert answer.status_code == 409
    assert "ketua" in answer.text
    assert office_in_use(store, "bawaan") == "Desk Satu"


def test_an_older_value_is_used_again_and_the_history_keeps_all(chair: Any, store: Store) -> None:
    for name in ("Desk Satu", "Desk Dua"):
        chair.submit("/setelan/desk/nama", nama=name, versi=version(store, "kantor"), alasan=WHY)
    first = store.desk_settings.history("kantor")[-1].id
    chair.submit(f"/setelan/kantor/kembali/{first}", versi=version(store, "kantor"), alasan="keliru")
    assert office_in_use(store, "") == "Desk Satu"
    chair.submit("/setelan/kantor/kembali/0")
    assert office_in_use(store, "bawaan") == "bawaan"
    assert [line.why for line in store.desk_settings.history("kantor")] == [
        "kembali ke keadaan sebelumnya", "keliru", WHY, WHY,
    ]  # fmt: skip
    assert chair.submit("/setelan/kantor/kembali/999").status_code == 404
    assert chair.submit("/setelan/roles/kembali/0").status_code == 403


def test_shifts_are_set_in_the_desk(chair: Any, store: Store) -> None:
    assert chair.submit("/setelan/desk/jaga", jam="06:00, 18:00", versi="0", alasan=WHY).status_code == 303
    assert store.desk_settings.get("jam_jaga") == ["06:00", "18:00"]
    assert (
        chair.submit("/setelan/desk/jaga", jam="25:00", versi=version(store, "jam_jaga"), alasan=WHY).status_code == 422
    )


def test_alert_rules_general_and_special_are_what_publishing_uses(chair: Any, store: Store, tools: Any) -> None:
    general = {"tingkat": "4", "tier": "2", "modalitas": ["kejadian"], "alasan": WHY}
    chair.submit("/setelan/peringatan", **general, versi="0")
    special = {"tingkat": "tunggu", "tier": "3", "modalitas": ["kejadian"], "sinyal": "hoaks", "wilayah": "13 14.71"}
    slug = tools.taxonomy.slugs[0]
    chair.submit(
        "/setelan/peringatan/khusus", **(special | {"sinyal": slug}), alasan=WHY, versi=version(store, "peringatan")
    )
    rules = alert_rules_in_use(store)
    assert (rules.general.from_level, rules.general.worst_tier, rules.general.armed_threats) == (4, 2, False)
    assert rules.general.modalities == {Modality.KEJADIAN}
    assert [(rule.signals, rule.regions, rule.from_level) for rule in rules.special] == [
        ({slug}, ("13", "14.71"), None)
    ]
    assert chair.get("/setelan/peringatan").status_code == 200
    chair.submit("/setelan/peringatan/khusus/0", aksi="hapus", alasan=WHY, versi=version(store, "peringatan"))
    assert alert_rules_in_use(store).special == ()
    assert alert_rules_of(None).general.from_level == 3


def test_a_level_that_would_alert_of_everything_is_refused(chair: Any, store: Store) -> None:
    answer = chair.submit("/setelan/peringatan", tingkat="1", tier="3", modalitas=["kejadian"], versi="0", alasan=WHY)
    assert answer.status_code == 422
    assert version(store, "peringatan") == 0


def test_watch_words_bring_articles_that_nothing_flagged(chair: Any, analyst: Any, store: Store, newsdesk: Any) -> None:
    newsdesk.prints("Pasar ramai", "Warga menyebut serangan fajar di kampung seberang sungai.", slug="fajar")
    newsdesk.opens("Serangan fajar dilaporkan", newsdesk.prints("Serangan fajar dilaporkan", slug="dua"))
    assert "Belum ada kata pantau" in analyst.get("/kata-pantau").text
    chair.submit("/setelan/kata-pantau", kata="serangan fajar\nkotak  hilang", versi="0", alasan=WHY)
    assert [word.phrase for word in watch_words_in_use(store)] == ["serangan fajar", "kotak hilang"]
    page = analyst.get("/kata-pantau").text
    assert "Pasar ramai" in page
    assert "<mark>serangan fajar</mark>" in page
    assert "dilaporkan" not in page, "what is in an incident is before the desk already"
    assert '<span class="badge">1</span>' in analyst.get("/kata-pantau/jumlah").text
    chair.submit(
        "/setelan/kata-pantau/hapus", kata="serangan fajar", versi=version(store, "kata_pantau"), alasan="dihapus"
    )
    assert "Pasar ramai" not in analyst.get("/kata-pantau").text


@pytest.mark.parametrize("word", ["di", "a b c d e f g h i j", "?!", "x" * 100])
def test_a_watch_word_that_is_none_is_refused(chair: Any, store: Store, word: str) -> None:
    assert chair.submit("/setelan/kata-pantau", kata=word, versi="0", alasan=WHY).status_code == 422
    assert version(store, "kata_pantau") == 0


def test_a_role_gets_and_loses_a_right_at_once(admin: Any, visit: Callable[..., Any], store: Store) -> None:
    from desk.permissions import ROLES

    observer = visit("pengamat")
    assert observer.get("/setelan").status_code == 403
    ticked = [f"{role}/{right}" for role, rights in ROLES.items() for right in rights]
    answer = admin.submit("/setelan/peran", hak=[*ticked, "pengamat/setelan"], versi="0", alasan=WHY)
    assert answer.status_code == 303
    assert observer.get("/setelan").status_code == 200
    admin.submit("/setelan/roles/kembali/0")
    assert observer.get("/setelan").status_code == 403


def test_the_admin_cannot_lose_what_nobody_could_give_back(admin: Any, store: Store) -> None:
    admin.submit("/setelan/peran", hak=["analis/lihat"], versi="0", alasan=WHY)
    assert admin.get("/setelan/peran").status_code == 200


def test_a_role_of_the_desks_own_goes_only_when_nobody_has_it(
    admin: Any, visit: Callable[..., Any], store: Store
) -> None:
    from desk.permissions import roles_of

    admin.submit("/setelan/peran/baru", nama="camat", seperti="pengamat", versi="0", alasan=WHY)
    roles = roles_of(store.desk_settings.get("roles"))
    assert roles["camat"] == roles["pengamat"]
    visit("camat")
    kept = [f"{role}/{right}" for role, rights in roles.items() for right in rights]
    answer = admin.submit("/setelan/peran", hak=kept, hapus="camat", versi=version(store, "roles"), alasan=WHY)
    assert answer.status_code == 422
    assert "camat" in answer.text


def test_retention_is_set_by_an_admin_within_its_bounds(admin: Any, store: Store) -> None:
    answer = admin.submit("/setelan/retensi", teks_hari="10", masuk_hari="30", versi="0", alasan=WHY)
    assert answer.status_code == 422
    answer = admin.submit("/setelan/retensi", teks_hari="365", arsip_hari="", masuk_hari="30", versi="0", alasan=WHY)
    assert answer.status_code == 303
    rules = retention_of(store.desk_settings.get("retensi"))
    assert (rules.text_days, rules.archive_days, rules.log_years, rules.login_days) == (365, None, None, 30)
