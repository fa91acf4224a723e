from django.urls import path

from narvaro.contexts.warnings import views

urlpatterns = [path("", views.today, name="today")]
