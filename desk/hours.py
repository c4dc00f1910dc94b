"""Times of day as people write them: 22:00, 22.00 or 22, spans 22:00-05:00, lists 06:00, 18:00."""

from __future__ import annotations

from datetime import time

from data.errors import InputError


def time_of(text: str) -> time:
    """Return a time of day; InputError where the text is none."""
    hour, colon, minute = text.strip().replace(".", ":").partition(":")
    try:
        return time(int(hour), int(minute) if colon else 0)
    except ValueError as error:
        raise InputError(f'"{text.strip()[:20]}" is no time of day, such as 22:00') from error


def span_of(text: str) -> tuple[time, time] | None:
    """Return a span such as 22:00-05:00; None for an empty text. InputError where it is no span."""
    if not text.strip():
        return None
    start, _, end = text.replace("–", "-").partition("-")
    return time_of(start), time_of(end)


def times_of(text: str) -> tuple[time, ...]:
    """Return times with commas between them, each once and in order; InputError where one is none."""
    return tuple(sorted({time_of(one) for one in text.split(",") if one.strip()}))


def shown_span(span: tuple[time, time] | None) -> str:
    """Return a span as `span_of` reads it."""
    return f"{span[0]:%H:%M}-{span[1]:%H:%M}" if span else ""


def shown_times(times: tuple[time, ...]) -> str:
    """Return times as `times_of` reads them."""
    return ", ".join(f"{one:%H:%M}" for one in times)
