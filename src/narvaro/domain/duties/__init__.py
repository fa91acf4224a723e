"""Each duty of the law table as a pure check: what is known in, how it stands and why out (M18).

A check never judges a person and never decides: whether absence is to be investigated is for the principal alone.
"""

from narvaro.domain.duties.facts import (
    Consulted,
    DayFacts,
    EnrolmentFacts,
    GuardianFacts,
    InvalidFacts,
    InvestigationFacts,
    LeaveFacts,
    MonthFacts,
    NoticeFacts,
    PupilFacts,
    ReceivedFacts,
)
from narvaro.domain.duties.investigation import case_duties, closing_answers, not_asked
from narvaro.domain.duties.others import (
    Span,
    all_covered,
    considerable_absence,
    home_told,
    lessons_reported,
    month_for_csn,
    moved,
    of_leave,
    received,
)
from narvaro.domain.duties.standing import Asked, Standing, State, age_on

__all__ = [
    "Asked",
    "Consulted",
    "DayFacts",
    "EnrolmentFacts",
    "GuardianFacts",
    "InvalidFacts",
    "InvestigationFacts",
    "LeaveFacts",
    "MonthFacts",
    "NoticeFacts",
    "PupilFacts",
    "ReceivedFacts",
    "Span",
    "Standing",
    "State",
    "age_on",
    "all_covered",
    "case_duties",
    "closing_answers",
    "considerable_absence",
    "home_told",
    "lessons_reported",
    "month_for_csn",
    "moved",
    "not_asked",
    "of_leave",
    "received",
]
