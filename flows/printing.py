"""A page as PDF, by the Chromium of this machine: headless, without network, one process per page."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Printer = Callable[[bytes], bytes]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120
"""A page of fifty tables takes five; whatever takes longer than this hangs."""
PDF = b"%PDF-"


def find_chromium(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the path of a Chromium: the one that CHROMIUM names, else one on the path; None where there is none."""
    environ = os.environ if environ is None else environ
    named = environ.get("CHROMIUM", "")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name, path=environ.get("PATH")))), None)


def chromium_printer(environ: Mapping[str, str] | None = None) -> Printer:
    """Return what prints a page as PDF; SettingsError where this machine has no Chromium."""
    found = find_chromium(environ)
    if found is None:
        raise SettingsError(
            "PDF needs Chromium, and there is none here; install it or name it in CHROMIUM, or take html or docx",
            where="--format pdf",
        )
    return lambda page: print_page(found, page)


def print_page(chromium: str, page: bytes) -> bytes:
    """Return ``page`` (HTML that asks for nothing) as PDF; SettingsError where the browser fails or hangs."""
    with tempfile.TemporaryDirectory(prefix="kentongan-pdf-") as name:
        folder = Path(name)
        (folder / "page.html").write_bytes(page)
        command = [
            chromium,
            "--headless",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND",  # the page asks for nothing; nor does the browser
            f"--user-data-dir={folder / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={folder / 'page.pdf'}",
            (folder / "page.html").as_uri(),
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to run as root with one; the page is our own
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SettingsError(f"Chromium did not print the page: {error}", where=chromium) from error
        made = folder / "page.pdf"
        printed = made.read_bytes() if made.is_file() else b""
        if not printed.startswith(PDF):
            detail = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise SettingsError(
                f"Chromium did not print the page: {detail[-1] if detail else 'no word of why'}", where=chromium
            )
        return printed
