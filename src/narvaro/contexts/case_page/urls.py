from django.urls import path

from narvaro.contexts.case_page import views

urlpatterns = [
    path("cases/<uuid:case>/", views.case, name="case"),
    path("pupils/<uuid:pupil>/open-case/", views.case_open, name="case_open"),
]
