"""False discoveries: how many of thousands of small p-values may be believed.

Every look tests thousands of series (signals by regions by windows); at 0.05 each a quiet day would raise hundreds of
alarms. Controlled is the expected share of false ones among those raised.

Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57 (1995), 289-300;
Y. Benjamini and D. Yekutieli, "The control of the false discovery rate in multiple testing under dependency", Annals of
Statistics 29 (2001), 1165-1188: the former holds too where the tests depend on each other positively, as sums over
overlapping windows and nested regions do; the latter under any dependency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def q_values(p_values: Floats, *, any_dependency: bool = False) -> Floats:
    """Return for each p-value the least false discovery rate at which it would be raised, in [0, 1], same shape.

    ``p_values`` must hold every test that was made, those that show nothing too. p-values of counts are larger than
    uniform ones under the null, so the rate that is reached lies below the one that is asked for. ``any_dependency``
    takes Benjamini and Yekutieli's factor (the harmonic sum) in.
    """
    flat = np.asarray(p_values, dtype=np.float64).ravel()
    count = flat.size
    if count == 0:
        return np.asarray(p_values, dtype=np.float64)
    order = np.argsort(flat, kind="stable")
    factor = float(np.sum(1.0 / np.arange(1, count + 1))) if any_dependency else 1.0
    scaled = flat[order] * count * factor / np.arange(1, count + 1)
    smallest = np.minimum.accumulate(scaled[::-1])[::-1]
    found = np.empty(count)
    found[order] = np.minimum(smallest, 1.0)
    return found.reshape(np.shape(p_values))
