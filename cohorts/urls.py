"""Addresses of joining."""

from django.urls import path

from . import views

app_name = "cohorts"

urlpatterns = [
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/<str:proof>/", views.invitation, name="invitation"),
    path("profile/", views.profile, name="profile"),
]
