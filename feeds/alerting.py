"""Which incidents leave the house by themselves, and when what has left is updated or taken back: pure rules.

The table is the domain dossier's (section 4.3, "What leaves the house, and when"). A machine never has the last word:
what these rules raise is unverified until a verifikator or ketua says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from data.errors import InputError
from data.records import IncidentStatus, Modality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.records import Alert, Incident

RAISED_BY_ITSELF_FROM = 3
"""Severity from which an incident leaves by itself."""

TRUSTED_TIER = 3
"""Tier 4 (clones and spinners) alone never raises anything: it waits for an analyst."""

ASSERTING = frozenset({Modality.KEJADIAN, Modality.DUGAAN})
VERIFIED = frozenset({IncidentStatus.TERVERIFIKASI, IncidentStatus.DITINDAKLANJUTI, IncidentStatus.SELESAI})
REJECTED = frozenset({IncidentStatus.BUKAN_ANCAMAN, IncidentStatus.DUPLIKAT, IncidentStatus.DITUTUP})

Step = Literal["raise", "update", "cancel"]

ALERT_RULES_KEY: Final = "peringatan"
"""The desk's setting that holds its rules."""

LEAST_LEVEL: Final = 2
"""Severity 0 and 1 are for digest and trend only, whatever a desk sets: an alert of everything is an alert of nothing.
"""
HIGHEST_LEVEL: Final = 4
LOWEST_TIER: Final = 4
MOST_RULES: Final = 50


@dataclass(frozen=True, slots=True)
class AlertRule:
    """What leaves by itself of the incidents that a rule is for; the defaults are the table's.

    It is for incidents of any of ``signals`` in any of ``regions`` (codes, and all below them); () is for all.
    ``from_level`` None: nothing leaves by itself, all waits for an analyst. ``armed_threats``: a threat with a bomb or
    arms leaves too.
    """

    signals: frozenset[str] = frozenset()
    regions: tuple[str, ...] = ()
    from_level: int | None = RAISED_BY_ITSELF_FROM
    modalities: frozenset[Modality] = ASSERTING
    worst_tier: int = TRUSTED_TIER
    armed_threats: bool = True

    def is_for(self, incident: Incident) -> bool:
        """Return whether the rule is for an incident."""
        if self.signals and not self.signals.intersection(incident.signals):
            return False
        codes = [place.code for place in incident.places]
        return not self.regions or any(
            code == region or code.startswith(f"{region}.") for code in codes for region in self.regions
        )

    def lets_out(self, incident: Incident, *, armed_threat: bool) -> bool:
        """Return whether an unverified incident that the rule is for leaves by itself."""
        threat = incident.modality is Modality.ANCAMAN_POTENSI and armed_threat and self.armed_threats
        return (
            self.from_level is not None
            and incident.severity >= self.from_level
            and (incident.modality in self.modalities or threat)
            and incident.best_tier <= self.worst_tier
        )


DEFAULT_RULE: Final = AlertRule()


@dataclass(frozen=True, slots=True)
class AlertRules:
    """The rules of a desk: the first of ``special`` that is for an incident decides, else ``general``."""

    general: AlertRule = DEFAULT_RULE
    special: tuple[AlertRule, ...] = ()

    def rule_for(self, incident: Incident) -> AlertRule:
        """Return the rule that decides about an incident."""
        return next((rule for rule in self.special if rule.is_for(incident)), self.general)


DEFAULT_RULES: Final = AlertRules()


def alert_rules_of(setting: Any) -> AlertRules:
    """Return the rules of a desk's setting, ``{"umum": rule, "khusus": [rule, …]}``; the defaults for None.

    A rule has ``sinyal`` and ``wilayah`` (lists), ``tingkat`` (2 to 4, or null: all waits), ``modalitas`` (a list),
    ``tier`` (1 to 4) and ``ancaman_senjata``. Raises InputError naming what will not do.
    """
    if setting is None:
        return DEFAULT_RULES
    if not isinstance(setting, dict) or not isinstance(setting.get("khusus", []), list):
        raise InputError("alert rules have umum and khusus")
    special = tuple(_rule(entry) for entry in setting.get("khusus", []))
    if len(special) > MOST_RULES:
        raise InputError(f"there can be at most {MOST_RULES} special rules")
    for rule in special:
        if not rule.signals and not rule.regions:
            raise InputError("a special rule names a signal or a region; for all incidents there is the general rule")
    return AlertRules(_rule({**setting.get("umum", {}), "sinyal": [], "wilayah": []}), special)


def _rule(entry: Any) -> AlertRule:
    if not isinstance(entry, dict):
        raise InputError("alert rules have umum and khusus")
    level, tier = entry.get("tingkat", RAISED_BY_ITSELF_FROM), entry.get("tier", TRUSTED_TIER)
    if level is not None and (not _is_whole(level) or not LEAST_LEVEL <= level <= HIGHEST_LEVEL):
        raise InputError(f"an alert leaves by itself from severity {LEAST_LEVEL} to {HIGHEST_LEVEL} on, or never")
    if not _is_whole(tier) or not 1 <= tier <= LOWEST_TIER:
        raise InputError(f"a tier is a number from 1 to {LOWEST_TIER}")
    modalities = _texts(entry.get("modalitas", [one.value for one in ASSERTING]))
    unknown = [name for name in modalities if name not in {one.value for one in Modality}]
    if unknown:
        raise InputError(f'there is no modality "{unknown[0]}"; there are {", ".join(one.value for one in Modality)}')
    return AlertRule(
        frozenset(_texts(entry.get("sinyal", []))),
        tuple(dict.fromkeys(_texts(entry.get("wilayah", [])))),
        level,
        frozenset(map(Modality, modalities)),
        tier,
        bool(entry.get("ancaman_senjata", True)),
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _texts(value: Iterable[Any] | Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InputError("sinyal, wilayah and modalitas are lists")
    return [one.strip() for one in value if one.strip()]


def next_step(
    incident: Incident,
    current: Alert | None,
    *,
    withdrawn: bool,
    armed_threat: bool = False,
    fresh: bool = True,
    rules: AlertRules = DEFAULT_RULES,
) -> Step | None:
    """Return what is to be done about an incident now; None where nothing is.

    ``current`` is the last revision of its alert. What was merged into another incident is told of by that one.
    ``withdrawn`` says that every outlet has taken its article down. ``armed_threat`` marks a threat with a bomb or
    arms, the one kind of mere threat that leaves by itself. ``fresh`` says that something was read of it lately: what
    a new model finds in the archive waits for a person. ``rules`` are the desk's.
    """
    standing = current is not None and current.state != "cancelled"
    merged = incident.merged_into is not None
    over = incident.status in REJECTED or withdrawn or incident.severity == 0 or merged
    if standing:
        if over:
            return "cancel"
        assert current is not None  # noqa: S101  # said by ``standing``; for the type checker
        changed = incident.revision != current.incident_revision or (incident.status in VERIFIED) != current.verified
        return "update" if changed else None
    if over:
        return None
    if incident.status in VERIFIED:
        return "raise"
    if fresh and rules.rule_for(incident).lets_out(incident, armed_threat=armed_threat):
        return "raise"
    return None


def is_verified(incident: Incident) -> bool:
    """Return whether a person has verified the incident."""
    return incident.status in VERIFIED


def is_standing(alert: Alert | None) -> bool:
    """Return whether an alert is out and not cancelled."""
    return alert is not None and alert.state != "cancelled"


def is_drill(current: Alert | None, *, exercise: bool) -> bool:
    """Return whether the next revision of an alert is a drill; ``exercise``: the desk is in one now.

    What was raised as a drill stays one until it is cancelled, and what is real stays real: its readers must get its
    updates and its end. Only what is raised, or raised again, is as the desk is now.
    """
    return current.exercise if current is not None and is_standing(current) else exercise
