"""What an installation stands on: settings that refuse, hashed static files, the image and its composition."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
GOOD = {
    "PRODUCTION": "1",
    "DEBUG": "0",
    "SECRET_KEY": "".join(map(chr, range(48, 123))),
    "ALLOWED_HOSTS": "hisho.example.com",
    "BASE_URL": "https://hisho.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **GOOD, "DJANGO_SETTINGS_MODULE": "hisho.settings", **changes}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser tests set it for themselves
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)


def test_starts_with_good_settings():
    done = manage("check", "--deploy", "--fail-level", "WARNING", TRUSTED_PROXY_COUNT="1")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DEBUG", "1", "DEBUG must be off"),
        ("SECRET_KEY", "", "SECRET_KEY must be"),
        ("SECRET_KEY", "short", "SECRET_KEY must be"),
        ("SECRET_KEY", "development-only-" + "x" * 50, "SECRET_KEY must be"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must name"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name"),
        ("ALLOWED_HOSTS", ".example.com", "ALLOWED_HOSTS must name"),
        ("BASE_URL", "http://hisho.example.com", "BASE_URL must start with https"),
    ],
)
def test_refuses_to_start(name: str, value: str, reason: str):
    done = manage("check", **{name: value})
    assert done.returncode != 0
    assert reason in done.stderr


def variables_of(path: str) -> set[str]:
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / path).read_text(encoding="utf-8")))


def documented_variables() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", text, re.M))


def composed_variables() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def test_every_variable_is_documented():
    read = variables_of("hisho/settings.py")
    assert {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL"} <= read
    assert read | composed_variables() == documented_variables()


def test_every_variable_reaches_the_container():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    passed = set(re.findall(r"^    ([A-Z_]+):", text, re.M))
    assert variables_of("hisho/settings.py") - passed == {"STATIC_ROOT"}


def test_no_secret_is_baked_in():
    """Whatever opens something has no default, and no value in the example."""
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert f"${{{name}:?" in compose
        assert f"${{{name}:-" not in compose
        assert re.search(rf"^{name}=$", example, re.M)
    assert not re.search(r"^(ENV|ARG).*SECRET", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("Dockerfile", "USER hisho"),
        ("Dockerfile", "HEALTHCHECK"),
        ("Dockerfile", "--worker-class gthread"),
        ("Dockerfile", "--no-control-socket"),
        ("Dockerfile", "--worker-tmp-dir /dev/shm"),
        ("Dockerfile", "--timeout 30 --graceful-timeout 30 --max-requests 50000 --max-requests-jitter 5000"),
        ("Dockerfile", "PRODUCTION=1"),
        ("Dockerfile", "collectstatic --no-input"),
        ("docker-compose.yml", "read_only: true"),
        ("docker-compose.yml", "tmpfs: [/tmp]"),
        ("docker-compose.yml", "python manage.py migrate --no-input && python manage.py createcachetable"),
        ("docker-compose.yml", "migrate: {condition: service_completed_successfully}"),
        ("docker-compose.yml", "python manage.py send_due_mail\n"),
        ("docker-compose.yml", "|| python manage.py purge\n"),
        ("docker-compose.yml", 'volumes: ["database:/var/lib/postgresql/data"]'),
        ("README.md", "\ndocker compose up -d --build --remove-orphans\n"),
    ],
)
def test_image_and_composition(path: str, fact: str):
    assert fact in (ROOT / path).read_text(encoding="utf-8")


def test_composition_is_valid_where_compose_is_there():
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode:
        return
    filled = {"SECRET_KEY": "x", "POSTGRES_PASSWORD": "x"}
    command = [docker, "compose", "--env-file", ".env.example", "config", "--quiet"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **filled})
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    done = manage("collectstatic", "--no-input", STATIC_ROOT=str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def test_static_files_carry_their_hash(collected: Path):
    assert list(collected.glob("css/hisho.????????????.css"))
    assert list(collected.glob("css/hisho.????????????.css.gz"))
    assert list(collected.glob("css/hisho.????????????.css.br"))


def test_module_imports_carry_hashes(collected: Path):
    """A page loaded before a deploy must never mix two versions."""
    imported = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']""")
    hashed = re.compile(r"\.[0-9a-f]{12}\.js$")
    files = [path for path in (collected / "js").rglob("*.js") if hashed.search(path.name)]
    targets = [(path, target) for path in files for target in imported.findall(path.read_text(encoding="utf-8"))]
    assert files
    assert [f"{path.name}: {target}" for path, target in targets if not hashed.search(target)] == []
    assert [target for path, target in targets if not (path.parent / target).exists()] == []
