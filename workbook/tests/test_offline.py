"""What a browser is given for days without a network: nothing of anybody, and everything that the shell needs."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.world import TOKEN
from workbook.views import offline

PUBLIC = ["/sw.js", "/manifest.webmanifest", "/offline/"]


def files_of(script: str) -> list[str]:
    return re.findall(r'^  "([^"]+)",$', script, re.M)


def version_of(script: str) -> str:
    return re.search(r'^const VERSION = "(.+)";$', script, re.M)[1]


@pytest.mark.parametrize("path", PUBLIC)
def test_same_for_everybody_and_without_a_query(path, cast, django_assert_num_queries):
    texts = set()
    for user in (None, cast.member, cast.organizer):
        client = Client()
        if user:
            client.force_login(user)
        with django_assert_num_queries(0):
            response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies
        texts.add(response.text)
    assert len(texts) == 1
    assert not TOKEN.search(texts.pop())


def test_shell_is_wordless_and_always_the_same(client):
    shell = client.get("/offline/").text
    assert shell == client.get("/offline/").text
    assert 'name="user"' not in shell
    assert "csrfmiddlewaretoken" not in shell
    assert "js/device.js" not in shell
    assert 'id="text-0"' in shell


def test_shell_has_the_box_of_the_page(client, cast):
    """Whatever the scripts look for in a box, they find in the shell's too."""
    client.force_login(cast.member)
    page = client.get(f"/cohorts/{cast.cohort.slug}/weeks/1/").text
    shell = client.get("/offline/").text
    marks = re.compile(r"\sdata-(?:box|readers|version|status|state|undo|preview|tabs|page-status|worksheet)\b")
    found = {mark.strip() for mark in marks.findall(page)}
    assert len(found) > 8
    assert found == {mark.strip() for mark in marks.findall(shell)}


def test_worker_is_fresh_and_asks_only_when_changed(client):
    response = client.get("/sw.js")
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    again = client.get("/sw.js", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_worker_names_every_file_of_members_pages(client, cast):
    client.force_login(cast.member)
    files = files_of(client.get("/sw.js").text)
    for page in ("/", f"/cohorts/{cast.cohort.slug}/weeks/1/", "/offline/", "/accounts/login/"):
        named = re.findall(rf'"({settings.STATIC_URL}[^"]+)"', client.get(page).text)
        assert set(named) <= set(files)
    assert [path for path in files if finders.find(path.removeprefix(settings.STATIC_URL)) is None] == []
    assert [path for path in files if "admin" in path] == []


def test_hashed_scripts_have_their_imports_inside(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # without the admin's
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "hisho.static.HashedStorage"}}
    call_command("collectstatic", verbosity=0, interactive=False)
    scripts = {path.split("/")[-1].split(".")[0] for path in offline.files() if path.endswith(".js")}
    assert {"worksheet", "device", "shell"} <= scripts
    assert scripts & {"box", "save", "journal", "week"} == set()
    sizes = [(tmp_path / path.removeprefix(settings.STATIC_URL)).with_suffix(".js.gz") for path in offline.files()]
    assert 0 < sum(path.stat().st_size for path in sizes if path.exists()) < 72_000


def test_worker_changes_with_files_and_language(client, monkeypatch):
    """A new version is what makes browsers take the new files."""
    japanese = offline.make_release().worker
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert client.get("/sw.js").text != japanese
    monkeypatch.setattr(offline, "static", lambda name: f"/static/{name}?new")
    assert version_of(offline.make_release().worker) not in japanese


def test_worker_and_shell_are_of_one_version(client):
    version = version_of(client.get("/sw.js").text)
    assert f'<meta name="version" content="{version}">' in client.get("/offline/").text


def test_manifest_installs(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get("/manifest.webmanifest")
    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (manifest["lang"], manifest["start_url"], manifest["display"]) == ("ja", "/", "standalone")
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512", "512x512"]
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix(settings.STATIC_URL))
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text(encoding="utf-8")
    assert f"--paper: light-dark({manifest['background_color']}" in tokens


def test_page_says_who_is_signed_in(client, cast):
    meta = '<meta name="user" content="{}" data-csrf-cookie="csrftoken">'
    assert meta.format("") in client.get("/accounts/login/").text
    client.force_login(cast.facilitator)
    for path in ("/", "/admin/", "/no-such-page/"):
        assert meta.format(cast.facilitator.pk) in client.get(path).text


def test_sign_out_clears_pages_and_never_the_storage(client, cast):
    client.force_login(cast.member)
    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    response = client.post(reverse("account_logout"))
    assert response["Clear-Site-Data"] == '"cache"'
    assert "_auth_user_id" not in client.session
