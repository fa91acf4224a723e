from django.urls import path

from narvaro.contexts.plan import views

urlpatterns = [
    path("settings/plan/", views.settings_plan, name="settings_plan"),
    path("settings/plan/<slug:preset>/", views.settings_plan_preset, name="settings_plan_preset"),
]
