"""Addresses of the workbook."""

from django.urls import path, register_converter

from cohorts.converters import IdConverter

from . import views

app_name = "workbook"
register_converter(IdConverter, "id")

urlpatterns = [
    path("", views.today, name="today"),
    path("cohorts/", views.cohort_current, name="cohort_current"),
    path("cohorts/<slug:slug>/", views.cohort_detail, name="cohort_detail"),
    path("cohorts/<slug:slug>/weeks/<int:number>/", views.week_detail, name="week_detail"),
    path("cohorts/<slug:slug>/words/", views.words, name="words"),
    path("cohorts/<slug:slug>/words/download/", views.words_download, name="words_download"),
    path("prompts/<id:pk>/response/", views.response_save, name="response_save"),
    path("responses/<id:pk>/outcome/", views.response_outcome, name="response_outcome"),
    path("feedback/<id:pk>/thanks/", views.feedback_thanks, name="feedback_thanks"),
    path("preview/", views.preview, name="preview"),
    path("privacy/", views.privacy, name="privacy"),
]
