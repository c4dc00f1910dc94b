"""The steps of an incident: from where to where, by whom, with what said."""

from __future__ import annotations

import pytest

from data.records import IncidentStatus as S
from desk.moves import CLOSED, DOING, KEYS, MOVES, NAMES, OPEN, Field, common_moves, missing, move, moves_from
from desk.permissions import ROLES

FORWARD = {
    ("belum_ditinjau", "verifikasi"),
    ("belum_ditinjau", "bukan_ancaman"),
    ("belum_ditinjau", "duplikat"),
    ("verifikasi", "terverifikasi"),
    ("verifikasi", "bukan_ancaman"),
    ("verifikasi", "duplikat"),
    ("terverifikasi", "ditindaklanjuti"),
    ("terverifikasi", "ditutup_tanpa_tindak_lanjut"),
    ("ditindaklanjuti", "selesai"),
}


def test_forward_steps_are_those_of_the_desk_and_every_other_one_takes_something_back_and_says_why() -> None:
    assert {(one.before.value, one.to.value) for one in MOVES if not one.back} == FORWARD
    assert all(Field.ALASAN in one.requires for one in MOVES if one.back)


def test_every_status_is_open_or_closed_has_a_name_and_can_be_left_again() -> None:
    assert {*OPEN, *CLOSED} == set(S)
    assert set(NAMES) == set(DOING) == set(KEYS) == set(S)
    assert len(set(KEYS.values())) == len(S)
    assert {one.before for one in MOVES} == set(S)


@pytest.mark.parametrize(
    ("role", "status", "there"),
    [
        ("pengamat", S.BELUM_DITINJAU, set()),
        ("admin", S.BELUM_DITINJAU, set()),
        ("analis", S.BELUM_DITINJAU, {"verifikasi", "bukan_ancaman", "duplikat"}),
        ("analis", S.VERIFIKASI, {"bukan_ancaman", "duplikat", "belum_ditinjau"}),
        ("analis", S.TERVERIFIKASI, set()),
        ("analis", S.BUKAN_ANCAMAN, {"belum_ditinjau", "verifikasi"}),
        ("verifikator", S.VERIFIKASI, {"terverifikasi", "bukan_ancaman", "duplikat", "belum_ditinjau"}),
        ("verifikator", S.TERVERIFIKASI, {"ditindaklanjuti", "ditutup_tanpa_tindak_lanjut", "verifikasi"}),
        ("ketua", S.DITINDAKLANJUTI, {"selesai", "terverifikasi"}),
        ("ketua", S.SELESAI, {"ditindaklanjuti"}),
    ],
)
def test_each_role_may_go_where_its_rights_reach(role: str, status: S, there: set[str]) -> None:
    assert {one.to.value for one in moves_from(status, ROLES[role])} == there


def test_steps_back_are_offered_last() -> None:
    backs = [one.back for one in moves_from(S.VERIFIKASI, ROLES["ketua"])]
    assert backs == [False, False, False, True]


@pytest.mark.parametrize(
    ("before", "to", "asked"),
    [
        (S.BELUM_DITINJAU, S.VERIFIKASI, ()),
        (S.BELUM_DITINJAU, S.DUPLIKAT, (Field.DUPLIKAT_DARI,)),
        (S.TERVERIFIKASI, S.DITINDAKLANJUTI, (Field.PENERIMA,)),
        (S.SELESAI, S.DITINDAKLANJUTI, (Field.ALASAN,)),
    ],
)
def test_a_move_says_what_it_wants_to_hear(before: S, to: S, asked: tuple[Field, ...]) -> None:
    chosen = move(before, to)
    assert chosen is not None
    assert missing(chosen, ()) == asked
    assert missing(chosen, asked) == ()


def test_nobody_skips_verification() -> None:
    assert move(S.BELUM_DITINJAU, S.TERVERIFIKASI) is None
    assert move(S.BELUM_DITINJAU, S.DITINDAKLANJUTI) is None
    assert move(S.VERIFIKASI, S.SELESAI) is None


def test_several_incidents_share_the_forward_moves_that_all_of_them_have() -> None:
    both = common_moves([S.BELUM_DITINJAU, S.VERIFIKASI], ROLES["verifikator"])
    assert {one.to for one in both} == {S.BUKAN_ANCAMAN, S.DUPLIKAT}
    assert common_moves([S.BELUM_DITINJAU, S.SELESAI], ROLES["ketua"]) == ()
    assert common_moves([], ROLES["ketua"]) == ()
