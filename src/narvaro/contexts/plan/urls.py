from django.urls import path

from narvaro.contexts.plan import views, views_draft, views_school, views_trial

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/for-guardians/", views.plan_plain, name="plan_plain"),
    path("plan/versions/", views.plan_versions, name="plan_versions"),
    path("plan/presets/<slug:preset>/", views_draft.plan_preset, name="plan_preset"),
    path("plan/try/", views_trial.plan_try, name="plan_try"),
    path("plan/try/<uuid:trial>/", views_trial.plan_trial, name="plan_trial"),
    path("plan/try/<uuid:trial>/progress/", views_trial.plan_trial_progress, name="plan_trial_progress"),
    path("plan/schools/", views_school.plan_schools, name="plan_schools"),
    path("plan/schools/<uuid:unit>/", views_school.plan_school, name="plan_school"),
    path("plan/schools/<uuid:unit>/<uuid:deviation>/end/", views_school.plan_deviation_end, name="plan_deviation_end"),
    path("plan/<uuid:version>/", views.plan_version, name="plan_version"),
    path("plan/<uuid:version>/staircase/", views.plan_staircase, name="plan_staircase"),
    path("plan/<uuid:version>/map/", views.plan_map, name="plan_map"),
    path("plan/<uuid:version>/compare/", views.plan_compare, name="plan_compare"),
    path("plan/<uuid:version>/plan.pdf", views.plan_pdf, name="plan_pdf"),
    path("plan/<uuid:version>/draft/", views_draft.plan_start, name="plan_start"),
    path("plan/<uuid:version>/edit/<slug:part>/", views_draft.plan_part, name="plan_part"),
    path("plan/<uuid:version>/edit/<slug:part>/remove/", views_draft.plan_part_remove, name="plan_part_remove"),
    path("plan/<uuid:version>/comments/", views_draft.plan_comment, name="plan_comment"),
    path("plan/<uuid:version>/comments/<uuid:comment>/", views_draft.plan_comment_settle, name="plan_comment_settle"),
    path("plan/<uuid:version>/approve/", views_draft.plan_approve, name="plan_approve"),
    path("plan/<uuid:version>/withdraw/", views_draft.plan_withdraw, name="plan_withdraw"),
]
