"""Addresses of the workbook."""

from django.urls import path, register_converter

from cohorts.converters import IdConverter

from .views import desk, history, offline, pages, records, room, saving, session

app_name = "workbook"
register_converter(IdConverter, "id")

urlpatterns = [
    path("", pages.today, name="today"),
    path("cohorts/", pages.cohort_current, name="cohort_current"),
    path("cohorts/<slug:slug>/", pages.cohort_detail, name="cohort_detail"),
    path("cohorts/<slug:slug>/weeks/<int:number>/", pages.week_detail, name="week_detail"),
    path("cohorts/<slug:slug>/weeks/<int:number>/responses/", session.week_responses, name="week_responses"),
    path("cohorts/<slug:slug>/weeks/<int:number>/session/", room.room, name="room"),
    path("cohorts/<slug:slug>/weeks/<int:number>/session/state/", room.room_state, name="room_state"),
    path("cohorts/<slug:slug>/weeks/<int:number>/session/steer/", room.room_steer, name="room_steer"),
    path("cohorts/<slug:slug>/weeks/<int:number>/session/attend/", room.room_attend, name="room_attend"),
    path("cohorts/<slug:slug>/sessions.ics", pages.calendar, name="calendar"),
    path("cohorts/<slug:slug>/words/", pages.words, name="words"),
    path("cohorts/<slug:slug>/words/download/", pages.words_download, name="words_download"),
    path("cohorts/<slug:slug>/words/readers/", records.readings, name="readings"),
    path("prompts/<id:pk>/response/", saving.response_save, name="response_save"),
    path("prompts/<id:pk>/history/", history.history, name="history"),
    path("prompts/<id:pk>/history/<id:revision>/", history.history_revision, name="history_revision"),
    path("prompts/<id:pk>/history/<id:revision>/restore/", history.history_restore, name="history_restore"),
    path("responses/<id:pk>/draft/", desk.draft_save, name="draft_save"),
    path("responses/<id:pk>/draft/discard/", desk.draft_discard, name="draft_discard"),
    path("responses/<id:pk>/feedback/", desk.feedback_send, name="feedback_send"),
    path("memberships/<id:pk>/note/", desk.note_save, name="note_save"),
    path("cohorts/<slug:slug>/drafts/", desk.desk_boxes, name="desk_boxes"),
    path("responses/<id:pk>/outcome/", saving.response_outcome, name="response_outcome"),
    path("feedback/<id:pk>/thanks/", saving.feedback_thanks, name="feedback_thanks"),
    path("preview/", saving.preview, name="preview"),
    path("session/", session.session, name="session"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("offline/", offline.shell, name="offline"),
    path("privacy/", pages.privacy, name="privacy"),
]
