"""``kentongan locate``: the places in a text with their Kemendagri codes, as a table, JSON or GeoJSON."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.gazetteer import Gazetteer
    from data.records import Place

MAX_BYTES = 4_000_000
"""What is read of standard input; a longer text is not a news article."""


@click.command("locate")
@click.argument("text")
@click.option("--title", default="", help="The headline that belongs to the text.")
@click.option(
    "--province", "provinces", multiple=True, help="Code of a province that the outlet covers; may be repeated."
)
@click.option("--regency", "regencies", multiple=True, help="Code of a kabupaten/kota that it covers; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the places as JSON.")
@click.option("--geojson", "as_geojson", is_flag=True, help="Print a GeoJSON FeatureCollection (points of the units).")
@click.pass_context
def command(
    ctx: click.Context,
    text: str,
    title: str,
    provinces: tuple[str, ...],
    regencies: tuple[str, ...],
    *,
    as_json: bool,
    as_geojson: bool,
) -> None:
    """Print the places in TEXT with their Kemendagri codes ("-" reads standard input).

    The roles: kejadian (where it happened), penanganan (who handles it), sumber (dateline), cakupan (scope), rute,
    perbatasan, latar (background). Exit codes: 0 done (also where no place is found), 65 unreadable, 66 no such code.
    """
    from classifiers.places import Locator

    if as_json and as_geojson:
        raise click.UsageError("--json and --geojson exclude one another")
    body = read_standard_input() if text == "-" else text
    locator = Locator.load()
    for code in (*provinces, *regencies):
        locator.gazetteer.unit(code)  # raises where there is none
    places = locator.locate(title, body, outlet_provinces=provinces, outlet_regencies=regencies)
    if as_json:
        write_json([as_record(place, locator.gazetteer) for place in places])
    elif as_geojson:
        write_json(feature_collection(places, locator.gazetteer))
    else:
        show_table(places, title, body, locator.gazetteer, speaker_of(ctx))


def read_standard_input() -> str:
    """Return the text on standard input; InputError where it is too long or no UTF-8."""
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"the text is longer than {MAX_BYTES:,} bytes; give one article at a time", where="-")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("the text is not UTF-8; convert it first, e.g. with iconv", where="-") from error


def full_name(code: str, gazetteer: Gazetteer) -> str:
    """Return a unit's name with all that it lies in: *Kecamatan Talawi, Kota Sawahlunto, Sumatera Barat*."""
    codes = [code]
    while (above := codes[-1].rpartition(".")[0]) != "":
        codes.append(above)
    return ", ".join(gazetteer.name(item) for item in codes)


def as_record(place: Place, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return a place as JSON has it: the fields of `Place`, the full name and the point (latitude, longitude)."""
    point = gazetteer.point(place.code)
    return asdict(place) | {
        "role": str(place.role),
        "full_name": full_name(place.code, gazetteer),
        "point": list(point) if point else None,
    }


def feature_collection(places: Sequence[Place], gazetteer: Gazetteer) -> dict[str, Any]:
    """Return the places as GeoJSON (RFC 7946: longitude first); one without a point has a null geometry."""
    features = []
    for place in places:
        point = gazetteer.point(place.code)
        properties = as_record(place, gazetteer)
        del properties["point"]
        geometry = {"type": "Point", "coordinates": [point[1], point[0]]} if point else None
        features.append({"type": "Feature", "id": place.code, "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def show_table(
    places: Sequence[Place], title: str, text: str, gazetteer: Gazetteer, say: Callable[[str, str], str]
) -> None:
    """Print the places as a table for a person, or say that there is none."""
    if not places:
        click.echo(say("Tidak ada tempat yang dikenali.", "No place was recognised."))
        return
    rows = []
    for place in places:
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
