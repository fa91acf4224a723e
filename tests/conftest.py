"""The same surroundings everywhere: no network (pyproject.toml), one zone, the same generated examples in every run."""

import os
import time

from hypothesis import settings

# Not Europe/Stockholm, so that code which forgets to say its zone is seen.
os.environ.update(TZ="UTC", LC_ALL="C.UTF-8", COLUMNS="120", NO_COLOR="1")
os.environ.pop("FORCE_COLOR", None)
time.tzset()

settings.register_profile("steady", derandomize=True, deadline=None)
# pytest --hypothesis-profile=thorough looks for new examples; what it finds becomes an @example.
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile("steady")
