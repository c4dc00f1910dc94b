"""Changes to the user's own catalogue file: a source added, a key of one set; comments and order stay as they are.

A change is made on the text (one line, or one table at the end), read back and compared with what was meant; then
the file is put in place whole, so that a kill leaves the old file or the new one.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.catalogue import header_lines, read_entries
from data.cms import implied_finders
from data.errors import CatalogueError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.records import Finder, Source

HEAD = """# Your sources: sites that you added, and keys that override the entries that come with Kentongan, id by id.
# `kentongan sources add|enable|disable|check` edit this file; you may too. What each key means stands at the head of
# the catalogue that comes with the program (data/reference/sources.toml).
"""

Value = str | int | float | bool


def set_value(path: Path, source_id: str, key: str, value: Value) -> None:
    """Set one key of a source in the user's file, in its table there or in a new one that holds only this key.

    Raises CatalogueError where the file cannot be read or written, DiskFullError where there is no room; the file is
    then as it was.
    """
    _set(path, source_id, key, toml_value(value))


def _set(path: Path, source_id: str, key: str, value: str) -> None:
    text = _text_of(path)
    lines = text.splitlines()
    assignment = f"{key} = {value}"
    ids = [entry.id for entry in read_entries(path)] if path.exists() else []
    if source_id not in ids:
        _replace(path, _with_table(text, f"[[source]]\nid = {_quoted(source_id)}\n{assignment}\n"))
        return
    meant = _tables(text, path)
    meant[ids.index(source_id)] |= tomllib.loads(assignment)
    headers = header_lines(text)
    start = headers[ids.index(source_id)] if len(headers) == len(ids) else None
    end = next((line - 1 for line in headers if line > (start or 0)), len(lines))
    places = [*_assignments(lines, start, end, key), (start, start)] if start is not None else []
    for first, last in places:
        put = assignment + (_comment_of(lines[first]) if last == first + 1 else "")
        changed = "\n".join([*lines[:first], put, *lines[last:]]) + "\n"
        if _says(changed, meant):
            break
    else:
        raise CatalogueError(
            f'the table of source "{source_id}" is written in a way that cannot be edited; '
            f"put {assignment} into it yourself",
            where=f"{path}, line {start}" if start else str(path),
        )
    _replace(path, changed)


def _assignments(lines: Sequence[str], start: int, end: int, key: str) -> Iterator[tuple[int, int]]:
    """Yield where a key may be set: from a line that begins with it to the first by which its value is complete."""
    for first in range(start, end):
        if re.match(rf"\s*{re.escape(key)}\s*=", lines[first]) is None:
            continue
        for last in range(first + 1, end + 1):
            if set(_parsed("\n".join(lines[first:last])) or ()) == {key}:
                yield first, last
                break


def _comment_of(line: str) -> str:
    """Return the comment at the end of a line that sets a key, with two blanks before it; empty where there is none."""
    whole = _parsed(line)
    for place in (place for place, character in enumerate(line) if character == "#"):
        if _parsed(line[:place]) == whole:
            return f"  {line[place:]}"
    return ""


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def set_finders(path: Path, source_id: str, finders: Sequence[Finder]) -> None:
    """Set the finders of a source in the user's file; raises as `set_value` does."""
    _set(path, source_id, "finders", f"[{', '.join(map(_finder, finders))}]")


def add_source(path: Path, source: Source) -> None:
    """Append a source to the user's file.

    Raises CatalogueError where the id is there already, or the file cannot be read or written.
    """
    if path.exists() and any(entry.id == source.id for entry in read_entries(path)):
        raise CatalogueError(f'there is a source "{source.id}" already; choose another --id', where=str(path))
    _replace(path, _with_table(_text_of(path), toml_of(source)))


def toml_of(source: Source) -> str:
    """Return a source as its ``[[source]]`` table; what its profile implies anyway is left out."""
    lines = ["[[source]]", f"id = {_quoted(source.id)}", f"name = {_quoted(source.name)}"]
    lines.append(f"home = {_quoted(source.home)}")
    if source.provinces:
        lines.append(f"provinces = [{', '.join(map(_quoted, source.provinces))}]")
    if source.regencies:
        lines.append(f"regencies = [{', '.join(map(_quoted, source.regencies))}]")
    lines += [f"timezone = {_quoted(source.timezone)}", f"profile = {_quoted(source.profile)}"]
    if source.finders != implied_finders(source.profile, source.home):
        lines += ["finders = [", *(f"  {_finder(finder)}," for finder in source.finders), "]"]
    lines.append(f"tier = {source.tier}")
    if source.network:
        lines.append(f"network = {_quoted(source.network)}")
    if source.delay_s is not None:
        lines.append(f"delay_s = {source.delay_s}")
    if not source.enabled:
        lines.append("enabled = false")
    lines.append(f"verified = {toml_value(source.verified)}")
    if source.note:
        lines.append(f"note = {_quoted(source.note)}")
    return "\n".join(lines) + "\n"


def toml_value(value: Value) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _finder(finder: Finder) -> str:
    parts = [f"kind = {_quoted(finder.kind)}", f"url = {_quoted(finder.url)}"]
    if finder.options:
        options = ", ".join(f"{name} = {_quoted(value)}" for name, value in finder.options.items())
        parts.append(f"options = {{ {options} }}")
    return f"{{ {', '.join(parts)} }}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return HEAD
    except OSError as error:
        raise CatalogueError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"is not UTF-8 (byte {error.start}); save it as UTF-8", where=str(path)) from error


def _tables(text: str, path: Path) -> list[dict[str, Any]]:
    try:
        tables: list[dict[str, Any]] = tomllib.loads(text).get("source", [])
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"is not TOML: {error}", where=str(path)) from error
    return tables


def _says(text: str, meant: list[dict[str, Any]]) -> bool:
    return _parsed(text) == {"source": meant}


def _with_table(text: str, table: str) -> str:
    return f"{text.rstrip()}\n\n{table}" if text.strip() else table


def _replace(path: Path, text: str) -> None:
    """Put ``text`` in the file's place at once; it must be a catalogue that can be read (unknown ids may lack keys)."""
    made: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        made = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        read_entries(made)
        made.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        made.replace(path)
        made = None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(path) from error
        raise CatalogueError(f"cannot be written: {error.strerror or error}", where=str(path)) from error
    finally:
        if made is not None:
            made.unlink(missing_ok=True)
