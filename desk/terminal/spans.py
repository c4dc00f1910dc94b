"""A length of time as an option: a number that a clock can count."""

from __future__ import annotations

import math
from typing import Any

import click


class Span(click.FloatRange):
    """A positive number up to ``most``, and a number: ``nan`` is inside every range that is asked about."""

    def __init__(self, least: float, most: float) -> None:
        super().__init__(min=least, max=most)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; click's usage error says the range where it is none of it."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is no length of time", param, ctx)
        return number


DAYS = Span(0.01, 36_500)
MINUTES = Span(0.1, 525_600)
