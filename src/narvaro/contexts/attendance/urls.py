from django.urls import path

from narvaro.contexts.attendance import views

urlpatterns = [
    path("settings/national/", views.national, name="national"),
    path("settings/national/file/", views.national_file, name="national_file"),
    path("settings/national/identity/", views.national_identity, name="national_identity"),
]
