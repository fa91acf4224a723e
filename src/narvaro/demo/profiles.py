"""What is drawn once for each pupil: how much absence, of which kind, and how it lies in the year."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

from narvaro.demo.calibration import Quantiles, StageModel, calibration, quantiles
from narvaro.demo.draws import Draws
from narvaro.demo.groups import Group
from narvaro.demo.people import Pupil

MOST_ABSENCE = 0.97
MOST_INVALID_SHARE = 0.9
WHOLE_DAYS_OF_VALID = 0.85  # the rest of valid absence is parts of days: a dentist, home with a fever at noon
_SCATTERED_SHARE = 0.8
_LEAVE_SHARE = 0.03
_MOST_AVOIDED = 0.8
# Limits of standing and, up to each, the chance of each trajectory. Worked out so that the whole has the shares of
# calibration.yaml while those with most absence are the chronic ones, and those with little the stable ones.
TRAJECTORIES: tuple[tuple[float, Mapping[str, float]], ...] = (
    (0.50, {"stable": 0.862, "illness": 0.138}),
    (
        0.85,
        {"stable": 0.4829, "illness": 0.30, "climb": 0.0871, "sudden": 0.05, "scattered": 0.0514, "leave": 0.0286},
    ),
    (0.97, {"chronic": 0.1833, "sudden": 0.15, "climb": 0.35, "scattered": 0.10, "illness": 0.2167}),
    (1.00, {"chronic": 0.60, "sudden": 0.15, "climb": 0.25}),
)
_WEEKS_AT_TOP, _WEEKS_UNTIL_HELP = 2, 9
# Weeks of the year (0 is the first) in which a trajectory can set in.
_ONSETS = {"climb": (1, 16), "sudden": (6, 30), "illness": (2, 40), "leave": (3, 39)}


@dataclass(frozen=True, slots=True)
class Profile:
    """Rates are shares of the pupil's time: ``whole_days`` of all days; the others of the days that are attended.

    ``late`` is in minutes lost by late arrivals. ``climb_slope`` is the rise per week on the logit scale; from week
    ``turn`` on, the share ``recovery`` of what has been added goes away.
    """

    pupil: int
    whole_days: float
    part_days: float
    blocks: float
    late: float
    trajectory: str
    onset: int
    second_onset: int
    climb_slope: float
    climb_weeks: int
    turn: int
    recovery: float
    avoided: tuple[str, str]
    avoided_rate: float


@dataclass(frozen=True, slots=True)
class _Amount:
    """A pupil's share of absent time and of invalid time; ``is_fixed`` when the trajectory decides the latter."""

    pupil: Pupil
    trajectory: str
    absence: float
    invalid: float
    is_fixed: bool


def build_profiles(draws: Draws, pupils: Sequence[Pupil], level: float) -> Iterator[Profile]:
    """Of everyone but the cast. ``level`` scales all absence."""
    inverse = quantiles()
    by_stage: defaultdict[str, list[_Amount]] = defaultdict(list)
    for pupil in pupils:
        if pupil.cast is None:
            by_stage[pupil.stage].append(_amount(draws, pupil, inverse[pupil.stage], level))
    for name, amounts in by_stage.items():
        stage = calibration().stages[name]
        for amount in _to_invalid_share(amounts, stage.invalid_share):
            yield _profile(draws, amount, stage)


def _amount(draws: Draws, pupil: Pupil, inverse: Quantiles, level: float) -> _Amount:
    trajectory = _trajectory(draws, pupil)
    absence = min(MOST_ABSENCE, level * inverse.at(pupil.standing))
    usual = calibration().stages[pupil.stage].invalid_share
    if trajectory == "scattered":
        return _Amount(pupil, trajectory, absence, absence * min(_SCATTERED_SHARE, 4 * usual), True)
    if trajectory == "leave":
        return _Amount(pupil, trajectory, absence, absence * _LEAVE_SHARE, True)
    spread = 0.2 + 0.8 * min(4.0, -log(1 - draws.share("invalid share", pupil.number)))
    return _Amount(pupil, trajectory, absence, absence * min(MOST_INVALID_SHARE, usual * spread), False)


def _to_invalid_share(amounts: Sequence[_Amount], share: float) -> Iterator[_Amount]:
    """Scaled so that the stage's invalid time is the wanted share of its absent time, whoever is in it."""
    fixed = sum(each.invalid for each in amounts if each.is_fixed)
    free = sum(each.invalid for each in amounts if not each.is_fixed)
    wanted = share * sum(each.absence for each in amounts) - fixed
    factor = max(0.0, wanted / free) if free else 1.0
    for each in amounts:
        scaled = min(each.absence * MOST_INVALID_SHARE, each.invalid * factor)
        yield each if each.is_fixed else replace(each, invalid=scaled)


def _profile(draws: Draws, amount: _Amount, stage: StageModel) -> Profile:
    pupil = amount.pupil
    valid = amount.absence - amount.invalid
    whole_days = WHOLE_DAYS_OF_VALID * valid
    attended = 1 - whole_days
    late = stage.late_share * amount.invalid / attended
    blocks = amount.invalid / attended - late
    onset = _onset(draws, pupil, amount.trajectory, "onset")
    climb_weeks = 12 + draws.whole("climb weeks", pupil.number) % 9
    avoided, avoided_rate = ("", ""), 0.0
    if amount.trajectory == "scattered":
        avoided, avoided_rate, blocks = _avoided(draws, pupil, blocks)
    return Profile(
        pupil=pupil.number,
        whole_days=whole_days,
        part_days=(valid - whole_days) / attended,
        blocks=blocks,
        late=late,
        trajectory=amount.trajectory,
        onset=onset,
        second_onset=_onset(draws, pupil, amount.trajectory, "second onset"),
        climb_slope=0.10 + 0.10 * draws.share("slope", pupil.number),
        climb_weeks=climb_weeks,
        turn=onset + (climb_weeks + _WEEKS_AT_TOP if amount.trajectory == "climb" else _WEEKS_UNTIL_HELP),
        recovery=draws.weighted(tuple(calibration().recoveries.items()), "recovery", pupil.number),
        avoided=avoided,
        avoided_rate=avoided_rate,
    )


def _trajectory(draws: Draws, pupil: Pupil) -> str:
    chances = next(chances for limit, chances in TRAJECTORIES if pupil.standing < limit)
    return draws.weighted(tuple(chances.items()), "trajectory", pupil.number)


def _onset(draws: Draws, pupil: Pupil, trajectory: str, purpose: str) -> int:
    first, last = _ONSETS.get(trajectory, (0, 0))
    return first + draws.whole(purpose, pupil.number) % (last - first + 1)


def _avoided(draws: Draws, pupil: Pupil, needed: float) -> tuple[tuple[str, str], float, float]:
    """One subject, or two when one has too few lessons; what two can not hold is left over for any lesson."""
    minutes = _subject_minutes(pupil.group)
    first, second, *_ = draws.shuffled(sorted(minutes), "avoided", pupil.number)
    whole = sum(minutes.values())
    one_rate = needed * whole / minutes[first]
    if one_rate <= _MOST_AVOIDED:
        return (first, ""), one_rate, 0.0
    share = (minutes[first] + minutes[second]) / whole
    rate = min(_MOST_AVOIDED, needed / share)
    return (first, second), rate, needed - rate * share


def _subject_minutes(group: Group) -> Counter[str]:
    minutes: Counter[str] = Counter()
    for slot in group.slots:
        minutes[slot.subject] += slot.minutes
    return minutes
