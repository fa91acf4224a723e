"""A plan that is written is read again as the same plan, whatever a municipality fills it with."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from narvaro.core.access import access
from narvaro.domain.plan import (
    PARTIES,
    CaseRule,
    Expectation,
    MustDo,
    NotDoing,
    Overdue,
    Plan,
    PlanContact,
    RequiredMeeting,
    Rule,
    Step,
    StepWork,
)
from narvaro.domain.plan_diff import compare
from narvaro.domain.rules import parse_rule
from narvaro.language import Words
from narvaro.plans import plan_of_text, write_plan
from narvaro.plans.diff_words import differences

ROLES = st.sampled_from(sorted(access().roles))
DAYS = st.integers(0, 178)
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn"), exclude_characters="\ufeff")
TEXT = st.text(LETTERS, min_size=1, max_size=60).map(str.strip).filter(bool) | st.sampled_from(
    [
        "no",
        "null",
        "1",
        "- a",
        "a: b",
        "#",
        "{x}",
        "'",
        '"',
        "&a",
        "*a",
        "2026-07-01",
        "=",
        "|",
        "a  b",
        "é",
        "on # off",
    ]
)
IDS = st.from_regex(r"\A[a-z][a-z0-9_]{0,20}\Z")
WORDS = st.builds(Words, TEXT, TEXT | st.just(""))
RULES = st.sampled_from(
    [
        "total_rate(last_20) >= 0.15",
        "occasions(term) >= 5 and (late_count(last_20) > 4 or trend_points(last_20) >= -2.5)",
    ]
).map(parse_rule)
KINDS = st.sampled_from(["law", "published", "own"])


def several(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


def unlike(strategy, by, least=0, most=3):
    return st.lists(strategy, min_size=least, max_size=most, unique_by=by).map(tuple)


MEETING = st.builds(
    RequiredMeeting,
    st.sampled_from(["conversation", "meeting", "pupil_health_team"]),
    st.lists(ROLES, min_size=1, max_size=4).map(tuple),
    DAYS,
)
WORK = st.builds(
    StepWork,
    owner=st.sampled_from(["mentor", "attendance_coordinator", "principal"]),
    others=several(ROLES),
    must_do=unlike(st.builds(MustDo, IDS, WORDS, ROLES | st.just("")), lambda each: each.id),
    meeting=st.none() | MEETING,
    documents=several(WORDS),
    contact_within=DAYS,
    finish_within=st.none() | DAYS,
    follow_up_after=DAYS,
    exit_text=st.none() | WORDS,
    exit_when=st.none() | RULES,
    closing_needs=several(st.sampled_from(["outcome", "pupil_voice", "goals_met_twice"])),
)
NUMBERS = unlike(st.integers(1, 9), lambda each: each, least=1, most=4)


@st.composite
def plans(draw):
    numbers = draw(NUMBERS)
    step = st.sampled_from(numbers)
    ids = draw(st.lists(IDS, min_size=2, max_size=6, unique=True))
    source, rules_to = draw(TEXT), draw(st.integers(1, len(ids) - 1))
    forms, grades = several(st.sampled_from(["GR", "GY"])), several(st.sampled_from(["F", "9"]))
    said = (Expectation(party, text) for party in PARTIES for text in draw(several(WORDS)))
    contact = st.builds(
        PlanContact, WORDS, TEXT | st.just(""), st.sampled_from(["", "08-1"]), st.sampled_from(["", "a@b.se"])
    )
    return Plan(
        name=draw(IDS),
        version=draw(TEXT.map(lambda text: text[:40].strip())),
        title=draw(TEXT),
        source=source,
        valid_from=draw(st.dates(date(2000, 1, 1), date(2099, 1, 1))),
        occasion=draw(st.sampled_from(["spell", "day", "lesson"])),
        steps=tuple(Step(number, draw(WORDS), draw(WORK)) for number in numbers),
        rules=tuple(
            Rule(
                each,
                draw(step),
                draw(st.integers(1, 4)),
                draw(RULES),
                draw(WORDS),
                draw(TEXT | st.just(source)),
                draw(forms),
                draw(grades),
                draw(KINDS),
            )
            for each in ids[:rules_to]
        ),
        case_rules=tuple(CaseRule(each, draw(step), draw(WORDS), draw(TEXT)) for each in ids[rules_to:]),
        kind=draw(KINDS),
        expectations=tuple(said),
        contacts=draw(several(contact)),
        not_doing=draw(several(st.builds(NotDoing, ROLES, WORDS))),
        guardian_texts=draw(several(WORDS)),
        overdue=draw(
            st.builds(
                Overdue,
                remind_before=DAYS,
                escalate_after=DAYS,
                in_line=st.lists(ROLES, min_size=1, max_size=4).map(tuple),
            )
        ),
        schools_may_change=draw(several(st.sampled_from(["deadlines", "participants", "must_do", "contacts"]))),
    )


@given(plans())
def test_what_is_written_is_read_again(plan):
    assert plan_of_text(write_plan(plan), "plan") == plan


@given(plans(), plans())
def test_two_plans_differ_in_nothing_only_when_they_say_the_same(one, other):
    assert compare(one, one) == ()
    for change in (*compare(one, other), *compare(other, one)):
        assert change.changes
    there, back = ({each.part: each.kind for each in compare(*pair)} for pair in ((one, other), (other, one)))
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {part: opposite[kind] for part, kind in there.items()} == back
    for part in differences(one, other, "sv"):
        assert part.part
        assert all(each.before != each.after for each in part.differences), part
