"""Addresses of joining."""

from django.urls import path

from . import views
from .stopping import mail_off

app_name = "cohorts"

urlpatterns = [
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/<str:proof>/", views.invitation, name="invitation"),
    path("mails/off/<str:token>/", mail_off, name="mail_off"),
    path("join/", views.code, name="code"),
    path("profile/", views.profile, name="profile"),
]
