"""What a text and its outlet say of areas before any doubtful name is looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classifiers.places.recognise import fits
from data.gazetteer import KABKOTA, KECAMATAN, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from classifiers.places.lexicon import Lexicon
    from classifiers.places.recognise import Mention

SPLIT_PROVINCES = {"93": "91", "94": "91", "95": "91", "96": "92"}
"""The provinces made in 2022 out of Papua (91) and Papua Barat (92): older texts know their kabupaten under those."""
SPLIT_FROM = frozenset(SPLIT_PROVINCES.values())
_NOWHERE: frozenset[str] = frozenset()


@dataclass(slots=True)
class Context:
    """The areas that a text's certain names speak for, and those its outlet covers.

    ``regencies`` are the kabupaten/kota that are named, themselves or by what lies in them; ``forms`` holds the names
    that surely mean a kabupaten/kota, ``province_forms`` those of a province and of what lies in it; ``sentences`` the
    areas by zone and sentence; ``kinds`` the explicit kabupaten/kota codes by bare name; ``below`` counts kecamatan and
    desa by the one kabupaten/kota they can lie in; ``districts`` holds the names by which a kecamatan occurs.
    """

    outlet_regencies: frozenset[str]
    outlet_provinces: frozenset[str]
    regencies: set[str] = field(default_factory=set)
    province_forms: dict[str, set[str]] = field(default_factory=dict)
    forms: dict[str, set[str]] = field(default_factory=dict)
    sentences: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    below: dict[str, int] = field(default_factory=dict)
    districts: dict[str, set[str]] = field(default_factory=dict)

    def here(self, mention: Mention) -> AbstractSet[str]:
        """Return the areas that the mention's own sentence names."""
        return self.sentences.get((mention.zone, mention.sentence), _NOWHERE)

    def knows_province(self, code: str, *, besides: str = "") -> bool:
        """Return whether the text names something in a unit's province, or in the one it was split from.

        ``besides`` is a name that does not count: a doubtful one cannot speak for itself.
        """
        forms = self.province_forms
        for province in province_keys(code):
            names = forms.get(province)
            if names and (len(names) > 1 or besides not in names):
                return True
        return False


def areas(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of provinces and kabupaten/kota among ``codes``."""
    return tuple([code for code in codes if len(code) <= KABKOTA])


def province_keys(code: str) -> tuple[str, ...]:
    """Return the code of the province and, for the new ones of Papua, of the one it was split from."""
    province = code[:PROVINCE]
    return (province, SPLIT_PROVINCES[province]) if province in SPLIT_PROVINCES else (province,)


def is_above(upper: str, lower: str) -> bool:
    """Return whether a unit contains another; the provinces split from Papua in 2022 lie in the old ones too."""
    if lower.startswith(upper):
        return len(lower) > len(upper)
    return upper in SPLIT_FROM and SPLIT_PROVINCES.get(lower[:PROVINCE]) == upper


def follows_parent(mention: Mention, codes: Iterable[str]) -> bool:
    """Return whether the next name in the chain is one that contains one of ``codes``."""
    if mention.chain is None:
        return False
    above = [code for code in mention.chain.codes if len(code) <= KECAMATAN]
    return bool(above) and any(is_above(upper, lower) for lower in codes for upper in above)


def contradicts_parent(mention: Mention, codes: Iterable[str]) -> bool:
    """Return whether the next name in the chain is a kabupaten, kota or province that contains none of ``codes``.

    "Kelurahan Lolong, Padang" is a kelurahan by a name that the tables do not know; it is not the Lolong of Pekalongan.
    """
    if mention.chain is None or mention.chain.rejected:
        return False
    return bool(areas(mention.chain.codes)) and not follows_parent(mention, codes)


def precedes_parent(mention: Mention, codes: Iterable[str]) -> bool:
    """Return whether one of ``codes`` contains what the name before in the chain can be."""
    before = mention.chained
    if before is None:
        return False
    inner = [code for code in before.codes if len(code) > KABKOTA and fits(code, before.level)]
    return bool(inner) and any(is_above(upper, lower) for upper in codes for lower in inner)


def is_certain(mention: Mention, lexicon: Lexicon) -> bool:
    """Return whether a name of a province or kabupaten/kota is surely a place by itself."""
    if mention.form not in lexicon.words.strict and mention.form not in lexicon.common:
        return True
    upper = areas(mention.codes)
    if mention.frame and any(fits(code, mention.level) for code in upper):
        return True
    return follows_parent(mention, upper) or (mention.frame == "" and precedes_parent(mention, upper))


def read_context(
    mentions: Sequence[Mention], lexicon: Lexicon, provinces: Iterable[str], regencies: Iterable[str]
) -> Context:
    """Return what the certain names of a text say."""
    context = Context(frozenset(regencies), frozenset(provinces))
    for mention in mentions:
        if mention.rejected:
            continue
        upper = areas(mention.codes)
        if upper and is_certain(mention, lexicon) and mention.level not in {"3", "4"}:
            note_area(context, mention, upper)
        elif mention.level in {"3", "4"}:
            note_below(context, mention)
        elif is_unique_district(mention):
            context.regencies.add(mention.codes[0][:KABKOTA])
        for code in [code for code in mention.codes if len(code) == KECAMATAN]:
            context.districts.setdefault(code, set()).add(mention.form)
    return context


def is_unique_district(mention: Mention) -> bool:
    """Return whether a name of several words is one kecamatan's and, but for desa within it, nothing else's."""
    code = mention.codes[0] if mention.codes else ""
    return len(code) == KECAMATAN and " " in mention.form and all(other.startswith(code) for other in mention.codes)


def note_area(context: Context, mention: Mention, upper: tuple[str, ...]) -> None:
    """Count a certain name of a province or kabupaten/kota, explicit ones under their kind too."""
    chosen = [code for code in upper if fits(code, mention.level)] or list(upper)
    if mention.level in {"kab", "kota"} and mention.frame in {"admin", "head"} and len(upper) > 1:
        context.kinds.setdefault(mention.form, Counter()).update(chosen)
    context.sentences.setdefault((mention.zone, mention.sentence), set()).update(chosen)
    for code in chosen:
        if len(code) > PROVINCE:
            context.regencies.add(code)
            if len(chosen) == 1:
                context.forms.setdefault(code, set()).add(mention.form)
        context.province_forms.setdefault(code[:PROVINCE], set()).add(mention.form)


def note_below(context: Context, mention: Mention) -> None:
    """Count a framed kecamatan or desa for the one kabupaten/kota in which a unit of that name lies."""
    regencies = {code[:KABKOTA] for code in mention.codes if fits(code, mention.level)}
    if mention.chain is not None and len(regencies) > 1:
        named = {code for code in areas(mention.chain.codes) if len(code) == KABKOTA}
        regencies = (regencies & named) or regencies
    if len(regencies) == 1:
        code = regencies.pop()
        context.below[code] = context.below.get(code, 0) + 1
        context.regencies.add(code)
