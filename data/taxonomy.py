"""The 14 signals as they lie in ``data/reference/signals/<slug>.toml``: names, definition, cues, legal hooks.

A file is a signal: a new one is found by its name. Slugs are stored with every assessment and never change. Cues are
words and inflections that speak for a signal, or against it (another sense: *serangan jantung*); they propose, the
learned model decides. Legal hooks are static hints for analysts, never an output of a model.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import SettingsError, UnknownItemError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REFERENCE = Path(__file__).parent / "reference"

HOOK_CAUTION = "periksa naskah undang-undang"
"""Printed beside every legal hook: article numbers in the local press, and in any table, are often wrong."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak for their label (``weight`` > 0) or against it (``weight`` < 0), in points.

    ``phrases`` are written as in the reference files (see ``classifiers.cues``). ``near``: at least one of these must
    stand in the same sentence or the one beside it; ``far``: none of these may stand in the same sentence.
    ``elsewhere``: at least one of these must stand anywhere in the article. Empty means no such condition. ``why`` is
    shown to analysts and is Indonesian.
    """

    id: str
    label: str
    phrases: tuple[str, ...]
    weight: float
    why: str
    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """One kind of kerawanan; ``hooks`` are legal hints to be printed with ``HOOK_CAUTION``."""

    slug: str
    name: str
    name_en: str
    definition: str
    definition_en: str
    cues: tuple[Cue, ...]
    hooks: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All signals in their fixed order, the cues of modalities and attributes, and the digest of their files."""

    signals: tuple[Signal, ...]
    modality_cues: tuple[Cue, ...]
    digest: str
    contexts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs in their fixed order."""
        return tuple(signal.slug for signal in self.signals)

    def signal(self, slug: str) -> Signal:
        """Return the signal of a slug. Raises UnknownItemError."""
        for signal in self.signals:
            if signal.slug == slug:
                return signal
        raise UnknownItemError("signal", slug, hint="the signals are " + ", ".join(self.slugs))

    def cues(self) -> Iterator[Cue]:
        """Yield every cue, of signals first."""
        for signal in self.signals:
            yield from signal.cues
        yield from self.modality_cues


def load_taxonomy(folder: Path | None = None) -> Taxonomy:
    """Return the taxonomy of a reference folder (None: the shipped one, read once).

    Raises SettingsError, naming the file, where one is missing, cannot be read, or lacks a field.
    """
    return _shipped() if folder is None else _load(folder)


@lru_cache(maxsize=1)
def _shipped() -> Taxonomy:
    return _load(REFERENCE)


def _load(folder: Path) -> Taxonomy:
    paths = sorted((folder / "signals").glob("*.toml"))
    if not paths:
        raise SettingsError("no signal files here; each signal is a file signals/<slug>.toml", where=str(folder))
    digest = hashlib.sha256()
    path = folder / "modality.toml"
    table = _table(path, digest)
    contexts = {name: _words(value, name, path) for name, value in table.get("contexts", {}).items()}
    modality_cues = _cues(table, path, label=None, contexts=contexts)
    signals = []
    for path in paths:
        table = _table(path, digest)
        signals.append((_whole_number(table, path), _signal(table, path, contexts)))
    if (words := folder / "words.toml").exists():
        # The reader's word lists decide what a cue matches; they belong to the version of the rules.
        _table(words, digest)
    signals.sort(key=lambda pair: (pair[0], pair[1].slug))
    return Taxonomy(tuple(signal for _, signal in signals), modality_cues, digest.hexdigest(), contexts)


def _table(path: Path, digest: Any) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
        table = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"cannot be read ({error.strerror}); reinstall the program or mend the file", where=str(path)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"is no TOML: {error}", where=str(path)) from error
    digest.update(path.name.encode() + b"\0" + raw.replace(b"\r\n", b"\n") + b"\0")
    return table


def _whole_number(table: dict[str, Any], path: Path) -> int:
    order = table.get("order")
    if not isinstance(order, int):
        raise SettingsError('"order" must be a whole number: the place of the signal in every list', where=str(path))
    return order


def _signal(table: dict[str, Any], path: Path, contexts: Mapping[str, tuple[str, ...]]) -> Signal:
    slug = _text(table, "slug", path)
    if slug != path.stem:
        raise SettingsError(
            f'"slug" is "{slug}" but the file is called {path.name}; they must be the same', where=str(path)
        )
    return Signal(
        slug=slug,
        name=_text(table, "name", path),
        name_en=_text(table, "name_en", path),
        definition=_text(table, "definition", path),
        definition_en=_text(table, "definition_en", path),
        cues=_cues(table, path, label=slug, contexts=contexts),
        hooks=_words(table.get("hooks", []), "hooks", path),
        fields=_words(table.get("fields", []), "fields", path),
    )


def _cues(
    table: dict[str, Any], path: Path, *, label: str | None, contexts: Mapping[str, tuple[str, ...]]
) -> tuple[Cue, ...]:
    cues = []
    for entry in table.get("cues", []):
        name = _text(entry, "id", path)
        where = f"{path}, cue {name}"
        weight = entry.get("weight", 1.0)
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise SettingsError('"weight" must be a number', where=where)
        phrases = _words(entry.get("phrases"), "phrases", where)
        if not phrases:
            raise SettingsError('"phrases" must name at least one phrase', where=where)
        cues.append(
            Cue(
                id=name,
                label=label or _text(entry, "label", path),
                phrases=phrases,
                weight=float(weight),
                why=entry.get("why", name.replace("_", " ")),
                near=_opened(entry.get("near", []), "near", where, contexts),
                far=_opened(entry.get("far", []), "far", where, contexts),
                elsewhere=_opened(entry.get("elsewhere", []), "elsewhere", where, contexts),
            )
        )
    names = [cue.id for cue in cues]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SettingsError(f"cue {twice[0]} stands there twice; give one of them another id", where=str(path))
    return tuple(cues)


def _opened(value: object, name: str, where: object, contexts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return phrases, with ``@name`` opened into the phrases of that context."""
    opened: list[str] = []
    for phrase in _words(value, name, where):
        if phrase.startswith("@") and phrase[1:] in contexts:
            opened.extend(contexts[phrase[1:]])
        else:
            opened.append(phrase)
    return tuple(opened)


def _text(table: dict[str, Any], name: str, path: Path) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f'"{name}" is missing or empty', where=str(path))
    return value


def _words(value: object, name: str, where: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise SettingsError(f'"{name}" must be a list of texts', where=str(where))
    return tuple(value)
