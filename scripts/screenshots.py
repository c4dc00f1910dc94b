"""Take pictures of the desk's pages on made-up stories, wide and narrow, light and dark.

    python scripts/screenshots.py [--out docs/pictures] [--all FOLDER]

Writes the pictures that the README shows (`SHOWN`) to ``--out``; with ``--all`` every page in every way to a folder, to
be looked at. Pictures stay under `LARGEST` bytes, and the run fails where one does not.
Needs Chromium; talks to nothing but the desk that it starts on loopback.
"""

from __future__ import annotations

import argparse
import io
import operator
import shutil
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from shown_desk import PASSWORD, shown_desk

from desk.web import make_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST: Final = 150_000
WIDE: Final = (1280, 860)
NARROW: Final = (360, 740)
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

PAGES: Final[dict[str, tuple[str, str]]] = {
    "masuk": ("/masuk", ""),
    "antrean": ("/", "analis"),
    "kejadian": ("/kejadian/{first}", "verifikator"),
    "artikel": ("/kejadian/{first}/artikel/{article}", "verifikator"),
    "semua-berita": ("/kejadian/{first}/artikel", "verifikator"),
    "gabung": ("/kejadian/{first}/gabung", "verifikator"),
    "pisah": ("/kejadian/{first}/pisah", "verifikator"),
    "lapor": ("/lapor", "analis"),
    "ketua": ("/ketua", "ketua"),
    "laporan": ("/laporan", "verifikator"),
    "kabar": ("/kabar", "analis"),
    "kata-pantau": ("/kata-pantau", "analis"),
    "peta": ("/peta?wilayah=13&panjang=7", "ketua"),
    "tren": ("/tren?wilayah=13", "ketua"),
    "peringatan": ("/peringatan-dini", "ketua"),
    "jaga": ("/jaga", "analis"),
    "cari": ("/cari?q=surat+suara", "analis"),
    "label": ("/label", "analis"),
    "sengketa": ("/label/sengketa", "verifikator"),
    "kesepakatan": ("/label/kesepakatan", "analis"),
    "model": ("/model", "admin"),
    "sumber": ("/sumber", "admin"),
    "sumber-satu": ("/sumber/kabarnagari", "admin"),
    "sumber-cakupan": ("/sumber/cakupan", "pengamat"),
    "sumber-tambah": ("/sumber/tambah", "admin"),
    "setelan": ("/setelan", "ketua"),
    "setelan-tahapan": ("/setelan/tahapan", "ketua"),
    "setelan-kata-pantau": ("/setelan/kata-pantau", "ketua"),
    "setelan-peringatan": ("/setelan/peringatan", "ketua"),
    "setelan-desk": ("/setelan/desk", "ketua"),
    "setelan-peran": ("/setelan/peran", "admin"),
    "setelan-retensi": ("/setelan/retensi", "admin"),
    "orang": ("/orang", "admin"),
    "akun": ("/akun", "analis"),
    "audit": ("/audit", "admin"),
}
"""Name of a picture: path of the page, and who looks ("" a stranger)."""

SHOWN: Final = (
    ("antrean", "wide", "light"),
    ("antrean", "narrow", "dark"),
    ("kejadian", "wide", "light"),
    ("kejadian", "wide", "dark"),
    ("peta", "wide", "light"),
    ("tren", "wide", "light"),
    ("cari", "wide", "light"),
    ("peta", "narrow", "light"),
)
"""What stands in docs/pictures: page, width, theme."""


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on loopback and yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def squeezed(picture: bytes) -> bytes:
    """Return a PNG that has its colours, or where that is more than `LARGEST` bytes the most frequent 256 of them.

    A page has few colours in its surfaces and many at the edges of its letters: the frequent ones are the palette.
    """
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    kept = _png(image)
    if len(kept) <= LARGEST:
        return kept
    found = sorted(image.getcolors(image.width * image.height) or [], key=operator.itemgetter(0), reverse=True)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in found[:256] if isinstance(colour, tuple) for part in colour])
    return _png(image.quantize(palette=palette, dither=Image.Dither.NONE))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """Take the pictures and return 0, or 1 where a page is not there or a picture is too large."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--all", type=Path, help="also every page in every way, whole, to this folder")
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no chromium here; sudo bash scripts/install-services.sh installs it", file=sys.stderr)
        return 1
    names = [name for name in given.only.split(",") if name] or list(PAGES)
    wrong = []
    with tempfile.TemporaryDirectory() as home, shown_desk(Path(home)) as shown, serving(make_desk(shown.tools)) as at:
        newest = max(shown.tools.store.incidents.list(limit=100), key=lambda one: one.opened_at)
        numbers = {"first": newest.id, "article": newest.article_ids[0]}
        paths = {name: (path.format(**numbers), who) for name, (path, who) in PAGES.items()}
        wrong = _take(chromium, at, {name: paths[name] for name in names}, given.out, given.all)
    print("\n".join(wrong) or "every picture was taken", file=sys.stderr)
    return 1 if wrong else 0


def _take(chromium: str, at: str, paths: dict[str, tuple[str, str]], out: Path, every: Path | None) -> list[str]:
    from playwright.sync_api import sync_playwright

    wrong = []
    for folder in filter(None, (out, every)):
        folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for width, size in (("wide", WIDE), ("narrow", NARROW)):
            for theme in ("light", "dark"):
                context = browser.new_context(
                    locale="id-ID",
                    viewport={"width": size[0], "height": size[1]},
                    color_scheme=theme,
                    reduced_motion="reduce",
                )
                page, looking = context.new_page(), ""
                for name, (path, who) in paths.items():
                    wanted = (name, width, theme) in SHOWN
                    if not (wanted or every):
                        continue
                    if who != looking:
                        context.clear_cookies()
                        if who:
                            page.goto(f"{at}/masuk")
                            page.fill("input[name=nama]", who)
                            page.fill("input[name=sandi]", PASSWORD)
                            page.press("input[name=sandi]", "Enter")
                            page.wait_for_url(f"{at}/")
                        looking = who
                    answer = page.goto(f"{at}{path}")
                    page.wait_for_load_state("networkidle")
                    if answer is None or answer.status != 200:
                        wrong.append(f"{name}: {path} answers {answer and answer.status}")
                        continue
                    file = f"{name}-{width}-{theme}.png"
                    if every:
                        (every / file).write_bytes(squeezed(page.screenshot(full_page=True)))
                    if wanted:
                        kept = squeezed(page.screenshot())
                        (out / file).write_bytes(kept)
                        if len(kept) > LARGEST:
                            wrong.append(f"{file}: {len(kept)} bytes, more than {LARGEST}")
                context.close()
        browser.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
