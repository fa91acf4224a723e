"""Who holds work around a pupil: a person where the role has exactly one, else the function."""

from narvaro.contexts.register.api import Near


def one_in_role(people: tuple[Near, ...], role: str) -> int | None:
    """By why they are there, then by their role in the circle."""
    for found in ([each for each in people if each.why == role], [each for each in people if each.role == role]):
        if len(found) == 1:
            return found[0].user_id
    return None
