"""All addresses. `docs/access.md` says who may open which."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from cohorts.views import healthz, sign_out

urlpatterns = [
    path("", include("workbook.urls")),
    path("", include("cohorts.urls")),
    path("accounts/logout/", sign_out, name="account_logout"),
    path("accounts/", include("allauth.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("healthz/", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

handler400 = "hisho.errors.bad_request"
handler403 = "hisho.errors.forbidden"
handler404 = "hisho.errors.not_found"
handler500 = "hisho.errors.server_error"
