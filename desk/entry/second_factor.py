"""The second factor: a code of six digits that a telephone makes anew every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pyotp
import segno
from markupsafe import Markup

if TYPE_CHECKING:
    from datetime import datetime

PERIOD_S: Final = 30
SLACK: Final = 1
"""Steps before and after now that are taken: telephones are half a minute off now and then (RFC 6238, section 5.2)."""

ISSUER: Final = "Kentongan"


def new_secret() -> str:
    """Return a new secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def step_of(code: str, secret: str, now: datetime, after: int) -> int | None:
    """Return the time step that a code is of, if it is right now and later than the step ``after``; else None."""
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    maker, present = pyotp.TOTP(secret, interval=PERIOD_S), int(now.timestamp()) // PERIOD_S
    for step in range(present - SLACK, present + SLACK + 1):
        if step > after and pyotp.utils.strings_equal(maker.generate_otp(step), digits):
            return step
    return None


def address_of(secret: str, name: str) -> str:
    """Return the otpauth address that a telephone takes over from a QR code."""
    return pyotp.TOTP(secret, interval=PERIOD_S).provisioning_uri(name=name, issuer_name=ISSUER)


def qr_of(address: str) -> Markup:
    """Return the QR code of an address as an SVG element without styles of its own and without anybody's text."""
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, scale=4, border=4, light="#fff"
    )
    return Markup(out.getvalue().decode())  # noqa: S704  # squares, drawn by segno
