"""``kentongan locate``: the places in texts with their Kemendagri codes, as a table, JSON, GeoJSON or a page."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from data.errors import InputError
from desk.terminal.files import write_pieces
from desk.terminal.speech import language, speaker_of
from desk.terminal.tables import show, write_json
from feeds.places import collection, full_name, mentions_of, place_features

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from classifiers.places import Locator
    from data.gazetteer import Gazetteer
    from data.records import FoundPlace
    from desk.terminal.assess_lines import Line

    Say = Callable[[str, str], str]

MAX_BYTES: Final = 4_000_000
"""What is read of standard input; a longer text is not a news article."""
STANDARD: Final = "-"
HALF = re.compile("[\ud800-\udfff]")


@click.command("locate")
@click.argument("text", required=False)
@click.option("--title", default="", help="The headline that belongs to the text.")
@click.option(
    "--province", "provinces", multiple=True, help="Code of a province that the outlet covers; may be repeated."
)
@click.option("--regency", "regencies", multiple=True, help="Code of a kabupaten/kota that it covers; may be repeated.")
@click.option("--jsonl", metavar="FILE", type=click.Path(), help='Read many texts, as `assess` does ("-": a pipe).')
@click.option("--json", "as_json", is_flag=True, help="Print the places as JSON.")
@click.option(
    "--geojson",
    metavar="FILE",
    type=click.Path(),
    is_flag=False,
    flag_value=STANDARD,
    help='Write a GeoJSON FeatureCollection ("-" or nothing: print it).',
)
@click.option("--html", metavar="FILE", type=click.Path(), help="Write a page with the places marked, and a map.")
@click.pass_context
def command(
    ctx: click.Context,
    text: str | None,
    title: str,
    provinces: tuple[str, ...],
    regencies: tuple[str, ...],
    jsonl: str | None,
    geojson: str | None,
    html: str | None,
    *,
    as_json: bool,
) -> None:
    """Print the places in TEXT with their Kemendagri codes ("-" reads standard input).

    With --jsonl the texts are the lines of a file, each an object {id, title, text, url?, source?}; a line of JSON is
    written for each, or with --geojson one collection whose features carry the id of the article. A line that cannot
    be read is reported on standard error with its number and the others are still read.

    The roles: kejadian (where it happened), penanganan (who handles it), sumber (dateline), cakupan (scope), rute,
    perbatasan, latar (background). Exit codes: 0 done (also where no place is found), 1 some lines could not be read,
    65 unreadable, 66 no such code or file.
    """
    say = speaker_of(ctx)
    _check(text, title, jsonl, geojson, html, as_json=as_json)
    from flows.settings import Settings
    from flows.tools import load_locator

    if jsonl is not None:
        ctx.exit(_many(jsonl, geojson, say, provinces, regencies))
    body = whole(read_standard_input() if text == STANDARD else text or "")
    title = whole(title)
    locator = load_locator(Settings.from_environ())
    _known(locator, (*provinces, *regencies))
    found = locator.trace(title, body, outlet_provinces=provinces, outlet_regencies=regencies)
    gazetteer = locator.gazetteer
    if html is not None:
        from desk.place_page import places_page

        lang = language((ctx.obj or {}).get("lang"))
        page = places_page(title, body, found, gazetteer, lang, reach=locator.reach(body))
        _put(html, [page.encode("utf-8")], say)
    if geojson is not None:
        _put(geojson, collection(place_features(found, title, body, gazetteer)), say)
    if as_json:
        write_json([as_record(one, title, body, gazetteer) for one in found])
    elif geojson is None and html is None:
        show_table(found, title, body, gazetteer, say)


def _check(
    text: str | None, title: str, jsonl: str | None, geojson: str | None, html: str | None, *, as_json: bool
) -> None:
    """Refuse what does not go together, before anything is loaded or written."""
    if (text is None) == (jsonl is None):
        raise click.UsageError("give a TEXT or --jsonl FILE, one of the two")
    if jsonl is not None and (title or html is not None):
        raise click.UsageError("--title and --html are for one TEXT, not for --jsonl")
    if as_json and geojson is not None:
        raise click.UsageError("--json and --geojson exclude one another")
    if html == STANDARD and (as_json or geojson == STANDARD):
        raise click.UsageError("only one of --html, --geojson and --json can be printed; name a file for the other")


def _known(locator: Locator, codes: Iterable[str]) -> None:
    for code in codes:
        locator.gazetteer.unit(code)  # raises where there is none


def _put(name: str, pieces: Iterable[bytes], say: Say) -> None:
    """Write to standard output, or to a file and say so on standard error: something else may be printed too."""
    if name == STANDARD:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    write_pieces(Path(name), pieces)
    click.echo(say(f"ditulis: {name}", f"written: {name}"), err=True)


def _many(name: str, geojson: str | None, say: Say, provinces: tuple[str, ...], regencies: tuple[str, ...]) -> int:
    """Locate the places of every line of a file and write them; return the exit code."""
    from desk.terminal.assess import opened
    from flows.settings import Settings
    from flows.tools import load_locator

    lines = sys.stdin.buffer if name == STANDARD else opened(name)
    with lines:
        locator = load_locator(Settings.from_environ())
        _known(locator, (*provinces, *regencies))
        texts = Texts(locator, lines, say, provinces, regencies)
        if geojson is None:
            for line, found in texts:
                sys.stdout.buffer.write(json_line(line, found, locator.gazetteer))
            sys.stdout.buffer.flush()
        else:
            features = (
                feature
                for line, found in texts
                for feature in place_features(
                    found, line.item.title, line.item.text, locator.gazetteer, article=line.id
                )
            )
            _put(geojson, collection(features), say)
    return texts.exit_code()


class Texts:
    """The texts of a JSONL file with their places, one after the other; what cannot be read is told of and counted."""

    def __init__(
        self, locator: Locator, lines: BinaryIO, say: Say, provinces: tuple[str, ...], regencies: tuple[str, ...]
    ) -> None:
        self._locator = locator
        self._lines = lines
        self._say = say
        self._provinces = provinces
        self._regencies = regencies
        self.read = 0
        self.wrong = 0

    def __iter__(self) -> Iterator[tuple[Line, tuple[FoundPlace, ...]]]:
        """Yield each line that can be read with its places; the outlet's own codes count beside those asked for."""
        from desk.terminal.assess import complainer
        from desk.terminal.assess_lines import Line, Outlets, read_items
        from flows.settings import Settings
        from flows.tools import load_sources

        complain = complainer(self._say)
        for line in read_items(self._lines, Outlets(lambda: load_sources(Settings.from_environ()))):
            if not isinstance(line, Line):
                complain(line)
                self.wrong += 1
                continue
            item = line.item
            self.read += 1
            yield (
                line,
                self._locator.trace(
                    item.title,
                    item.text,
                    outlet_provinces=(*self._provinces, *item.provinces),
                    outlet_regencies=(*self._regencies, *item.regencies),
                ),
            )

    def exit_code(self) -> int:
        """Say how many lines could not be read, and return what the command ends with."""
        if not self.wrong:
            return 0
        wrong, of = self.wrong, self.read + self.wrong
        say = self._say
        click.echo(
            say(f"{wrong} dari {of} baris tidak dapat dibaca", f"{wrong} of {of} lines could not be read"), err=True
        )
        return 1 if self.read else InputError.exit_code


def read_standard_input() -> str:
    """Return the text on standard input; InputError where it is too long or no UTF-8."""
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"the text is longer than {MAX_BYTES:,} bytes; give one article at a time", where=STANDARD)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("the text is not UTF-8; convert it first, e.g. with iconv", where=STANDARD) from error


def whole(text: str) -> str:
    """Return a text that can be written as UTF-8: one sign for each half character, so that spans stay in place.

    Bytes of an argument that are no UTF-8 arrive as such halves (PEP 383).
    """
    return HALF.sub("\ufffd", text)


def as_record(one: FoundPlace, title: str, text: str, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return a place as JSON has it: the fields of `Place`, full name, BPS code, point (lat, lon), mentions.

    ``point`` is that of the nearest unit upwards that has one.
    """
    place = one.place
    point = gazetteer.point(place.code)
    return asdict(place) | {
        "role": str(place.role),
        "full_name": full_name(place.code, gazetteer),
        "bps": gazetteer.bps(place.code),
        "point": list(point) if point else None,
        "mentions": mentions_of(one, title, text),
    }


def json_line(line: Line, found: Sequence[FoundPlace], gazetteer: Gazetteer) -> bytes:
    """Return the line that is written for one text of a JSONL file."""
    records = [as_record(one, line.item.title, line.item.text, gazetteer) for one in found]
    return json.dumps({"id": line.id, "places": records}, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"


def show_table(found: Sequence[FoundPlace], title: str, text: str, gazetteer: Gazetteer, say: Say) -> None:
    """Print the places as a table for a person, or say that there is none."""
    if not found:
        click.echo(say("Tidak ada tempat yang dikenali.", "No place was recognised."))
        return
    rows = []
    for place in (one.place for one in found):
        source = title if place.zone == "title" else text
        others = ", ".join(f"{code} ({share:.0%})" for code, share in place.alternatives)
        doubt = say("ambigu: ", "ambiguous: ") if place.ambiguous else ""
        rows.append(
            {
                say("kode", "code"): place.code,
                say("tempat", "place"): full_name(place.code, gazetteer),
                say("peran", "role"): str(place.role),
                say("yakin", "confidence"): f"{place.confidence:.2f}",
                say("di teks", "in the text"): source[place.start : place.end],
                say("kemungkinan lain", "could also be"): doubt + others,
            }
        )
    show(rows)
