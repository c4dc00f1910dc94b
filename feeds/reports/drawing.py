"""Drawings of few shapes, written as SVG for pages and as PNG for Word and workbooks: the same picture in each.

Only rectangles, circles, lines, dots and words, in pixels from the upper left corner. Colours are for white paper; what
they say stands beside them in words or numbers too.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Final

INK: Final = "#1c2430"
QUIET: Final = "#56616f"
LINE: Final = "#d3d0c6"
PAPER: Final = "#ffffff"
LEVEL_COLOURS: Final = ("#6b7480", "#3f7d58", "#a36a00", "#b8400e", "#8d1030")
"""By severity 0 to 4, as on the desk; darker with each, so that they stay apart in grey."""
FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
PNG_DPI: Final = 200
PIXELS_PER_INCH: Final = 96
"""CSS pixels: what the measures of a drawing are in."""

_ONE_AT_A_TIME = threading.Lock()  # matplotlib's settings are the process's


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle; ``fill`` None leaves it open."""

    x: float
    y: float
    radius: float
    fill: str | None
    edge: str | None = None
    thickness: float = 1.5


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    colour: str
    thickness: float = 1.0


@dataclass(frozen=True, slots=True)
class Dots:
    """Many small dots of one size and colour."""

    points: tuple[tuple[float, float], ...]
    colour: str
    size: float


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; ``y`` is its base line, ``anchor`` start, middle or end; ``halo`` lets it be read on a map."""

    x: float
    y: float
    text: str
    size: float = 12.0
    anchor: str = "start"
    colour: str = INK
    bold: bool = False
    halo: bool = False


Shape = Box | Disc | Stroke | Dots | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in the order in which they are drawn, in a frame of so many pixels."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def svg(drawing: Drawing, alt: str) -> str:
    """Return the drawing as an ``<svg>`` element for a page; it asks for nothing and needs no style sheet."""
    inside = "".join(_element(shape) for shape in drawing.shapes)
    return (
        f'<svg viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img" aria-label="{escape(alt)}"'
        f' font-family="{escape(FONT)}">{inside}</svg>'
    )


def _element(shape: Shape) -> str:
    if isinstance(shape, Box):
        edge = f' stroke="{shape.edge}"' if shape.edge else ""
        return (
            f'<rect x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}"'
            f' fill="{shape.fill}"{edge}/>'
        )
    if isinstance(shape, Disc):
        edge = f' stroke="{shape.edge}" stroke-width="{shape.thickness:g}"' if shape.edge else ""
        return f'<circle cx="{shape.x:g}" cy="{shape.y:g}" r="{shape.radius:g}" fill="{shape.fill or "none"}"{edge}/>'
    if isinstance(shape, Stroke):
        return (
            f'<path d="M{shape.x:g} {shape.y:g}L{shape.to_x:g} {shape.to_y:g}" stroke="{shape.colour}"'
            f' stroke-width="{shape.thickness:g}" fill="none"/>'
        )
    if isinstance(shape, Dots):
        path = "".join(dict.fromkeys(f"M{x:g} {y:g}h0" for x, y in shape.points))
        return (
            f'<path d="{path}" stroke="{shape.colour}" stroke-width="{shape.size:g}" stroke-linecap="round"'
            ' fill="none"/>'
        )
    halo = f' stroke="{PAPER}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"' if shape.halo else ""
    weight = ' font-weight="700"' if shape.bold else ""
    return (
        f'<text x="{shape.x:g}" y="{shape.y:g}" font-size="{shape.size:g}" text-anchor="{shape.anchor}"'
        f' fill="{shape.colour}"{weight}{halo}>{escape(shape.text)}</text>'
    )


@lru_cache(maxsize=12)  # Word and workbook show the same pictures
def png(drawing: Drawing) -> bytes:
    """Return the drawing as a PNG of `PNG_DPI`, by matplotlib, which is imported now (about half a second)."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    written = io.BytesIO()
    settings: dict[Any, Any] = {"text.parse_math": False, "font.family": ["DejaVu Sans"], "path.simplify": False}
    with _ONE_AT_A_TIME, mpl.rc_context(settings):
        figure = Figure(figsize=(drawing.width / PIXELS_PER_INCH, drawing.height / PIXELS_PER_INCH), dpi=PNG_DPI)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set(xlim=(0, drawing.width), ylim=(drawing.height, 0))
        for at, shape in enumerate(drawing.shapes):
            _paint(axes, shape, at)
        FigureCanvasAgg(figure)
        figure.savefig(written, format="png", facecolor=PAPER, metadata={"Software": None})
    return written.getvalue()


def _paint(axes: Any, shape: Shape, order: int) -> None:
    from matplotlib.patches import Circle, Rectangle
    from matplotlib.patheffects import withStroke

    points = 72 / PIXELS_PER_INCH  # matplotlib counts text and lines in points
    if isinstance(shape, Box):
        edge = shape.edge or "none"
        corner = (shape.x, shape.y)
        axes.add_patch(Rectangle(corner, shape.width, shape.height, facecolor=shape.fill, edgecolor=edge, zorder=order))
    elif isinstance(shape, Disc):
        axes.add_patch(
            Circle(
                (shape.x, shape.y),
                shape.radius,
                facecolor=shape.fill or "none",
                edgecolor=shape.edge or "none",
                linewidth=shape.thickness * points,
                zorder=order,
            )
        )
    elif isinstance(shape, Stroke):
        axes.plot(
            [shape.x, shape.to_x],
            [shape.y, shape.to_y],
            color=shape.colour,
            linewidth=shape.thickness * points,
            zorder=order,
        )
    elif isinstance(shape, Dots):
        axes.plot(
            [x for x, _ in shape.points],
            [y for _, y in shape.points],
            linestyle="none",
            marker="o",
            markersize=shape.size * points,
            markeredgewidth=0,
            color=shape.colour,
            zorder=order,
        )
    else:
        axes.text(
            shape.x,
            shape.y,
            shape.text,
            fontsize=shape.size * points,
            ha={"start": "left", "middle": "center", "end": "right"}[shape.anchor],
            va="baseline",
            color=shape.colour,
            fontweight="bold" if shape.bold else "normal",
            zorder=order,
            path_effects=[withStroke(linewidth=2.6, foreground=PAPER)] if shape.halo else None,
        )
