"""Which rights each role has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.pages.settings import save, setting_page
from desk.permissions import KEPT_BY_ADMIN, ROLES, ROLES_KEY, Permission, roles_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from desk.frame import Call, Desk

RIGHTS: Final = {
    Permission.LIHAT: ("melihat kejadian, peta, tren, cuplikan", "see incidents, map, trends, snippets"),
    Permission.BACA_TEKS: ("membaca teks lengkap (dicatat)", "read full texts (logged)"),
    Permission.KLAIM: ("mengerjakan kejadian", "claim incidents"),
    Permission.TINJAU: ("meninjau, membetulkan label dan tempat", "decide first, correct labels and places"),
    Permission.VERIFIKASI: ("memverifikasi dan menindaklanjuti", "verify and follow up"),
    Permission.GABUNG: ("menggabung dan memisah kejadian", "merge and split incidents"),
    Permission.KOMENTAR: ("berkomentar", "comment"),
    Permission.ENTRI: ("memasukkan laporan lapangan", "enter reports from the field"),
    Permission.LABEL: ("melabeli", "label"),
    Permission.ADJUDIKASI: ("memutus antara label", "decide between labels"),
    Permission.PERINGATAN: ("menaikkan dan mencabut peringatan", "raise and cancel alerts"),
    Permission.LAPORAN: ("membuat laporan", "make reports"),
    Permission.SUMBER: ("menambah dan menghentikan sumber", "add and pause sources"),
    Permission.SETELAN: ("mengubah setelan desk", "change settings"),
    Permission.LATIH: ("meminta pelatihan ulang", "ask for a retraining"),
    Permission.MODEL: ("memasang dan mengembalikan model", "promote and roll back models"),
    Permission.ORANG: ("orang, peran, masa simpan", "people, roles, retention"),
    Permission.AUDIT: ("membaca catatan audit", "read the audit log"),
}


def routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of roles."""
    return [
        desk.route("/setelan/peran", show, Permission.ORANG),
        desk.route("/setelan/peran", change, Permission.ORANG, methods=["POST"]),
        desk.route("/setelan/peran/baru", add, Permission.ORANG, methods=["POST"]),
    ]


def show(call: Call) -> Response:
    """Show roles by rights."""
    held = [user.role for user in call.store.users.all()]
    return setting_page(
        call,
        (ROLES_KEY,),
        "settings_roles.html",
        roles=roles_of(call.store.desk_settings.get(ROLES_KEY)),
        own=set(roles_of(call.store.desk_settings.get(ROLES_KEY))) - set(ROLES),
        rights={right: RIGHTS[right] for right in Permission},
        fixed=KEPT_BY_ADMIN,
        held={role: held.count(role) for role in held},
    )


def change(call: Call) -> Response:
    """Give every role the rights that are ticked; a role of the desk's own that is ticked to go goes."""
    ticked = {pair for pair in call.texts("hak") if pair.count("/") == 1}
    gone = set(call.texts("hapus"))
    roles = {
        role: sorted(pair.partition("/")[2] for pair in ticked if pair.partition("/")[0] == role)
        for role in roles_of(call.store.desk_settings.get(ROLES_KEY))
        if role not in gone or role in ROLES
    }
    return save(call, ROLES_KEY, roles)


def add(call: Call) -> Response:
    """Add a role that may what another one may."""
    roles = roles_of(call.store.desk_settings.get(ROLES_KEY))
    name, like = call.text("nama").casefold(), call.text("seperti")
    if name in roles:
        raise InputError(f'there is a role "{name}" already')
    if like not in roles:
        raise InputError(f'there is no role "{like}"; there are {", ".join(roles)}')
    now = {role: sorted(right.value for right in rights) for role, rights in roles.items()}
    return save(call, ROLES_KEY, {**now, name: now[like]})
