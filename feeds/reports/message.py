"""The short form of a report, as it is sent by messenger: plain text, few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.reports.document import Document


def message(document: Document) -> bytes:
    """Return the short form in UTF-8, with its revision where it corrects an earlier one."""
    correction = f"(Koreksi, revisi {document.revision})\n" if document.revision > 1 else ""
    return (correction + document.short).encode("utf-8", "replace")
