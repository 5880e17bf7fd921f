"""The real server of the tests: gunicorn as in the image, with production's settings, over HTTPS.

HTTPS, because WebKit keeps pages marked `no-store` for Back when they came over plain http: a test over http would say
nothing about the site as it is. The certificate is made for the occasion and signed by nobody.
"""

import contextlib
import datetime
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from postgres import free_port

from tests.faults.server import image_command

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30
"""Seconds until the server must answer, and until it must have stopped."""


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for `localhost`, good for two days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file


class Server:
    """One address; the server behind it can be stopped and started again."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.key, self.certificate = make_certificate(folder)
        self.process: subprocess.Popen | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
            "DATABASE_URL": database_url,
            "PRODUCTION": "1",
            "DEBUG": "0",
            "SECRET_KEY": "only-for-browsers-" + "k" * 50,
            "SECRET_KEY_FALLBACKS": "",
            "ALLOWED_HOSTS": "localhost",
            "BASE_URL": self.url,
            "STATIC_ROOT": str(folder / "static"),
            "REQUIRE_STAFF_MFA": "1",
            "TRUSTED_PROXY_COUNT": "0",
            "EMAIL_URL": "memorymail://",
            "ADMINS": "",
            "LOG_LEVEL": "WARNING",
        }
        self.run(sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0")

    def run(self, *command: str) -> None:
        subprocess.run(command, check=True, cwd=ROOT, env=self.environment)

    def start(self) -> None:
        """Start it, unless it runs; returns when it answers."""
        if self.process:
            return
        command = [*image_command(self.port), "--graceful-timeout", "5"]
        command += ["--keyfile", str(self.key), "--certfile", str(self.certificate)]
        with (self.folder / "gunicorn.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"gunicorn does not answer:\n{self.log()[-4000:]}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether something listens; what connects while the workers still load waits for them."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self) -> None:
        """Stop it: whoever connects is refused from now on."""
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None

    def log(self) -> str:
        return (self.folder / "gunicorn.log").read_text(errors="replace")


@contextlib.contextmanager
def serving(folder: Path, database_url: str) -> Iterator[Server]:
    """A running server; stopped on the way out."""
    server = Server(folder, database_url)
    try:
        server.start()
        yield server
    finally:
        server.stop()
