"""In which of its two languages the command line speaks: Indonesian or English, as asked or as the locale says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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


def reword(say: Callable[[str, str], str], sentence: str) -> str:
    """Return a sentence that a floor below said, in the language of ``say``."""
    from desk.terminal.indonesian import in_english, in_indonesian

    return in_indonesian(sentence) if say("id", "en") == "id" else in_english(sentence)


def asked_in(arguments: Sequence[str]) -> str | None:
    """Return the language that a command line asks for, wherever in it; it may be one that cannot be parsed."""
    asked = None
    for index, word in enumerate(arguments):
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if name == "--lang":
            asked = value if equals else next(iter(arguments[index + 1 :]), None)
    return asked
