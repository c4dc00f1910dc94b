"""What each role may do, and of which regions each person sees incidents.

The five roles and their rights are the default; a desk may change the rights of each and add roles (``roles`` in the
desk's settings). Some rights cannot be taken from *admin*: nobody could give them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from data.errors import KentonganError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from data.people import Session, User


class Permission(StrEnum):
    """A right; its slug stands in settings, token scopes and the audit log."""

    LIHAT = "lihat"  # see incidents, map, trends, search: title, snippet, link
    BACA_TEKS = "baca_teks"  # read the stored text; each view is logged
    KLAIM = "klaim"  # claim an incident, see who looks at what
    TINJAU = "tinjau"  # decide up to verifikasi, bukan_ancaman, duplikat; correct labels and places
    VERIFIKASI = "verifikasi"  # decide terverifikasi and what follows it
    GABUNG = "gabung"  # merge and split incidents
    KOMENTAR = "komentar"
    ENTRI = "entri"  # enter a report from the field
    LABEL = "label"
    ADJUDIKASI = "adjudikasi"  # decide between labels
    PERINGATAN = "peringatan"  # raise, update, cancel alerts
    LAPORAN = "laporan"  # make reports
    SUMBER = "sumber"  # add, pause, preview sources
    SETELAN = "setelan"  # stage calendar, watch-words, alert rules
    LATIH = "latih"  # ask for a retraining
    MODEL = "model"  # promote, roll back
    ORANG = "orang"  # users, roles, tokens of others
    AUDIT = "audit"  # read the audit log


P = Permission
_PENGAMAT = frozenset({P.LIHAT})
_ANALIS = _PENGAMAT | {P.BACA_TEKS, P.KLAIM, P.TINJAU, P.GABUNG, P.KOMENTAR, P.ENTRI, P.LABEL, P.LAPORAN, P.LATIH}
_VERIFIKATOR = _ANALIS | {P.VERIFIKASI, P.ADJUDIKASI, P.PERINGATAN}
_KETUA = _VERIFIKATOR | {P.SETELAN, P.AUDIT}
_ADMIN = _PENGAMAT | {P.SUMBER, P.SETELAN, P.LATIH, P.MODEL, P.ORANG, P.AUDIT}

ROLES: Final = {
    "pengamat": _PENGAMAT,
    "analis": _ANALIS,
    "verifikator": _VERIFIKATOR,
    "ketua": _KETUA,
    "admin": _ADMIN,
}
"""The roles of a desk as it is installed, each with its rights."""

KEPT_BY_ADMIN: Final = frozenset({P.ORANG, P.AUDIT})
ROLES_KEY: Final = "roles"


class ForbiddenError(KentonganError):
    """The person has no right to it; ``permission`` says which is needed."""

    exit_code = 77  # EX_NOPERM

    def __init__(self, permission: Permission) -> None:
        super().__init__(f'this needs the right "{permission}"; ask an admin of the desk')
        self.permission = permission


def roles_of(settings: Any) -> Mapping[str, frozenset[Permission]]:
    """Return the roles, with what the desk's settings (a mapping of role to rights, or None) change of them.

    Rights that are not known are left out: a setting of a newer program must lock nobody out.
    """
    known = {permission.value for permission in Permission}
    roles = dict(ROLES)
    for name, rights in (settings or {}).items():
        roles[name] = frozenset(Permission(right) for right in rights if right in known)
    roles["admin"] = roles["admin"] | KEPT_BY_ADMIN
    return roles


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with their rights here and now.

    ``session`` is None for a program that acts by a token, and on the command line.
    """

    user: User
    permissions: frozenset[Permission]
    session: Session | None = None

    @property
    def name(self) -> str:
        """Return the name under which what is done is kept."""
        return self.user.name

    def may(self, permission: Permission) -> bool:
        """Return whether the person has a right."""
        return permission in self.permissions

    def may_by_slug(self, slug: str) -> bool:
        """Return whether the person has the right of that slug; False for a slug that is none."""
        return any(permission.value == slug for permission in self.permissions)

    def require(self, permission: Permission) -> None:
        """Raise ForbiddenError where the person has not that right."""
        if permission not in self.permissions:
            raise ForbiddenError(permission)

    def sees(self, codes: Iterable[str]) -> bool:
        """Return whether an incident at these places is one of the person's regions.

        One without a place, or of which only the province is known, is seen by all whose regions lie there: nobody's
        incident would be everybody's blind spot.
        """
        regions, places = self.user.regions, list(codes)
        if not regions or not places:
            return True
        return any(_touch(code, region) for code in places for region in regions)


def _touch(code: str, region: str) -> bool:
    return code == region or code.startswith(f"{region}.") or region.startswith(f"{code}.")
