"""The application's settings over a data directory of its own, with quick passwords and mail kept in memory."""

import os
import tempfile

# Playwright's event loop lives in the thread of a test process that also asks the database, never both at once.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
os.environ["NARVARO_DATA"] = tempfile.mkdtemp(prefix="narvaro-tests-")

from narvaro.config.settings import *  # noqa: F403

# Argon2id is asserted by a test of its own; hashing at its cost for every invented person would be most of the run.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
SECOND_FACTOR = "offered"  # as tests sign in without one; what is required has its own tests
if DATABASES["default"]["ENGINE"] == "narvaro.config.sqlite":  # noqa: F405
    # Said, since pytest-xdist would make it a file beside another's where it does not know the engine.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
