"""Which decision leads from which status to which, by whose right, and what has to be said with it.

The steps of a desk: *belum ditinjau*, *verifikasi* (or *bukan ancaman*, *duplikat*), *terverifikasi*,
*ditindaklanjuti*, *selesai*; *ditutup tanpa tindak lanjut* where nothing was to be done. Every step back says why.
Pages offer what stands here, the API takes it, and `desk.actions.deciding` refuses whatever does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from data.records import IncidentStatus
from desk.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

S = IncidentStatus


class Field(StrEnum):
    """What must be said with a decision; the names are those of form fields and of the API."""

    ALASAN = "alasan"
    PENERIMA = "penerima"
    DUPLIKAT_DARI = "duplikat_dari"


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a status to another: the right that it needs, and what must be said with it.

    ``back`` says that it takes back an earlier step.
    """

    before: IncidentStatus
    to: IncidentStatus
    needs: Permission
    back: bool = False
    requires: frozenset[Field] = frozenset()


OPEN: Final = (S.BELUM_DITINJAU, S.VERIFIKASI, S.TERVERIFIKASI, S.DITINDAKLANJUTI)
"""Statuses in which somebody still has something to do; these are what a queue shows when nothing else is asked for."""

CLOSED: Final = (S.SELESAI, S.DITUTUP, S.BUKAN_ANCAMAN, S.DUPLIKAT)

NAMES: Final = {
    S.BELUM_DITINJAU: ("belum ditinjau", "not looked at"),
    S.VERIFIKASI: ("verifikasi", "being verified"),
    S.BUKAN_ANCAMAN: ("bukan ancaman", "no threat"),
    S.DUPLIKAT: ("duplikat", "duplicate"),
    S.TERVERIFIKASI: ("terverifikasi", "verified"),
    S.DITINDAKLANJUTI: ("ditindaklanjuti", "followed up"),
    S.SELESAI: ("selesai", "done"),
    S.DITUTUP: ("ditutup tanpa tindak lanjut", "closed, nothing to do"),
}
"""How a status is shown, Indonesian and English."""

DOING: Final = {
    S.BELUM_DITINJAU: ("Kembalikan ke antrean", "Back to the queue"),
    S.VERIFIKASI: ("Mulai verifikasi", "Begin to verify"),
    S.BUKAN_ANCAMAN: ("Bukan ancaman", "No threat"),
    S.DUPLIKAT: ("Duplikat", "Duplicate"),
    S.TERVERIFIKASI: ("Nyatakan terverifikasi", "Verified"),
    S.DITINDAKLANJUTI: ("Tindak lanjuti", "Follow up"),
    S.SELESAI: ("Selesai", "Done"),
    S.DITUTUP: ("Tutup tanpa tindak lanjut", "Close, nothing to do"),
}
"""What a button says that leads to a status."""

KEYS: Final = {
    S.VERIFIKASI: "e",
    S.BUKAN_ANCAMAN: "b",
    S.DUPLIKAT: "d",
    S.TERVERIFIKASI: "t",
    S.DITINDAKLANJUTI: "l",
    S.SELESAI: "s",
    S.DITUTUP: "z",
    S.BELUM_DITINJAU: "q",
}
"""The key of the button that leads to a status, the same on every page."""

_WHY: Final = frozenset({Field.ALASAN})
_TO_WHOM: Final = frozenset({Field.PENERIMA})
_OF_WHICH: Final = frozenset({Field.DUPLIKAT_DARI})


def _back(before: IncidentStatus, to: IncidentStatus, needs: Permission) -> Move:
    return Move(before, to, needs, back=True, requires=_WHY)


_T, _V = Permission.TINJAU, Permission.VERIFIKASI

MOVES: Final = (
    Move(S.BELUM_DITINJAU, S.VERIFIKASI, _T),
    Move(S.BELUM_DITINJAU, S.BUKAN_ANCAMAN, _T),
    Move(S.BELUM_DITINJAU, S.DUPLIKAT, _T, requires=_OF_WHICH),
    Move(S.VERIFIKASI, S.TERVERIFIKASI, _V),
    Move(S.VERIFIKASI, S.BUKAN_ANCAMAN, _T),
    Move(S.VERIFIKASI, S.DUPLIKAT, _T, requires=_OF_WHICH),
    _back(S.VERIFIKASI, S.BELUM_DITINJAU, _T),
    Move(S.TERVERIFIKASI, S.DITINDAKLANJUTI, _V, requires=_TO_WHOM),
    Move(S.TERVERIFIKASI, S.DITUTUP, _V, requires=_WHY),
    _back(S.TERVERIFIKASI, S.VERIFIKASI, _V),
    Move(S.DITINDAKLANJUTI, S.SELESAI, _V),
    _back(S.DITINDAKLANJUTI, S.TERVERIFIKASI, _V),
    _back(S.SELESAI, S.DITINDAKLANJUTI, _V),
    _back(S.DITUTUP, S.TERVERIFIKASI, _V),
    _back(S.BUKAN_ANCAMAN, S.BELUM_DITINJAU, _T),
    _back(S.BUKAN_ANCAMAN, S.VERIFIKASI, _T),
    _back(S.DUPLIKAT, S.BELUM_DITINJAU, _T),
    _back(S.DUPLIKAT, S.VERIFIKASI, _T),
)
"""Every move there is. An incident that was verified and turns out to be none goes back to *verifikasi* first: that it
was wrongly verified must show in its history."""

_BY_ENDS: Final = {(move.before, move.to): move for move in MOVES}


def move(before: IncidentStatus, to: IncidentStatus) -> Move | None:
    """Return the move from one status to another; None where there is none."""
    return _BY_ENDS.get((before, to))


def moves_from(before: IncidentStatus, rights: Collection[Permission]) -> tuple[Move, ...]:
    """Return what a person with these rights may decide of an incident in a status, forward steps first."""
    mine = [one for one in MOVES if one.before is before and one.needs in rights]
    return tuple(sorted(mine, key=lambda one: one.back))


def common_moves(statuses: Iterable[IncidentStatus], rights: Collection[Permission]) -> tuple[Move, ...]:
    """Return the forward moves that a person may make with all incidents of these statuses at once.

    The one that is returned stands for those from every status to the same end; none where there are no statuses.
    """
    choices = [moves_from(status, rights) for status in dict.fromkeys(statuses)]
    if not choices:
        return ()
    shared = set.intersection(*({one.to for one in each if not one.back} for each in choices))
    return tuple(one for one in choices[0] if one.to in shared)


def missing(chosen: Move, said: Collection[Field]) -> tuple[Field, ...]:
    """Return what still has to be said for a move, in the order of the fields."""
    return tuple(one for one in Field if one in chosen.requires and one not in said)
