"""Passwords: argon2id hashes, and which passwords will do.

Parameters are those of OWASP's Password Storage Cheat Sheet (argon2id, 19 MiB, two passes, one lane): about 40 ms a
check on one core. A hash with other parameters is renewed at the next login.
"""

from __future__ import annotations

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data.errors import InputError

SHORTEST: Final = 12
LONGEST: Final = 200
"""NIST SP 800-63B: length, not kinds of letters; the upper bound keeps a hash from being made of a book."""

COMMON: Final = frozenset(
    (
        "admin",
        "bawaslu",
        "desk",
        "indonesia",
        "kentongan",
        "merdeka",
        "password",
        "pemilu",
        "pilkada",
        "qwerty",
        "rahasia",
        "sayang",
        "selamat",
    )
)
"""Stems that guesses begin with; a password that is little more than one of them is refused."""

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_SYLLABLES: Final = tuple(first + vowel for first in "bdgklmnprst" for vowel in "aiu")


def refuse_weak(password: str, *names: str) -> None:
    """Raise InputError, saying what would do, for a password that is short, common or the person's own name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST} characters")
    plain = _letters(password)
    for stem in (*COMMON, *(_letters(name) for name in names if len(_letters(name)) > 3)):
        if stem in plain and len(plain) - len(stem) < 6:
            raise InputError("the password is little more than a common word or a name; take several words")
    if len(set(password)) < 5:
        raise InputError("the password repeats a few characters; take several words")


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())


def hashed(password: str) -> str:
    """Return the hash of a password, with its salt and parameters in it."""
    return HASHER.hash(password)


NOBODY: Final = hashed(secrets.token_hex(16))
"""What the password of a name that is nobody's is held against: the answer must not come sooner than for a real one."""


def is_right(password: str, kept: str) -> bool:
    """Return whether a password is that of a hash; False for a hash that cannot be read."""
    try:
        return HASHER.verify(kept, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def made_up() -> str:
    """Return a password of six groups of syllables that can be read over the telephone: 61 bits."""
    return "-".join("".join(secrets.choice(_SYLLABLES) for _ in range(2)) for _ in range(6))
