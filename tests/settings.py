"""The application's settings over a data directory of its own, with quick passwords and mail kept in memory."""

import os
import tempfile

os.environ.setdefault("NARVARO_DATA", tempfile.mkdtemp(prefix="narvaro-tests-"))

from narvaro.config.settings import *  # noqa: E402, F403

# Argon2id is asserted by a test of its own; hashing at its cost for every invented person would be most of the run.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
