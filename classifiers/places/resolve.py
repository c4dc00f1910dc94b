"""Which unit each name means: by the words around it, by what else the text names, by what the outlet covers.

Nothing is guessed away: where two units stay possible the likelier one is taken, marked ambiguous and stored with the others.
The weights are points of evidence, added and turned into shares by a softmax; the order among them is section 3.5's.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifiers.places.recognise import LOCATIVES, fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifiers.places.lexicon import Lexicon
    from classifiers.places.recognise import Mention

LEVEL_POINTS = {2: 3.0, 5: 3.0, 8: 1.2, 13: 0.0}
"""A name that several levels share means the highest one unless something says otherwise."""

FRAME_FITS, FRAME_DIFFERS = 4.0, -4.0
PARENT_FOLLOWS = 4.0  # "X, Y": Y is above X
CHILD_PRECEDES = 2.5  # "X, Y": X lies in this Y
SAME_KABKOTA, SAME_PROVINCE, SAME_SENTENCE = 2.2, 0.8, 1.0
OUTLET_REGENCY, OUTLET_PROVINCE = 1.6, 0.9
EXPLICIT_ELSEWHERE = 2.6  # "Kota Solok" elsewhere makes a bare "Solok" the city
CHILD_ELSEWHERE = 1.4
UNDECIDED = 1.1
"""Points between the best two candidates below which none is ruled out: the better has then less than 3 of 4 shares."""

DEFAULT_KOTA = frozenset({"bandung", "semarang", "malang", "kupang", "jayapura"})
"""Bare names that mean the city (section 3.3); the other pairs have no default."""

MAX_ALTERNATIVES = 5


@dataclass(slots=True)
class Resolved:
    """A mention with its unit: ``alternatives`` are the other candidates with their shares, best first."""

    mention: Mention
    code: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    ambiguous: bool = False
    landmark: bool = False


@dataclass(slots=True)
class Context:
    """What the text and its outlet say before any doubtful name is looked at.

    ``regencies`` and ``provinces`` count the mentions that speak for an area; ``sentences`` holds the areas by zone and sentence;
    ``kinds`` the explicit kabupaten/kota codes by bare name; ``below`` counts framed kecamatan and desa by kabupaten/kota.
    """

    regencies: Counter[str]
    provinces: Counter[str]
    sentences: dict[tuple[str, int], set[str]]
    kinds: dict[str, Counter[str]]
    below: Counter[str]
    outlet_regencies: frozenset[str]
    outlet_provinces: frozenset[str]


def areas(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of provinces and kabupaten/kota among ``codes``."""
    return tuple(code for code in codes if len(code) <= 5)


def is_above(upper: str, lower: str) -> bool:
    """Return whether a unit contains another; the provinces split from Papua in 2022 lie in the old ones too."""
    if lower.startswith(upper + "."):
        return True
    old = {"91": ("93.", "94.", "95."), "92": ("96.",)}.get(upper)
    return bool(old) and lower.startswith(old or ())


def province_keys(code: str) -> tuple[str, ...]:
    """Return the code of the province and, for the new ones of Papua, of the one it was split from."""
    province = code[:2]
    return {"93": ("93", "91"), "94": ("94", "91"), "95": ("95", "91"), "96": ("96", "92")}.get(province, (province,))


def is_certain(mention: Mention, lexicon: Lexicon) -> bool:
    """Return whether a name of a province or kabupaten/kota is surely a place by itself."""
    if mention.form not in lexicon.words.strict and mention.form not in lexicon.common:
        return True
    if mention.frame and any(fits(code, mention.level) for code in areas(mention.codes)):
        return True
    return follows_parent(mention, areas(mention.codes))


def follows_parent(mention: Mention, codes: Iterable[str]) -> bool:
    """Return whether the next name in the chain is one that contains a candidate."""
    following = mention.chain
    if following is None:
        return False
    above = [code for code in following.codes if len(code) <= 8]
    return any(is_above(upper, lower) for lower in codes for upper in above)


def read_context(
    mentions: Sequence[Mention], lexicon: Lexicon, provinces: Iterable[str], regencies: Iterable[str]
) -> Context:
    """Return what the certain names of a text say."""
    context = Context(
        Counter(),
        Counter(),
        defaultdict(set),
        defaultdict(Counter),
        Counter(),
        frozenset(regencies),
        frozenset(provinces),
    )
    for mention in mentions:
        if mention.rejected:
            continue
        upper = areas(mention.codes)
        here = context.sentences[mention.zone, mention.sentence]
        if upper and is_certain(mention, lexicon):
            chosen = [code for code in upper if fits(code, mention.level)] or list(upper)
            if mention.level in {"kab", "kota"} and mention.frame in {"admin", "head"} and len(upper) > 1:
                for code in chosen:
                    context.kinds[mention.form][code] += 1
            for code in chosen:
                if len(code) > 2:
                    context.regencies[code] += 1
                context.provinces[code[:2]] += 1
                here.add(code)
        elif mention.level in {"3", "4"}:
            fitting = {code[:5] for code in mention.codes if fits(code, mention.level)}
            if len(fitting) == 1:
                code = fitting.pop()
                context.below[code] += 1
                context.regencies[code] += 1
    return context


def points(mention: Mention, code: str, context: Context, *, kecamatan: frozenset[str]) -> float:
    """Return the evidence that a mention means a unit."""
    score = LEVEL_POINTS[len(code)]
    if mention.level:
        score += FRAME_FITS if fits(code, mention.level) else FRAME_DIFFERS
    if mention.chain is not None and any(is_above(upper, code) for upper in mention.chain.codes if len(upper) <= 8):
        score += PARENT_FOLLOWS
    if mention.chained is not None and any(
        is_above(code, lower) and (not mention.chained.level or fits(lower, mention.chained.level))
        for lower in mention.chained.codes
    ):
        score += CHILD_PRECEDES
    regency = code[:5]
    provinces = province_keys(code)
    if len(code) > 5:
        if context.regencies[regency]:
            score += SAME_KABKOTA
        if len(code) > 8 and code[:8] in kecamatan:
            score += SAME_KABKOTA
        here = context.sentences.get((mention.zone, mention.sentence), ())
        if regency in here:
            score += SAME_SENTENCE
    elif len(code) == 5:
        explicit = context.kinds.get(mention.form)
        if explicit:
            score += EXPLICIT_ELSEWHERE * explicit[code] / explicit.total()
        score += CHILD_ELSEWHERE * min(context.below[code], 3)
        if mention.form in DEFAULT_KOTA and code[3] == "7" and not mention.level:
            score += UNDECIDED * 1.2
    if any(context.provinces[province] for province in provinces):
        score += SAME_PROVINCE
    if regency in context.outlet_regencies:
        score += OUTLET_REGENCY
    if any(province in context.outlet_provinces for province in provinces):
        score += OUTLET_PROVINCE
    return score


def candidates(mention: Mention, lexicon: Lexicon, context: Context) -> tuple[str, ...]:
    """Return the codes that a mention can mean at all where it stands; empty where it is no place."""
    if mention.rejected:
        return ()
    form, codes = mention.form, mention.codes
    fitting = tuple(code for code in codes if fits(code, mention.level)) if mention.level else ()
    if mention.frame == "admin" and mention.level in {"3", "4"}:
        # "Kecamatan X" where only a desa X is known is that desa's neighbourhood; "Desa X" is never a kabupaten
        return fitting or tuple(code for code in codes if len(code) > 5)
    weak = form in lexicon.common
    strict = weak or form in lexicon.words.strict
    upper = areas(codes)
    kept: list[str] = []
    if upper and (not strict or area_is_meant(mention, upper, lexicon, context, weak=weak)):
        kept.extend(upper)
    if fitting and mention.frame:
        kept.extend(code for code in fitting if code not in kept)
    if weak:
        return tuple(kept)
    lower = [code for code in codes if len(code) > 5 and code not in kept]
    kept.extend(code for code in lower if lower_is_meant(mention, code, lexicon, context, has_upper=bool(upper)))
    return tuple(kept)


def area_is_meant(mention: Mention, upper: Sequence[str], lexicon: Lexicon, context: Context, *, weak: bool) -> bool:
    """Return whether a kabupaten's name that is also a person's or a thing's is the kabupaten here."""
    if mention.frame and any(fits(code, mention.level) for code in upper):
        return True
    if follows_parent(mention, upper):
        return True
    if mention.chain is not None and areas(mention.chain.codes):
        return False  # "Kuningan, Jakarta Selatan" is not Kabupaten Kuningan
    if any(context.kinds.get(mention.form, Counter())[code] for code in upper):
        return not mention.run or mention.zone == "title"
    if mention.run and not mention.preposition and mention.zone == "text":
        return False  # "Syahrul Agam", "Bima Arya"
    named = any(context.regencies[code] for code in upper)
    if weak and " " not in mention.form:
        return named and mention.preposition in LOCATIVES
    if mention.dateline or named:
        return True
    return mention.preposition in LOCATIVES and not mention.run


def lower_is_meant(mention: Mention, code: str, lexicon: Lexicon, context: Context, *, has_upper: bool) -> bool:
    """Return whether an unframed name may be a kecamatan or desa: only with a parent near it."""
    alias = lexicon.alias_kinds.get(mention.form)
    if alias and code in lexicon.codes[mention.form][:1]:
        return True
    followed = mention.chain is not None and any(
        is_above(upper, code) for upper in mention.chain.codes if len(upper) <= 8
    )
    if followed:
        return True
    if has_upper or mention.form in lexicon.words.strict:
        return False
    here = context.sentences.get((mention.zone, mention.sentence), ())
    if len(code) == 8:
        if mention.run and mention.zone == "text" and not mention.preposition:
            return False
        return bool(
            context.regencies[code[:5]]
            or code[:5] in context.outlet_regencies
            or (mention.preposition and any(context.provinces[province] for province in province_keys(code)))
            or (mention.preposition and not mention.run and code[:2] in context.outlet_provinces)
        )
    if mention.run or len(mention.form) < 5:
        return False
    return code[:5] in here and bool(mention.preposition)


def resolve(
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    *,
    outlet_provinces: Iterable[str] = (),
    outlet_regencies: Iterable[str] = (),
) -> list[Resolved]:
    """Return the mentions that are places, in their order, each with its unit."""
    context = read_context(mentions, lexicon, outlet_provinces, outlet_regencies)
    found: list[Resolved] = []
    kecamatan = frozenset(
        code
        for mention in mentions
        if not mention.rejected
        for code in mention.codes
        if len(code) == 8
    )
    for mention in mentions:
        codes = candidates(mention, lexicon, context)
        if codes:
            found.append(decide(mention, codes, lexicon, context, kecamatan))
    for one, two in zip(found, found[1:], strict=False):
        near = one.mention.zone == two.mention.zone and 0 < two.mention.first - one.mention.last <= 3
        if near and len(one.code) == len(two.code) and one.mention.sentence == two.mention.sentence:
            one.mention.listed = two.mention.listed = True
    return found


def decide(
    mention: Mention, codes: Sequence[str], lexicon: Lexicon, context: Context, kecamatan: frozenset[str]
) -> Resolved:
    """Return the mention with the best of its candidates."""
    kind = lexicon.alias_kinds.get(mention.form)
    if kind == "kawasan" and len(codes) > 1 and not mention.frame:
        share = 1 / len(codes)
        rest = tuple((code, round(share, 3)) for code in codes[1 : MAX_ALTERNATIVES + 1])
        return Resolved(mention, codes[0], round(share, 3), rest, ambiguous=True, landmark=True)
    scored = sorted(
        ((points(mention, code, context, kecamatan=kecamatan), -i, code) for i, code in enumerate(codes)), reverse=True
    )
    top = scored[0][0]
    weights = [(math.exp(score - top), code) for score, _, code in scored]
    total = sum(weight for weight, _ in weights)
    shares = [(code, round(weight / total, 3)) for weight, code in weights]
    alternatives = tuple((code, share) for code, share in shares[1:] if share >= 0.02)[:MAX_ALTERNATIVES]
    ambiguous = len(scored) > 1 and top - scored[1][0] < UNDECIDED
    return Resolved(mention, shares[0][0], shares[0][1], alternatives, ambiguous, landmark=kind == "tempat")
