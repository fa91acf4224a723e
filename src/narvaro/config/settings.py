"""One settings file. What differs between places comes from the environment; see docs/reference/settings.md."""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dj_database_url

from narvaro.config.sqlite import SQLITE_OPTIONS
from narvaro.core.identity_providers import allauth_providers, read_providers
from narvaro.core.practice import practice_day

SOURCE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("NARVARO_DATA", "var")).resolve()
DATA.mkdir(parents=True, exist_ok=True, mode=0o700)


def _kept_secret(name: str) -> str:
    """Made at first start and kept in the data directory, readable by its owner only."""
    path = DATA / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("utf-8")
    with os.fdopen(descriptor, "w") as file:
        file.write(secret := secrets.token_urlsafe(64))
    return secret


SECRET_KEY = os.environ.get("NARVARO_SECRET_KEY") or _kept_secret("secret.key")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("NARVARO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
HTTPS = os.environ.get("NARVARO_HTTPS", "") == "1"  # behind a proxy that ends TLS
ADDRESS = os.environ.get("NARVARO_ADDRESS", "").rstrip("/")  # how links in mail begin; else the address one came by
PRACTICE_DAY = practice_day(DATA)  # an installation that holds the demo municipality, and nobody else
PRACTICE = PRACTICE_DAY is not None or os.environ.get("NARVARO_PRACTICE", "") == "1"
SAML = find_spec("onelogin") is not None  # an extra: requirements/saml.in

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "narvaro.core",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.saml"] if SAML else []),
    "narvaro.ui",
    "narvaro.contexts.register",
    "narvaro.contexts.plan",
    "narvaro.contexts.attendance",
    "narvaro.contexts.cases",
    "narvaro.contexts.meetings",
    "narvaro.contexts.duties",
    "narvaro.contexts.warnings",
    "narvaro.contexts.pupil_page",
    "narvaro.contexts.case_page",
    "narvaro.contexts.intake",
    "narvaro.contexts.sources",
]
# The last opens the transaction that holds what a view reads or writes together with its audit row.
MIDDLEWARE = [
    "narvaro.core.middleware.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "narvaro.core.middleware.session_age.SessionAge",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "narvaro.core.middleware.acting.ActorOfRequest",
    "narvaro.core.middleware.second_factor.SecondFactor",
    "narvaro.core.middleware.acting.AccessAndAudit",
    "narvaro.core.middleware.uploads.Uploads",
]
ROOT_URLCONF = "narvaro.config.urls"
WSGI_APPLICATION = "narvaro.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "narvaro.core.page_context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "narvaro.ui.templatetags.narvaro_ui",
            ],
        },
    }
]

# Opened once a process: opening costs as much as a small page, and closing the last one empties SQLite's journal.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **dj_database_url.parse(
            os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'narvaro.sqlite3'}",
            conn_max_age=None,
            conn_health_checks=True,
        )
    }
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {"ENGINE": "narvaro.config.sqlite", "OPTIONS": SQLITE_OPTIONS}
# The login of web and worker on PostgreSQL, where it is another than the one that migrates (core/row_security.py).
DATABASE_ROLE = os.environ.get("NARVARO_DATABASE_ROLE", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # The default of 300 would let somebody who tries many passwords push out the count of those tries.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "svenska"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["narvaro.core.middleware.uploads.Nowhere"]  # a route that takes files names its own below
_IN_MEMORY = "django.core.files.uploadhandler.MemoryFileUploadHandler"  # small files; a larger one is passed by
UPLOAD_HANDLERS = {
    "intake": "narvaro.contexts.intake.uploading.ImportUpload",
    "source_new": _IN_MEMORY,
    "source_address": _IN_MEMORY,
}
# Hosts of school systems that may be private or without TLS. Whoever types an address cannot add to them.
SOURCE_HOSTS = frozenset(filter(None, os.environ.get("NARVARO_SOURCE_HOSTS", "").split(",")))
UPLOAD_LARGEST = int(os.environ.get("NARVARO_UPLOAD_MB", "2048")) << 20  # bytes sent at once
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- signing in ---
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "narvaro.core.signing_in.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "narvaro.core.signing_in.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; it is also what the sign-in form asks for
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/sign-in?signed-out"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# By address rather widely, as a whole school shares one; by typed e-mail, known or not, five failures a minute.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "30/m/ip,5/m/key", "reset_password": "20/m/ip,3/m/key"}
ACCOUNT_FORMS = {
    "login": "narvaro.core.account_forms.SignIn",
    "reset_password": "narvaro.core.account_forms.AskForLink",
    "reset_password_from_key": "narvaro.core.account_forms.ChoosePassword",
    "change_password": "narvaro.core.account_forms.ChangePassword",
    "reauthenticate": "narvaro.core.account_forms.PasswordAgain",
}
# 128 bits, of the account's state: used once or after a sign-in, it no longer holds.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0

# Required of roles that do anything beyond their own matters; people in a practice installation are invented.
SECOND_FACTOR = os.environ.get("NARVARO_SECOND_FACTOR") or ("offered" if PRACTICE else "required")
MFA_ADAPTER = "narvaro.core.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Närvaro"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator gave the address
MFA_FORMS = {
    "authenticate": "narvaro.core.account_forms.Code",
    "reauthenticate": "narvaro.core.account_forms.CodeAgain",
    "activate_totp": "narvaro.core.account_forms.FirstCode",
}
IDENTITY_PROVIDERS = read_providers(DATA / "identity-providers.yaml")
SOCIALACCOUNT_PROVIDERS = allauth_providers(IDENTITY_PROVIDERS)
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads elsewhere would break the rule form-action 'self'

SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_IDLE_SECONDS = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "narvaro.core.error_pages.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what a browser is told; the rest is in core/middleware/headers.py ---
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer a browser sends forms with Origin: null
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^health$"]

LOGGING_CONFIG = None  # narvaro.core.logs sets it up when the applications are ready
EMAIL_BACKEND = os.environ.get("NARVARO_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("NARVARO_EMAIL_FROM", "narvaro@localhost")
EMAIL_HOST = os.environ.get("NARVARO_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("NARVARO_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("NARVARO_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("NARVARO_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("NARVARO_EMAIL_TLS", "") == "1"
EMAIL_TIMEOUT = 20
# Without HTTPS it is somebody's own computer. W021: whether a domain is preloaded in browsers is its owner's to decide.
SILENCED_SYSTEM_CHECKS = (
    ["security.W021"] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
