"""Reports for people: the daily report of the desk, the *Laporan Informasi* on one incident, the weekly trend.

Each is a frozen record of what it says (``Daily``, ``Information``, ``Weekly``), a pure function that makes a
``Document`` of it, and writers that make a file of any document. The form is that of the domain dossier, section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import UnknownItemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from feeds.reports.document import Document


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format of files: what its names end in, its media type, and the module whose function of that name writes it.

    ``module`` is empty where a printer makes it of the page.
    """

    suffix: str
    media_type: str
    module: str

    @property
    def write(self) -> Callable[[Document], bytes]:
        """Return the function that writes it, imported now: Word and workbook libraries take their time."""
        from importlib import import_module

        writer: Callable[[Document], bytes] = getattr(import_module(f"feeds.reports.{self.module}"), self.module)
        return writer


FILE_FORMATS = {
    "html": FileFormat("html", "text/html; charset=utf-8", "page"),
    "docx": FileFormat("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word"),
    "xlsx": FileFormat("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "workbook"),
    "txt": FileFormat("txt", "text/plain; charset=utf-8", "message"),
    "pdf": FileFormat("pdf", "application/pdf", ""),
}
"""Every format of a report's file, by the name that `kentongan report --format` takes."""


def file_format_named(name: str) -> FileFormat:
    """Return the format of that name; UnknownItemError lists them where there is none."""
    if name not in FILE_FORMATS:
        raise UnknownItemError("format", name, hint=f"there are {', '.join(FILE_FORMATS)}")
    return FILE_FORMATS[name]
