"""Every address. Each has its rule in definitions/access.yaml, or the tests fail."""

from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from narvaro.core import views

handler400 = "narvaro.core.error_pages.not_understood"
handler403 = "narvaro.core.error_pages.denied"
handler404 = "narvaro.core.error_pages.not_found"
handler500 = "narvaro.core.error_pages.fault"
urlpatterns = [
    path("health", views.health, name="health"),
    path("language", set_language, name="set_language"),
    path("role", views.switch_role, name="switch_role"),
    path("account/sign-in", account.login, name="account_login"),
    path("account/sign-out", account.logout, name="account_logout"),
    path("account/inactive", account.account_inactive, name="account_inactive"),
    path("", include("narvaro.contexts.warnings.urls")),
]
