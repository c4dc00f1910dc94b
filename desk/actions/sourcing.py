"""Sources in the desk: pausing and enabling one, and adding one that was looked at before.

What is written is the user's own catalogue, the same file that ``kentongan sources`` edits.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from data.catalogue import bad_url
from data.catalogue_edit import add_source, set_value
from data.errors import InputError
from flows.source_preview import Asked, refuse_known

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from data.gazetteer import Gazetteer
    from data.records import Source
    from data.store import Store

LEAST_WHY: Final = 3
LONGEST_WHY: Final = 500
LONGEST_NAME: Final = 80
LONGEST_ADDRESS: Final = 500
WORST_TIER: Final = 4
PROVINCE, REGENCY = len("13"), len("13.77")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")


def switch_source(store: Store, catalogue: Path, source: Source, by: str, now: datetime, *, on: bool, why: str) -> bool:
    """Let a source be read from the next crawl on, or no more; return False where it was so already.

    What was read of it stays. Raises InputError without a reason, CatalogueError where the file cannot be written.
    """
    reason = " ".join(why.split())
    if not LEAST_WHY <= len(reason) <= LONGEST_WHY:
        raise InputError(f"say why, in {LEAST_WHY} to {LONGEST_WHY} letters")
    with store.transaction():
        state = store.sources.state(source.id)
        if (source.enabled and state.enabled) is on:
            return False
        action = "sumber_diaktifkan" if on else "sumber_dihentikan"
        store.audit.add(by, action, f"sumber/{source.id}", now, {"alasan": reason})
        if on and not state.enabled:
            store.sources.save(replace(state, enabled=True))
        # The file comes last: where it cannot be written nothing else is.
        if source.enabled is not on:
            set_value(catalogue, source.id, "enabled", on)
    return True


def add_looked_at(
    store: Store, catalogue: Path, sources: Collection[Source], source: Source, by: str, now: datetime
) -> None:
    """Add a source as it was proposed. Raises InputError where it is there by now, CatalogueError as `add_source`."""
    refuse_known(list(sources), Asked(source.home, source.id))
    with store.transaction():
        detail = {"alamat": source.home, "profil": source.profile, "tier": source.tier}
        store.audit.add(by, "sumber_ditambah", f"sumber/{source.id}", now, detail)
        add_source(catalogue, source)


def asked_of(form: Mapping[str, str], gazetteer: Gazetteer) -> Asked:
    """Return what a form says of a site: ``alamat``, ``id``, ``nama``, ``tier``, ``wilayah``.

    Raises InputError, or UnknownItemError for a code that there is not.
    """
    given = form.get("alamat", "").strip()
    address = given if "://" in given else f"https://{given}"
    reason = bad_url(address) if given else "is empty"
    if reason is not None or len(address) > LONGEST_ADDRESS:
        raise InputError(f'"{given[:80]}" {reason or "is too long"}; write the homepage whole: https://langgam.id/')
    identity, name = form.get("id", "").strip(), " ".join(form.get("nama", "").split())
    if identity and not _ID.fullmatch(identity):
        raise InputError(f'"{identity}" is no id of a source: small letters, figures and dashes')
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"the name of a source has at most {LONGEST_NAME} letters")
    tier = form.get("tier", "3").strip()
    if tier not in {str(one) for one in range(1, WORST_TIER + 1)}:
        raise InputError(f"a tier is a number from 1 to {WORST_TIER}")
    codes = form.get("wilayah", "").replace(",", " ").split()
    for code in codes:
        gazetteer.unit(code)  # raises where there is none
        if len(code) not in {PROVINCE, REGENCY}:
            raise InputError(f'"{code}" is no code of a province or kabupaten/kota, such as "13" or "13.77"')
    regencies = tuple(code for code in codes if len(code) == REGENCY)
    provinces = tuple(dict.fromkeys(code[:PROVINCE] for code in codes))
    return Asked(address, identity, name, int(tier), provinces, regencies)
