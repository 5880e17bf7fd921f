"""Whether the server in this container answers; the image's health check. Asks as the proxy would."""

import os
import sys
import urllib.request

HOST = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()


def main() -> int:
    request = urllib.request.Request(
        "http://127.0.0.1:8000/healthz/", headers={"Host": HOST, "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(request, timeout=4):
            return 0
    except OSError as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
