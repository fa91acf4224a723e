"""Measure runs of the demo municipality, one after the other, until it is stopped."""

from narvaro.config import starting

starting.start()

from narvaro.contexts.register.api import facts_folder  # noqa: E402
from narvaro.contexts.register.models import Authority  # noqa: E402
from narvaro.contexts.warnings.api import run_measures  # noqa: E402
from narvaro.core.actor import Actor  # noqa: E402


def main() -> None:
    municipality = Authority.objects.get(kind="municipal_organiser").pk
    while True:
        run_measures(by=Actor.system(municipality), store=facts_folder(municipality))


main()
