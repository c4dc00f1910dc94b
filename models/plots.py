"""Plots of a measurement as SVG that lies inside a page: reliability, precision and recall, confusion, labels.

Drawn by matplotlib, which is imported when the first plot is drawn. The same figures give the same bytes: identifiers
are salted with the plot's name, no date is written, text stays text in the page's own font. Colours are CSS variables
of the page (``--ink``, ``--quiet``, ``--line``, ``--accent``, ``--other``), so that a plot is light or dark with it.
"""

from __future__ import annotations

import io
import math
import re
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.measurement import Bin, Interval

INK, QUIET, LINE, ACCENT, OTHER = "#010203", "#040506", "#070809", "#0a0b0c", "#0d0e0f"
"""Stand-ins that matplotlib takes for colours; in the SVG each becomes the page's variable."""
_VARIABLES: Final = {INK: "--ink", QUIET: "--quiet", LINE: "--line", ACCENT: "--accent", OTHER: "--other"}

_SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "font.size": 10.0,
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "none",
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "grid.color": LINE,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "path.simplify": False,
    "text.parse_math": False,
}
_ONE_AT_A_TIME = threading.Lock()  # matplotlib's settings are the process's; the desk draws from several threads

_PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_NAMESPACE = re.compile(r' xmlns(?::\w+)?="[^"]*"')
_NAMED = re.compile(r' id="([^"]*)"')
_REFERRED = re.compile(r'(?:url\(#|href="#)([^)"]+)')
_STYLES = re.compile(r"<style.*?</style>", re.DOTALL)
_FAMILY = re.compile(r"font-family: [^;\"]*; ?")


def reliability(bins: Sequence[Bin], *, name: str, title: str, decimal: str, said: str, true: str, count: str) -> str:
    """Return a reliability diagram (Murphy & Winkler 1977): what was said against what was so, counts below."""

    def draw(figure: Any) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        above.plot([0, 1], [0, 1], color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
        above.plot([one.said for one in bins], [one.true for one in bins], color=ACCENT, marker="o", linewidth=1.6)
        above.set(xlim=(0, 1), ylim=(0, 1), ylabel=true)
        above.grid(visible=True, linewidth=0.5)
        _shares(above.yaxis, decimal)
        _shares(below.xaxis, decimal)
        width = 0.085
        below.bar([(one.low + one.high) / 2 for one in bins], [one.n for one in bins], width=width, color=ACCENT)
        below.set(xlabel=said, ylabel=count, yscale="log")
        below.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        below.minorticks_off()

    return _svg(draw, name=name, title=title, size=(4.6, 4.6))


def precision_recall(
    curve: Sequence[tuple[float, float]],
    marks: Sequence[tuple[float, Interval]],
    *,
    name: str,
    title: str,
    decimal: str,
    precision: str,
    recall: str,
) -> str:
    """Return a precision-recall curve; ``marks`` are recalls with the best precision there and its interval."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        axes.step(
            [point[0] for point in curve], [point[1] for point in curve], where="pre", color=ACCENT, linewidth=1.6
        )
        for least, best in marks:
            axes.axvline(least, color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
            if best.known and not math.isnan(best.low):
                axes.errorbar(
                    [least],
                    [best.value],
                    yerr=_around(best),
                    color=OTHER,
                    marker="o",
                    capsize=3,
                    linewidth=1.4,
                )
        axes.set(xlim=(0, 1.01), ylim=(0, 1.02), xlabel=recall, ylabel=precision)
        axes.grid(visible=True, linewidth=0.5)
        _shares(axes.xaxis, decimal)
        _shares(axes.yaxis, decimal)

    return _svg(draw, name=name, title=title, size=(4.6, 4.0))


def confusion(
    table: Sequence[Sequence[int]], labels: Sequence[str], *, name: str, title: str, gold: str, said: str
) -> str:
    """Return a confusion matrix: counts, shaded by their share of the row (of what was labelled so)."""

    def draw(figure: Any) -> None:
        from matplotlib.patches import Rectangle

        axes, size = figure.subplots(), len(labels)
        for at, row in enumerate(table):
            whole = sum(row)
            for column, count in enumerate(row):
                share = count / whole if whole else 0.0
                colour = ACCENT if at == column else OTHER
                if count:
                    # Seven tenths at most: the number has to be read on it, by day and by night.
                    axes.add_patch(
                        Rectangle(
                            (column, at), 1, 1, facecolor=colour, alpha=round(0.08 + 0.62 * share, 3), linewidth=0
                        )
                    )
                    axes.text(column + 0.5, at + 0.5, str(count), ha="center", va="center")
        axes.set(xlim=(0, size), ylim=(size, 0), xlabel=said, ylabel=gold, aspect="equal")
        turned = 30 if max(map(len, labels)) > 3 else 0
        axes.set_xticks([at + 0.5 for at in range(size)], labels, rotation=turned, ha="right" if turned else "center")
        axes.set_yticks([at + 0.5 for at in range(size)], labels)
        axes.tick_params(length=0)

    side = 1.6 + 0.55 * len(labels)
    return _svg(draw, name=name, title=title, size=(side + 0.6, side))


def bars(
    labels: Sequence[tuple[str, Interval, Interval, Interval]],
    *,
    name: str,
    title: str,
    decimal: str,
    precision: str,
    recall: str,
) -> str:
    """Return F1 per label as bars with their intervals, precision and recall as marks beside them.

    ``labels`` are (name, F1, precision, recall), from above to below; what nobody could measure has no mark.
    """

    def draw(figure: Any) -> None:
        axes, rows = figure.subplots(), range(len(labels))
        axes.barh(rows, [_or_zero(f1.value) for _, f1, _, _ in labels], color=ACCENT, alpha=0.35, height=0.62)
        for at, (_, f1, of_said, of_gold) in enumerate(labels):
            if f1.known and not math.isnan(f1.low):
                axes.errorbar([f1.value], [at], xerr=_around(f1), color=ACCENT, capsize=3, linewidth=1.4)
            for one, mark in ((of_said, "|"), (of_gold, "x")):
                if one.known:
                    axes.plot(
                        [one.value], [at], marker=mark, color=OTHER, markersize=7, markeredgewidth=1.8, linestyle="none"
                    )
        axes.plot([], [], marker="|", color=OTHER, markeredgewidth=1.8, linestyle="none", label=precision)
        axes.plot([], [], marker="x", color=OTHER, linestyle="none", label=recall)
        axes.set(xlim=(0, 1), ylim=(len(labels) - 0.4, -0.6), xlabel="F1")
        _shares(axes.xaxis, decimal)
        axes.set_yticks(list(rows), [label for label, _, _, _ in labels])
        axes.grid(visible=True, axis="x", linewidth=0.5)
        axes.tick_params(axis="y", length=0)
        figure.legend(loc="outside lower center", ncols=2)

    return _svg(draw, name=name, title=title, size=(7.6, 1.1 + 0.3 * len(labels)))


def _shares(axis: Any, decimal: str) -> None:
    axis.set_major_formatter(lambda value, _: f"{value:.1f}".replace(".", decimal))


def _around(one: Interval) -> list[list[float]]:
    return [[max(0.0, one.value - one.low)], [max(0.0, one.high - one.value)]]


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _svg(draw: Callable[[Any], None], *, name: str, title: str, size: tuple[float, float]) -> str:
    """Return what ``draw`` puts on a figure as an ``<svg>`` element; ``name`` keeps its identifiers its own."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    written = io.StringIO()
    with _ONE_AT_A_TIME, mpl.rc_context({**_SETTINGS, "svg.hashsalt": name}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return _inline(written.getvalue(), name, title)


def _inline(svg: str, name: str, title: str) -> str:
    """Return an SVG document as an element of a page: no prologue, metadata, style sheet or name that nobody uses."""
    from html import escape

    for left_out in (_PROLOGUE, _METADATA, _NAMESPACE, _STYLES, _FAMILY):
        svg = left_out.sub("", svg)
    referred = set(_REFERRED.findall(svg))
    # Two plots may draw the same mark: each gets its own name in front, as a page has every identifier once.
    svg = _NAMED.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in referred else "", svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg ", f'<svg class="plot" role="img" aria-label="{escape(title)}" ', 1).strip()
