from django.urls import path

from narvaro.contexts.warnings import views

urlpatterns = [
    path("", views.today, name="today"),
    path("to-act-on/", views.warnings, name="warnings"),
    path("to-act-on/<uuid:pupil>/", views.warning, name="warning"),
    path("to-act-on/<uuid:pupil>/decide/", views.warning_decide, name="warning_decide"),
]
