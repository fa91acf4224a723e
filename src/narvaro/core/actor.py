"""Who acts: a person in one role within one authority."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """``unit_ids`` are the units the assignment covers; None is the whole authority. ``user_id`` is None for the
    program's own jobs, whose role is ``system``."""

    user_id: int | None
    name: str
    role: str
    authority_id: int
    authority_name: str = ""
    membership_id: int | None = None
    unit_ids: frozenset[int] | None = None
    unit_names: tuple[str, ...] = ()

    @classmethod
    def system(cls, authority_id: int) -> "Actor":
        """For jobs: imports, measure runs, reminders. Its acts are audited like anybody's."""
        return cls(user_id=None, name="Närvaro", role="system", authority_id=authority_id)
