from django.urls import path

from narvaro.contexts.register import views, views_calendar, views_protected

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/units/", views.settings_units, name="settings_units"),
    path("settings/units/<uuid:unit>/", views.settings_unit, name="settings_unit"),
    path("settings/staff/", views.settings_staff, name="settings_staff"),
    path("settings/staff/invite/", views.settings_invite, name="settings_invite"),
    path("settings/staff/<uuid:person>/", views.settings_person, name="settings_person"),
    path(
        "settings/staff/<uuid:person>/<uuid:assignment>/end/",
        views.settings_assignment_end,
        name="settings_assignment_end",
    ),
    path("settings/staff/<uuid:person>/second-factor/", views.settings_second_factor, name="settings_second_factor"),
    path("settings/staff/<uuid:person>/close/", views.settings_account_close, name="settings_account_close"),
    path("settings/calendar/", views_calendar.settings_calendar, name="settings_calendar"),
    path("settings/calendar/<int:year>/", views_calendar.settings_calendar_year, name="settings_calendar_year"),
    path(
        "settings/calendar/<int:year>/<uuid:unit>/",
        views_calendar.settings_calendar_unit,
        name="settings_calendar_unit",
    ),
    path(
        "settings/calendar/<int:year>/<uuid:unit>/drop/",
        views_calendar.settings_calendar_drop,
        name="settings_calendar_drop",
    ),
    path("settings/protected/", views_protected.settings_protected, name="settings_protected"),
    path("settings/protected/<uuid:pupil>/", views_protected.settings_protected_pupil, name="settings_protected_pupil"),
    path(
        "settings/protected/<uuid:pupil>/<uuid:person>/end/",
        views_protected.settings_protected_end,
        name="settings_protected_end",
    ),
]
