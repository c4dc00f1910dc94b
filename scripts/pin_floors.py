#!/usr/bin/env python3
"""Pin the shipped floors anew, to what the shipped model reaches on the shipped held-out articles.

    python scripts/pin_floors.py [--out models/baseline/floors.json]

To be run after the shipped model, the matrix or the made-up held-out pieces have changed, with a look at the figures
that it prints: floors that fall without a reason are what they are there against.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flows.retrain import SHIPPED_FLOORS
from models.challenger import Trainer
from models.exam import said_of
from models.floors import pin, read_floors
from models.gate import GUARDS
from models.judge import BASELINE, Judge
from models.measure import measure
from models.registry import version_of


def main(argv: list[str]) -> int:
    """Write the floors and print each beside what it was before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED_FLOORS)
    wanted = parser.parse_args(argv)
    exam = Trainer().exam((), {})
    said = said_of(Judge.load(BASELINE), exam.rows)
    measured = measure(exam.holdout.truth, said)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    floors = pin(measured, exam.holdout.digest, version_of(BASELINE), GUARDS, by="Kentongan", at=today)
    before = read_floors(wanted.out) if wanted.out.exists() else None
    print(f"{floors.model} on {len(exam.rows)} held-out articles {floors.holdout[:12]}")
    for part in ("figures", "signals", "modalities"):
        for name, value in getattr(floors, part).items():
            old = getattr(before, part).get(name) if before else None
            print(f"  {name:28} {value:.3f}" + (f"  (was {old:.3f})" if old is not None else ""))
    wanted.out.write_text(floors.to_json(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
