"""Every page of the desk: what the tests of accessibility, of valid HTML, of weight and of hostile text go through.

A new page is a line here. In a path ``{incident}`` stands for an incident's number and ``{article}`` for an article's, ``{source}`` for a source's id,
``{token}`` for that of a link in a message and ``{recipient}`` for a recipient's number.
``opens`` are selectors that are clicked, one look after each: dialogs, menus, tabs that a page holds beside its first
view. ``status`` is what the page answers, where that is not 200.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageLine:
    """One page: its path and the role that looks at it ("" for a stranger)."""

    path: str
    role: str = "analis"
    opens: tuple[str, ...] = ()
    status: int = 200


PAGES = (
    PageLine("/masuk", "", opens=("[data-theme-button]",)),
    PageLine("/", "analis", opens=("[data-keys-button]",)),
    PageLine("/", "ketua", opens=("[popovertarget=menu]:visible,[popovertarget=kelola]:visible",)),
    PageLine("/", "pengamat"),
    PageLine("/?min=4&place=31", "analis"),
    PageLine("/kejadian/{incident}", "analis"),
    PageLine("/kejadian/{incident}", "verifikator"),
    PageLine("/kejadian/999999", "analis", status=404),
    PageLine("/kejadian/{incident}/artikel", "pengamat"),
    PageLine("/kejadian/{incident}/artikel/{article}", "verifikator"),
    PageLine("/kejadian/{incident}/artikel/{article}/revisi", "verifikator"),
    PageLine("/kejadian/{incident}/gabung", "verifikator"),
    PageLine("/kejadian/{incident}/pisah", "verifikator"),
    PageLine("/lapor", "analis"),
    PageLine("/cari", "analis"),
    PageLine("/cari?q=surat+suara", "analis"),
    PageLine("/artikel/{article}", "verifikator"),
    PageLine("/jaga", "analis"),
    PageLine("/kabar", "analis"),
    PageLine("/peta", "ketua"),
    PageLine("/peta?wilayah=13&panjang=30", "pengamat"),
    PageLine("/tren", "ketua"),
    PageLine("/tren?wilayah=13&panjang=90", "pengamat"),
    PageLine("/ketua", "ketua"),
    PageLine("/peringatan-dini", "analis"),
    PageLine("/laporan", "verifikator"),
    PageLine("/laporan?jenis=daily", "pengamat"),
    PageLine("/label", "analis"),
    PageLine("/label/{article}/1", "verifikator"),
    PageLine("/label/kesepakatan", "analis"),
    PageLine("/label/sengketa", "verifikator"),
    PageLine("/label/sengketa/{article}/1", "verifikator"),
    PageLine("/model", "admin"),
    PageLine("/sumber", "admin"),
    PageLine("/sumber/cakupan", "pengamat"),
    PageLine("/sumber/{source}", "admin"),
    PageLine("/sumber/tambah", "admin"),
    PageLine("/orang", "admin"),
    PageLine("/audit", "admin"),
    PageLine("/akun", "analis", opens=("[popovertarget=saya]",)),
    PageLine("/akun/sandi", "analis"),
    PageLine("/akun/faktor", "analis"),
    PageLine("/setelan", "ketua"),
    PageLine("/setelan", "pengamat", status=403),
    PageLine("/setelan/tahapan", "admin"),
    PageLine("/setelan/kata-pantau", "ketua"),
    PageLine("/setelan/peringatan", "ketua"),
    PageLine("/setelan/desk", "ketua"),
    PageLine("/setelan/umpan", "ketua"),
    PageLine("/feeds", "pengamat"),
    PageLine("/feeds?wilayah=13&tingkat=3", "admin"),
    PageLine("/setelan/peran", "admin"),
    PageLine("/setelan/retensi", "admin"),
    PageLine("/kata-pantau", "analis"),
    PageLine("/api/v1/", "analis"),
    PageLine("/penerima", "ketua", opens=("details:not([open]) > summary",)),
    PageLine("/penerima/{recipient}", "ketua"),
    PageLine("/kiriman", "verifikator"),
    PageLine("/terima/{token}", ""),
)


LIVE = r"/antrean/kabar(\?.*)?|/kata-pantau/jumlah|/kejadian/\d+/(hadir|peta)(\?.*)?|/model/[^/]+/gambar/[\w-]+\.svg"
"""Paths that pages ask for by themselves (news, who looks, maps, plots), as a regular expression: no other request is ours."""
