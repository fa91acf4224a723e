from django.urls import path

from narvaro.contexts.sources import views, views_setting_up

urlpatterns = [
    path("settings/sources/", views.sources, name="sources"),
    path("settings/sources/new", views_setting_up.new, name="source_new"),
    path("settings/sources/<uuid:key>/", views.source, name="source"),
    path("settings/sources/<uuid:key>/progress", views.progress, name="source_progress"),
    path("settings/sources/<uuid:key>/address", views_setting_up.address, name="source_address"),
    path("settings/sources/<uuid:key>/check", views_setting_up.check, name="source_check"),
    path("settings/sources/<uuid:key>/units", views_setting_up.units, name="source_units"),
    path("settings/sources/<uuid:key>/choices", views_setting_up.choices, name="source_choices"),
    path("settings/sources/<uuid:key>/read", views.read, name="source_read"),
    path("settings/sources/<uuid:key>/pause", views.pause, name="source_pause"),
    path("settings/sources/<uuid:key>/forget", views.forget, name="source_forget"),
    path("settings/sources/<uuid:key>/missing", views.missing, name="source_missing"),
    path("settings/sources/<uuid:key>/runs/<uuid:run>", views.run, name="source_run"),
    path("notices/<int:authority>/<uuid:key>/<str:secret>", views.notice, name="source_notice"),
]
