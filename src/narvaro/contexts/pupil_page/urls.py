from django.urls import path

from narvaro.contexts.pupil_page import views

urlpatterns = [
    path("pupils/<uuid:pupil>/", views.pupil, name="pupil"),
    path("pupils/<uuid:pupil>/lessons/", views.pupil_lessons, name="pupil_lessons"),
    path("pupils/<uuid:pupil>/who/", views.pupil_who, name="pupil_who"),
    path("meeting/", views.meeting, name="meeting"),
]
