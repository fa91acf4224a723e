from django.urls import path

from narvaro.contexts.intake import views

urlpatterns = [
    path("settings/import", views.overview, name="intake"),
    path("settings/import/descriptions/<uuid:mapping>/remove", views.forget, name="intake_forget"),
    path("settings/import/<uuid:key>", views.run, name="intake_run"),
    path("settings/import/<uuid:key>/progress", views.progress, name="intake_progress"),
    path("settings/import/<uuid:key>/answer", views.answer, name="intake_answer"),
    path("settings/import/<uuid:key>/columns", views.columns, name="intake_columns"),
    path("settings/import/<uuid:key>/read", views.commit, name="intake_commit"),
    path("settings/import/<uuid:key>/look", views.look_again, name="intake_look"),
    path("settings/import/<uuid:key>/discard", views.discard, name="intake_discard"),
    path("settings/import/<uuid:key>/undo", views.undo, name="intake_undo"),
    path("settings/import/<uuid:key>/rejected", views.rejected, name="intake_rejected"),
    path("settings/import/<uuid:key>/rejected.csv", views.rejected_csv, name="intake_rejected_csv"),
]
