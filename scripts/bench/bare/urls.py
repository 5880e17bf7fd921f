"""Addresses of the bare project."""

from django.urls import path

from . import desk, room, views

urlpatterns = [
    path("", views.today, name="today"),
    path("cohorts/<slug:slug>/weeks/<int:number>/", views.week, name="week"),
    path("boxes/<int:pk>/", views.box, name="box"),
    path("read/<int:membership_id>/<int:number>/", views.read, name="read"),
    path("responses/", views.responses, name="responses"),
    path("board/<int:pk>/", desk.board, name="board"),
    path("question/<int:pk>/", desk.question, name="question"),
    path("cohorts/<slug:slug>/weeks/<int:number>/session/state/", room.state, name="room_state"),
]
