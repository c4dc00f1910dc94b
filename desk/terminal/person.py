"""Who is at the keyboard."""

from __future__ import annotations

import getpass


def person() -> str:
    """Return the name of whoever runs the command, as the system knows them; "?" for an account without one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # as in containers
        return "?"
