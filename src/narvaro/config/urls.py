"""Every address. Each has its rule in definitions/access.yaml, or the tests fail."""

from django.urls import include, path
from django.views.i18n import set_language

from narvaro.core import account_urls, views
from narvaro.ui.gallery import gallery_page

handler400 = "narvaro.core.error_pages.not_understood"
handler403 = "narvaro.core.error_pages.denied"
handler404 = "narvaro.core.error_pages.not_found"
handler429 = "narvaro.core.error_pages.too_many"
handler500 = "narvaro.core.error_pages.fault"
urlpatterns = [
    path("health", views.health, name="health"),
    path("language", set_language, name="set_language"),
    path("role", views.switch_role, name="switch_role"),
    path("draft", views.draft, name="draft"),
    path("gallery/", gallery_page, name="gallery"),
    path("account", views.account, name="account"),
    path("account/", include(account_urls)),
    path("", include("narvaro.contexts.intake.urls")),
    path("", include("narvaro.contexts.sources.urls")),
    path("", include("narvaro.contexts.attendance.urls")),
    path("", include("narvaro.contexts.cases.urls")),
    path("", include("narvaro.contexts.warnings.urls")),
    path("", include("narvaro.contexts.register.urls")),
    path("", include("narvaro.contexts.plan.urls")),
    path("", include("narvaro.contexts.meetings.urls")),
    path("", include("narvaro.contexts.duties.urls")),
    path("", include("narvaro.contexts.pupil_page.urls")),
    path("", include("narvaro.contexts.case_page.urls")),
]
