"""Measure the quality of every part against labelled material beside the checkout; writes ``out/evaluation.json``.

    python scripts/evaluate.py [--shared ../shared] [--only extraction,reading]

Each part has a script of its own (``scripts/evaluate_<part>.py``) with a function ``evaluate(shared)`` that returns its
figures; it is found by its name. Ends with 1 where a figure misses the bound that the project has set itself.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from figures import table, write  # noqa: E402  # a script's neighbours are found only after this

if TYPE_CHECKING:
    from figures import Figure


def parts() -> dict[str, Path]:
    """Return the evaluation scripts by the name of their part."""
    return {path.stem.removeprefix("evaluate_"): path for path in sorted(HERE.glob("evaluate_*.py"))}


def measure(name: str, shared: Path) -> list[Figure]:
    """Run one part's evaluation and return its figures, with what it took."""
    module = importlib.import_module(f"evaluate_{name}")
    started = time.perf_counter()
    figures: list[Figure] = list(module.evaluate(shared))
    print(f"\n== {name} ({time.perf_counter() - started:.0f} s)\n{table(figures)}", flush=True)
    return figures


def main() -> int:
    """Measure, print, write; return 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HERE.parent.parent / "shared", help="the labelled material")
    parser.add_argument("--only", help="parts, with commas between")
    parser.add_argument("--out", type=Path, default=HERE.parent / "out" / "evaluation.json")
    given = parser.parse_args()
    if not (given.shared / "eval").is_dir():
        print(f"{given.shared} has no labelled material; say where it is with --shared", file=sys.stderr)
        return 66
    wanted = given.only.split(",") if given.only else list(parts())
    unknown = set(wanted) - set(parts())
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts())}", file=sys.stderr)
        return 66
    figures = [figure for name in wanted for figure in measure(name, given.shared)]
    write(figures, given.out)
    missed = [figure.name for figure in figures if not figure.holds]
    print(f"\n{len(figures)} figures in {given.out}" + (f"; missed: {', '.join(missed)}" if missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
