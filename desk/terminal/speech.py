"""In which of its two languages the command line speaks: Indonesian or English, as asked or as the locale says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def language(asked: str | None, environ: Mapping[str, str] | None = None) -> str:
    """Return ``id`` or ``en``: what was asked for, else what LC_ALL, LC_MESSAGES or LANG (the first set) says."""
    if asked in {"id", "en"}:
        return asked
    environ = os.environ if environ is None else environ
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "id" if locale.lower().startswith(("id", "in_")) else "en"


def speaker(lang: str | None, environ: Mapping[str, str] | None = None) -> Callable[[str, str], str]:
    """Return a function that takes a sentence in Indonesian and in English and gives back the one to print."""
    chosen = language(lang, environ)

    def say(indonesian: str, english: str) -> str:
        return indonesian if chosen == "id" else english

    return say


def speaker_of(context: Any) -> Callable[[str, str], str]:
    """Return the speaker of a click context, whose ``obj`` the front door has filled."""
    return speaker((context.obj or {}).get("lang"))
