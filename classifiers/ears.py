"""EARS C1, C2 and C3, and plain three sigma: short-memory alarms over daily counts, many series at once.

L. Hutwagner, W. Thompson, G. M. Seeman, T. Treadwell, "The bioterrorism preparedness and response Early Aberration
Reporting System (EARS)", J. Urban Health 80 (2003), i89-i96 (CDC). They need a week of past, know neither weekday nor
season, and take each series alone. The watch says beside each burst which of them would have fired, and the simulation
(``scripts/simulate_bursts.py``) is held against them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

PAST_DAYS: Final = 7
LAG_DAYS: Final = 2
SIGMAS: Final = 3.0
C3_LIMIT: Final = 2.0
C3_DAYS: Final = 3


def _past(counts: Floats, lag: int, days: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the ``days`` counts ``lag`` days before each; NaN where too few."""
    padded = np.concatenate([np.full((counts.shape[0], days + lag), np.nan), counts], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, days, axis=1)[:, : counts.shape[1]]
    return windows.mean(axis=2), windows.std(axis=2, ddof=1)


def _z(counts: Floats, lag: int) -> Floats:
    """Return by how many standard deviations a count lies above its past; infinite where the past did not vary."""
    mean, spread = _past(counts, lag, PAST_DAYS)
    above = counts - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, above / spread, np.where(above > 0, np.inf, 0.0)) + 0.0 * mean


def c1(counts: Floats) -> Flags:
    """Return where a count (series x days) exceeds mean + 3 SD of the seven days just before it."""
    return np.asarray(_z(counts, 0) > SIGMAS)


def c2(counts: Floats) -> Flags:
    """Return where a count exceeds mean + 3 SD of seven days, two days back: a burst's own start is left out."""
    return np.asarray(_z(counts, LAG_DAYS) > SIGMAS)


def c3(counts: Floats) -> Flags:
    """Return where three days exceed C2's mean plus one SD by more than 2 SD in sum; earlier C2 alarms are left out."""
    z = _z(counts, LAG_DAYS)
    excess = np.maximum(0.0, np.nan_to_num(z, nan=0.0, posinf=1e6) - 1.0)
    total = excess.copy()
    for back in range(1, C3_DAYS):
        earlier = np.zeros_like(excess)
        kept = np.where(z[:, :-back] <= SIGMAS, excess[:, :-back], 0.0)
        earlier[:, back:] = kept
        total += earlier
    return np.asarray((total > C3_LIMIT) & ~np.isnan(z))


def three_sigma(counts: Floats, past_days: int = 28) -> Flags:
    """Return where a count exceeds mean + 3 SD of the ``past_days`` days just before it."""
    mean, spread = _past(counts, 0, past_days)
    return np.asarray(counts > mean + SIGMAS * spread)
