"""Which unit each name means: by the words around it, by what else the text names, by what the outlet covers.

Nothing is guessed away: where two units stay possible the likelier one is taken, marked ambiguous and stored with the
others. The weights are points of evidence, added and turned into shares by a softmax; their order is section 3.5's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from classifiers.places.context import (
    Context,
    areas,
    contradicts_parent,
    follows_parent,
    is_above,
    is_unique_district,
    precedes_parent,
    province_keys,
    read_context,
)
from classifiers.places.lexicon import normal
from classifiers.places.recognise import LOCATIVES, fits
from data.gazetteer import DESA, KABKOTA, KECAMATAN, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifiers.places.lexicon import Lexicon
    from classifiers.places.recognise import Mention

LEVEL_POINTS = {PROVINCE: 3.0, KABKOTA: 3.0, KECAMATAN: 1.2, DESA: 0.0}
"""A name that several levels share means the highest one unless something says otherwise."""

FRAME_FITS, FRAME_DIFFERS = 4.0, -4.0
PARENT_FOLLOWS = 4.0  # "X, Y": Y is above X
CHILD_PRECEDES = 2.5  # "X, Y": X lies in this Y
SAME_KABKOTA, SAME_PROVINCE, SAME_SENTENCE = 2.2, 0.8, 1.0
OUTLET_REGENCY, OUTLET_PROVINCE = 1.6, 0.9
EXPLICIT_ELSEWHERE = 2.6  # "Kota Solok" elsewhere makes a bare "Solok" the city
CHILD_ELSEWHERE = 1.4  # a kecamatan, a capital or a landmark of it elsewhere
DEFAULT = 1.3
CONTRASTED = 0.6  # one "Kabupaten Semarang" beside bare "Semarang" rather sets the two apart
UNDECIDED = 1.1
"""Points between the best two candidates below which none is ruled out: the better has then less than 3 of 4 shares."""

DEFAULT_KOTA = frozenset({"bandung", "semarang", "malang", "kupang", "jayapura"})
"""Bare names that mean the city (section 3.3); the other pairs have no default."""

LIKELIER_KOTA = frozenset({"sorong", "solok"})
"""Bare names that are more often the city, though not surely: the city is then the first of two that stay possible."""

LANDMARKS = frozenset({"tempat", "lembaga"})
VISITED = frozenset({"di", "ke", "menuju", "sekitar", "kawasan"})
MAX_ALTERNATIVES = 5
JAKARTA = "31"
SEAT_SURE = 0.8
"""How far the capital is believed to hold a province's office: some stand in the kabupaten beside it. A judgement."""
LONGEST_CHAIN = 4  # desa, kecamatan, kabupaten, province
SHORTEST_BARE_DESA = 5
"""Letters a desa's name must have to be taken without its type word: 2,086 have four or fewer."""


@dataclass(slots=True)
class Resolved:
    """A mention with its unit: ``alternatives`` are the other candidates with their shares, best first.

    ``landmark`` says that the name is a building's, a mountain's or a region's, not the unit's own.
    """

    mention: Mention
    code: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    ambiguous: bool = False
    landmark: bool = False


def points(mention: Mention, code: str, context: Context) -> float:
    """Return the evidence that a mention means a unit."""
    score = LEVEL_POINTS[len(code)]
    if mention.level:
        score += FRAME_FITS if fits(code, mention.level) else FRAME_DIFFERS
    if follows_parent(mention, (code,)):
        score += PARENT_FOLLOWS
    if precedes_parent(mention, (code,)):
        score += CHILD_PRECEDES
    score += points_below(mention, code, context) if len(code) > KABKOTA else points_area(mention, code, context)
    if context.knows_province(code):
        score += SAME_PROVINCE
    if code[:KABKOTA] in context.outlet_regencies:
        score += OUTLET_REGENCY
    if not context.outlet_provinces.isdisjoint(province_keys(code)):
        score += OUTLET_PROVINCE
    return score


def points_below(mention: Mention, code: str, context: Context) -> float:
    """Return what the areas that the text names say for a kecamatan or desa."""
    regency = code[:KABKOTA]
    score = SAME_KABKOTA if regency in context.regencies else 0.0
    if len(code) == DESA and context.districts.get(code[:KECAMATAN], set()) - {mention.form}:
        score += SAME_KABKOTA
    if regency in context.here(mention):
        score += SAME_SENTENCE
    return score


def points_area(mention: Mention, code: str, context: Context) -> float:
    """Return what the rest of the text says for one of a kabupaten and a kota of the same name."""
    if len(code) != KABKOTA:
        return 0.0
    score = 0.0
    explicit = context.kinds.get(mention.form)
    if explicit:
        once = mention.form in DEFAULT_KOTA and explicit.total() == 1
        weight = CONTRASTED if once else EXPLICIT_ELSEWHERE
        score += weight * explicit[code] / explicit.total()
    score += CHILD_ELSEWHERE * min(context.below.get(code, 0) + len(context.forms.get(code, set()) - {mention.form}), 3)
    if not mention.level and code[3] == "7":
        if mention.form in DEFAULT_KOTA:
            score += DEFAULT
        elif mention.form in LIKELIER_KOTA:
            score += DEFAULT / 4
    return score


def candidates(mention: Mention, lexicon: Lexicon, context: Context) -> tuple[str, ...]:
    """Return the codes that a mention can mean at all where it stands; empty where it is no place."""
    if mention.rejected or mention.cut:
        return ()
    form, codes = mention.form, mention.codes
    if lexicon.alias_kinds.get(form) == "lembaga" and not (VISITED & {mention.preposition, mention.reached}):
        return ()  # "Mahkamah Konstitusi memutuskan" is the court, "sidang di Mahkamah Konstitusi" a place
    fitting = tuple(code for code in codes if fits(code, mention.level)) if mention.level else ()
    if mention.frame == "admin" and mention.level in {"3", "4"}:
        # "Kecamatan X" where only a desa X is known is that desa's neighbourhood; "Desa X" is never a kabupaten
        chosen = fitting or tuple(code for code in codes if len(code) > KABKOTA)
        return () if contradicts_parent(mention, chosen) else chosen
    weak = form in lexicon.common
    upper = areas(codes)
    kept: list[str] = []
    if upper and ((not weak and form not in lexicon.words.strict) or area_is_meant(mention, upper, lexicon, context)):
        kept.extend(upper)
    if fitting and mention.frame:
        kept.extend(code for code in fitting if code not in kept)
    if len(upper) == len(codes):
        return tuple(kept)
    lower = [code for code in codes if len(code) > KABKOTA and code not in kept]
    if weak:
        # "Kapau, Kabupaten Agam": the parent that follows makes a place of a name that is also a dish; "Pilkada Damai,
        # Kutai Barat" is none, so a desa's name must be a place's by the words before it, or stand alone.
        placed = mention.preposition in LOCATIVES or not (mention.run or form in lexicon.words.strict)
        titled = mention.zone == "title"  # where every word has a capital
        lower = [
            code
            for code in lower
            if follows_parent(mention, (code,)) and (placed or (len(code) == KECAMATAN and titled))
        ]
    kept.extend(lower_that_are_meant(mention, lower, lexicon, context, has_upper=bool(upper)))
    return tuple(kept)


def area_is_meant(mention: Mention, upper: Sequence[str], lexicon: Lexicon, context: Context) -> bool:
    """Return whether a kabupaten's name that is also a person's or a thing's is the kabupaten here."""
    if mention.frame and any(fits(code, mention.level) for code in upper):
        return True
    if follows_parent(mention, upper) or precedes_parent(mention, upper):
        return True
    named = not context.regencies.isdisjoint(upper)
    loose = mention.run and not mention.preposition and mention.zone == "text"
    if loose and not mention.border and not mention.route:
        return False  # "Syahrul Agam", "Bima Arya"
    neighbours = [other for other in (mention.chain, mention.chained) if other is not None and areas(other.codes)]
    if neighbours:
        # "Bukittinggi, Agam" lists; "Kuningan, Jakarta Selatan" is not Kabupaten Kuningan
        return any(code[:PROVINCE] == own[:PROVINCE] for other in neighbours for code in other.codes for own in upper)
    near = any(context.knows_province(code, besides=mention.form) for code in upper)
    placed = mention.preposition in LOCATIVES and not mention.run
    if mention.form in lexicon.words.never_alone:
        return named or (placed and near)
    if mention.form in lexicon.common and " " not in mention.form:
        return placed or mention.dateline or (named and bool(mention.preposition))
    listed = mention.preposition in {"dan", "serta"} and not mention.run and mention.zone == "text"
    return placed or listed or named or mention.dateline or mention.border or mention.route


def lower_that_are_meant(
    mention: Mention, codes: Sequence[str], lexicon: Lexicon, context: Context, *, has_upper: bool
) -> list[str]:
    """Return which kecamatan and desa of an unframed name may be meant."""
    if mention.chain is None and mention.form not in lexicon.alias_kinds:
        # A common name is that of sixty desa: what rejects all of them is asked once.
        bare = mention.run or not mention.preposition or len(mention.form) < SHORTEST_BARE_DESA
        if has_upper or bare:
            codes = [code for code in codes if len(code) == KECAMATAN]
    return [code for code in codes if lower_is_meant(mention, code, lexicon, context, has_upper=has_upper)]


def lower_is_meant(mention: Mention, code: str, lexicon: Lexicon, context: Context, *, has_upper: bool) -> bool:
    """Return whether an unframed name may be a kecamatan or desa: with a parent near it, or if no other has it."""
    if mention.form in lexicon.alias_kinds and code in mention.codes[:1]:
        return True
    if follows_parent(mention, (code,)):
        # "Purbalingga, Jawa Tengah" is the kabupaten, not its kecamatan of that name
        return not any(is_above(upper, code) and follows_parent(mention, (upper,)) for upper in areas(mention.codes))
    regency = code[:KABKOTA]
    if has_upper:
        # "Ketapang" in a text about Sampang is its kecamatan, unless the text is about Kalimantan Barat too
        strange = not any(context.knows_province(upper, besides=mention.form) for upper in areas(mention.codes))
        sure = bool(context.forms.get(regency, set()) - {mention.form})
        return len(code) == KECAMATAN and strange and sure and not mention.dateline
    if mention.form in lexicon.words.strict:
        return False
    if len(code) == KECAMATAN:
        if is_unique_district(mention):
            return True
        if mention.run and mention.zone == "text" and not mention.preposition:
            return False
        if regency in context.regencies or regency in context.outlet_regencies:
            return True
        covered = not mention.run and code[:PROVINCE] in context.outlet_provinces
        return bool(mention.preposition) and (context.knows_province(code) or covered)
    if mention.run or len(mention.form) < SHORTEST_BARE_DESA:
        return False
    return bool(mention.preposition) and regency in context.here(mention)


def resolve(
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    *,
    outlet_provinces: Iterable[str] = (),
    outlet_regencies: Iterable[str] = (),
) -> list[Resolved]:
    """Return the mentions that are places, in their order, each with its unit; one on a border of two gives both."""
    likely = [mention for mention in mentions if not mention.bare]
    context = read_context(likely, lexicon, outlet_provinces, outlet_regencies)
    found: list[Resolved] = []
    for mention in likely:
        codes = candidates(mention, lexicon, context)
        if not codes:
            continue
        kind = lexicon.alias_kinds.get(mention.form) if not mention.frame else None
        if kind in LANDMARKS and is_located(mention, codes[0]):
            continue  # "Jam Gadang, Bukittinggi": the area is named and speaks for itself
        if kind == "batas":
            found.extend(Resolved(mention, code, 1.0, landmark=True) for code in codes)
        elif kind == "kawasan" and len(codes) > 1:
            found.append(region(mention, codes))
        else:
            found.append(decide(mention, codes, context, landmark=kind in LANDMARKS))
            seat = seat_of(found[-1], lexicon)
            if seat:
                found.append(Resolved(mention, seat, SEAT_SURE, landmark=True))
    for one, two in pairwise(found):
        if one.mention is two.mention:
            continue
        near = one.mention.zone == two.mention.zone and 0 < two.mention.first - one.mention.last <= 3
        if near and len(one.code) == len(two.code) and one.mention.sentence == two.mention.sentence:
            one.mention.listed = two.mention.listed = True
    return found


def seat_of(place: Resolved, lexicon: Lexicon) -> str:
    """Return the kabupaten/kota in which a province's office stands (*di Kantor Gubernur Jateng*); empty elsewhere.

    Jakarta's offices are in all of its five cities.
    """
    mention = place.mention
    if len(place.code) != PROVINCE or place.code == JAKARTA or not mention.hall:
        return ""
    if "di" not in {mention.preposition, mention.reached} and mention.zone == "text":
        return ""
    capital = lexicon.gazetteer.unit(place.code).capital
    if capital is None:
        return ""
    inside = [code for code in lexicon.codes.get(normal(capital), ()) if code.startswith(place.code + ".")]
    cities = sorted((code for code in inside if len(code) == KABKOTA), key=lambda code: code[3] != "7")
    return cities[0] if cities else inside[0][:KABKOTA] if inside else ""


def is_located(mention: Mention, code: str) -> bool:
    """Return whether a landmark is followed by the kabupaten/kota in which it lies, or by Jakarta."""
    following = mention.chain
    for _ in range(LONGEST_CHAIN):
        if following is None:
            return False
        if not following.rejected and any(
            other == code or other == code[:PROVINCE] == "31" for other in areas(following.codes)
        ):
            return True
        following = following.chain
    return False


def region(mention: Mention, codes: Sequence[str]) -> Resolved:
    """Return a region's mention with the unit that all of its parts share, and the parts as alternatives."""
    share = round(1 / len(codes), 3)
    return Resolved(
        mention,
        codes[0][:PROVINCE],
        1.0,
        tuple((code, share) for code in codes[:MAX_ALTERNATIVES]),
        ambiguous=True,
        landmark=True,
    )


def decide(mention: Mention, codes: Sequence[str], context: Context, *, landmark: bool) -> Resolved:
    """Return the mention with its best candidate; ambiguous where another one, not within it, is nearly as good."""
    if len(codes) == 1:
        return Resolved(mention, codes[0], 1.0, landmark=landmark)
    scored = sorted([(points(mention, code, context), -i, code) for i, code in enumerate(codes)], reverse=True)
    top, _, best = scored[0]
    # a desa named as its kecamatan is no rival: the kecamatan is the unit that both share
    weights = [(math.exp(score - top), code, is_above(best, code)) for score, _, code in scored]
    total = sum([weight for weight, _, within in weights if not within])
    rivals = [score for (score, _, _), (_, _, within) in zip(scored[1:], weights[1:], strict=True) if not within]
    alternatives = [(code, round(w / (total + w * within), 3)) for w, code, within in weights[1:]]
    ambiguous = bool(rivals) and top - rivals[0] < UNDECIDED
    kept = tuple([(code, share) for code, share in alternatives if share >= 0.02][:MAX_ALTERNATIVES])
    return Resolved(mention, best, round(1 / total, 3), kept, ambiguous, landmark)
