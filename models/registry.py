"""Which model is in use, which ones there were, and who changed that when and why.

::

    FOLDER/versions/NAME-DIGEST8/   card.json and weights.npz of one version; written once, never changed
    FOLDER/current.json             the pointer: the version in use, those promoted before it, and the last change
    FOLDER/history.jsonl            every promotion, rollback and refusal, one a line, appended only
    FOLDER/lock                     held (flock) by whoever changes any of these

Only the replacing of the pointer counts: it is one ``rename`` of a file that is whole on disk, so a kill before it
leaves the model in use as it was, and a kill after it leaves the new one. A history line that a kill has cut off is
written from the pointer by the next change. Where there is no pointer the model that came with the program is in use:
version 0, which needs no folder of ours to be there.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from data.errors import DiskFullError, ModelError, SettingsError, UnknownItemError
from models.disk import NO_ROOM
from models.judge import BASELINE, Judge
from models.weights import CARD_FILE, WEIGHTS_FILE, read_card, read_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

POINTER = "current.json"
HISTORY = "history.jsonl"
LOCK = "lock"
VERSIONS = "versions"

VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*-[0-9a-f]{8}")
"""What a version may be called; it is a folder's name, so it must not lead anywhere else."""

GO_BACK = "go back with: kentongan model rollback (the one before) or kentongan model promote 0 (the shipped one)"

Action = Literal["promote", "rollback", "refuse"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history: what was done to which version, by whom, when and why.

    ``before`` is the version that was in use until then. ``number`` counts the changes of the pointer from 1; a refusal
    changes nothing and has the number of the change before it.
    """

    action: Action
    version: str
    before: str
    by: str
    at: datetime
    why: str
    number: int


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One version: its folder, its card ({} where it cannot be read), and what is wrong with it ("" where nothing).

    ``shipped``: it came with this program. ``current``: it is in use.
    """

    version: str
    folder: Path
    card: Mapping[str, Any]
    shipped: bool
    current: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Pointer:
    """What the pointer says: ``stack`` holds the promoted versions, the one in use last; [] is version 0."""

    stack: tuple[str, ...] = ()
    last: Entry | None = None

    @property
    def number(self) -> int:
        return self.last.number if self.last else 0


@dataclass(frozen=True)
class Registry:
    """The versions of a folder; made without touching the disk.

    ``shipped`` is the folder of version 0. ``check`` raises ModelError for a folder whose model this program cannot
    use, beyond what `read_model` sees: what is promoted is sure to load.
    """

    folder: Path
    shipped: Path = BASELINE
    check: Callable[[Path], object] = field(default=Judge.load)

    def current(self) -> Path:
        """Return the folder of the model in use: the promoted one, or the one that came with the program.

        Raises ModelError where it is damaged, saying how to go back: another one is never taken silently.
        """
        version = self.current_version()
        folder = self._folder(version)
        try:
            found = version_of(folder)
            read_model(folder)
        except ModelError as error:
            raise ModelError(f"the model in use, {version}, is damaged ({error}); {self._way_out()}") from error
        if found != version:
            raise ModelError(f"the model in use, {version}, is damaged ({folder} holds {found}); {self._way_out()}")
        return folder

    def current_version(self) -> str:
        """Return the name of the version in use, whether or not it is whole."""
        stack = self._pointer().stack
        return stack[-1] if stack else self.shipped_version

    @property
    def shipped_version(self) -> str:
        """The name of version 0, the model that came with this program."""
        return version_of(self.shipped)

    def versions(self) -> list[VersionInfo]:
        """Return every version, version 0 first, then by name; damaged ones too, with what is wrong."""
        return [self.info(name) for name in sorted(self._names(), key=lambda name: (not self._is_shipped(name), name))]

    def info(self, version: str) -> VersionInfo:
        """Return what is known of a version, or of the only one whose name begins so; UnknownItemError for none."""
        name = self.named(version)
        folder = self._folder(name)
        card, problem = {}, ""
        try:
            card = read_card(folder)  # may be read though this program can no longer use its model
            read_model(folder)
            problem = "" if version_of(folder) == name else f"{folder} holds {version_of(folder)}"
        except ModelError as error:
            problem = str(error)
        return VersionInfo(name, folder, card, self._is_shipped(name), name == self.current_version(), problem)

    def card(self, version: str) -> Mapping[str, Any]:
        """Return a version's card, also of a model that this program can no longer use: lineage outlives formats.

        Raises UnknownItemError, ModelError where it cannot be read.
        """
        return read_card(self._folder(self.named(version)))

    def named(self, version: str) -> str:
        """Return the version that ``version`` names, whole or by its beginning; "0" is the shipped one.

        Raises UnknownItemError where there is none, or more than one.
        """
        if version == "0":
            return self.shipped_version
        names = self._names()
        if version in names:
            return version
        near = sorted(name for name in names if version and name.startswith(version))
        if len(near) == 1:
            return near[0]
        hint = f"it could be {', '.join(near)}" if near else "see kentongan model list"
        raise UnknownItemError("model", version, hint=hint)

    def add(self, folder: Path) -> str:
        """Keep a copy of the model in ``folder`` and return its version; one that is kept already stays as it is.

        Raises ModelError where it is corrupt or foreign: then nothing is kept.
        """
        version = version_of(folder)
        kept = self._versions / version
        if kept.is_dir() and not _problem(kept):
            return version
        read_model(folder)
        with self._locked():
            if kept.is_dir() and not _problem(kept):
                return version
            self._keep(folder, kept)
        return version

    def keep(self, folder: Path) -> str:
        """Do `add` where it is not yet done: what has judged an article can be looked up for ever."""
        version = version_of(folder)
        return version if (self._versions / version / CARD_FILE).is_file() else self.add(folder)

    def promote(self, version: str, *, by: str, at: datetime, why: str) -> Entry:
        """Put a version in use and return what was written; the one in use already is left so, and nothing is written.

        Raises ModelError where it cannot be used, UnknownItemError where there is none: the model in use stays.
        """
        name = self.named(version)
        self._usable(name)
        with self._locked():
            pointer = self._pointer()
            before = pointer.stack[-1] if pointer.stack else self.shipped_version
            if before == name and pointer.last is not None:
                return pointer.last
            # Version 0 stands in the stack by its name, so that the next program's version 0 is not taken for it.
            stack = pointer.stack or (self._keep_shipped(),)
            stack = stack if stack[-1] == name else (*stack, name)
            return self._change(stack, Entry("promote", name, before, by, at, why, pointer.number + 1))

    def rollback(self, *, by: str, at: datetime, why: str) -> Entry:
        """Put the version in use that was promoted before the present one, and return what was written.

        Raises ModelError where nothing was promoted, or where the one before cannot be used: the model in use stays.
        """
        with self._locked():
            pointer = self._pointer()
            if len(pointer.stack) < 2:  # the one in use, and one before it
                raise ModelError(
                    f"no model was promoted before {self.current_version()}; see kentongan model list for the others"
                )
            stack = pointer.stack[:-1]
            try:
                self._usable(stack[-1])
            except ModelError as error:
                raise ModelError(
                    f"{error}. Take another version: kentongan model list, then kentongan model promote VERSION"
                ) from error
            entry = Entry("rollback", stack[-1], pointer.stack[-1], by, at, why, pointer.number + 1)
            return self._change(stack, entry)

    def refuse(self, version: str, *, by: str, at: datetime, why: str) -> Entry:
        """Write into the history that a version was not put in use, and why; return what was written."""
        with self._locked():
            pointer = self._pointer()
            entry = Entry("refuse", version, self.current_version(), by, at, why, pointer.number)
            self._log(entry)
            return entry

    def history(self) -> list[Entry]:
        """Return what was done, the first first. Raises ModelError naming the line that cannot be read."""
        entries, _ = self._read_history()
        last = self._pointer().last
        if last is not None and not any(_is_same(entry, last) for entry in entries):
            entries.append(last)  # the kill came between pointer and line
        return entries

    @property
    def _versions(self) -> Path:
        return self.folder / VERSIONS

    def _folder(self, version: str) -> Path:
        kept = self._versions / version
        # The program's own copy is the one that an update of the program mends.
        return self.shipped if self._is_shipped(version) else kept

    def _names(self) -> set[str]:
        kept = {path.name for path in self._versions.glob("*-*") if VERSION.fullmatch(path.name)}
        try:
            return kept | {self.shipped_version}
        except ModelError:
            return kept

    def _is_shipped(self, version: str) -> bool:
        """Return whether a version is the one that came with the program; a broken copy there is no version at all."""
        try:
            return version == self.shipped_version
        except ModelError:
            return False

    def _way_out(self) -> str:
        return GO_BACK if self._pointer().stack else "install the program again"

    def _usable(self, version: str) -> None:
        folder = self._folder(version)
        problem = _problem(folder)
        if problem:
            raise ModelError(f"the model {version} cannot be used: {problem}")
        try:
            self.check(folder)
        except ModelError as error:
            raise ModelError(f"the model {version} cannot be used: {error}") from error

    def _keep_shipped(self) -> str:
        """Keep a copy of version 0 for the day on which another program's has taken its place."""
        version = self.shipped_version
        if _problem(self._versions / version):
            self._keep(self.shipped, self._versions / version)
        return version

    def _keep(self, folder: Path, kept: Path) -> None:
        """Copy a model to its place in one step: whole there, or not there; a damaged one there is put aside."""
        with _told(self.folder):
            for left in self._versions.glob(".adding-*"):
                shutil.rmtree(left)  # of a process that was killed; whoever is at work holds the lock
            made = self._versions / f".adding-{secrets.token_hex(4)}"
            made.mkdir(parents=True)
            for name in (WEIGHTS_FILE, CARD_FILE):
                shutil.copyfile(folder / name, made / name)
                (made / name).chmod(0o444)
                _to_disk(made / name)
            _to_disk(made)
            if kept.exists():
                kept.replace(kept.with_name(f".damaged-{kept.name}-{secrets.token_hex(4)}"))
            made.replace(kept)
            _to_disk(self._versions)
        problem = _problem(kept)
        if problem:  # the source changed under our hands, or the disk lies
            raise ModelError(problem)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the registry; whoever comes second waits. The kernel lets go when the process ends, however it ends."""
        with _told(self.folder):
            self._versions.mkdir(parents=True, exist_ok=True)
            file = (self.folder / LOCK).open("a")
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _pointer(self) -> _Pointer:
        path = self.folder / POINTER
        try:
            written = json.loads(path.read_text(encoding="utf-8"))
            stack, last = tuple(map(str, written["stack"])), _entry(written["last"])
        except FileNotFoundError:
            return _Pointer()
        except OSError as error:
            raise SettingsError(f"cannot be read ({error.strerror}); see who owns it", where=str(path)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path}: does not say which model is in use; {_MEND_POINTER}") from error
        if not stack or not all(VERSION.fullmatch(name) for name in stack):
            raise ModelError(f"{path}: does not say which model is in use; {_MEND_POINTER}")
        return _Pointer(stack, last)

    def _change(self, stack: tuple[str, ...], entry: Entry) -> Entry:
        """Replace the pointer, then write the history; the first is what counts."""
        before = self._pointer().last
        if before is not None and not any(_is_same(known, before) for known in self._read_history()[0]):
            self._log(before)
        whole = json.dumps({"stack": stack, "last": _line(entry)}, ensure_ascii=False, indent=1) + "\n"
        with _told(self.folder):
            made = self.folder / f".{POINTER}"
            with made.open("w", encoding="utf-8") as file:
                file.write(whole)
                file.flush()
                os.fsync(file.fileno())
            made.replace(self.folder / POINTER)
            _to_disk(self.folder)
        self._log(entry)
        return entry

    def _log(self, entry: Entry) -> None:
        _, whole = self._read_history()
        with _told(self.folder), (self.folder / HISTORY).open("ab") as file:
            if file.tell() > whole:  # half a line that a kill has left: it was never told to anybody
                file.truncate(whole)
            file.write(json.dumps(_line(entry), ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _read_history(self) -> tuple[list[Entry], int]:
        """Return the entries and the length of what is whole: a last line without an end was cut off by a kill."""
        path = self.folder / HISTORY
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return [], 0
        except OSError as error:
            raise SettingsError(f"cannot be read ({error.strerror}); see who owns it", where=str(path)) from error
        whole = raw.rfind(b"\n") + 1
        entries = []
        for number, line in enumerate(raw[:whole].splitlines(), 1):
            try:
                entries.append(_entry(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise ModelError(
                    f"{path}:{number}: this line is damaged; restore the file from its backup, or move it aside: "
                    "the model in use does not depend on it"
                ) from error
        return entries, whole


_MEND_POINTER = (
    "restore the file from its backup, or delete it to use the shipped model, then promote the version that you want"
)


def version_of(folder: Path) -> str:
    """Return what the model in a folder is called: its card's name and the first digits of its weights' digest.

    It is what its assessments bear. Only the card is read. Raises ModelError where there is none, or a foreign one.
    """
    path, card = folder / CARD_FILE, read_card(folder)
    try:
        name = f"{card.get('name', 'model')}-{str(card['weights']['sha256'])[:8]}"
    except (KeyError, TypeError) as error:
        raise ModelError(f"{path}: not the card of a model of this program") from error
    if not VERSION.fullmatch(name):
        raise ModelError(f'{path}: "{name}" cannot be the name of a version: letters, digits, ".", "_" and "-" only')
    return name


def _problem(folder: Path) -> str:
    """Return what is wrong with the model in a folder, "" where nothing."""
    try:
        read_model(folder)
    except ModelError as error:
        return str(error)
    return ""


def _line(entry: Entry) -> dict[str, Any]:
    names = ("number", "action", "version", "before", "by", "at", "why")
    return {name: getattr(entry, name) for name in names} | {"at": entry.at.isoformat()}


def _entry(line: Mapping[str, Any]) -> Entry:
    action = str(line["action"])
    if action not in {"promote", "rollback", "refuse"}:
        raise ValueError(action)
    at = datetime.fromisoformat(str(line["at"]))
    words = {name: str(line[name]) for name in ("version", "before", "by", "why")}
    return Entry(action=action, at=at, number=int(line["number"]), **words)  # type: ignore[arg-type]  # one of the three


def _is_same(one: Entry, other: Entry) -> bool:
    return (one.number, one.action, one.at) == (other.number, other.action, other.at)


def _to_disk(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say in our own words that the disk is full, or that the folder may not be written."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFullError(folder) from error
        raise SettingsError(
            f"cannot be written ({error.strerror}); see who owns it, or take another KENTONGAN_HOME", where=str(folder)
        ) from error
