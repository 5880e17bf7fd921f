#!/bin/sh
# Make .venv and install the given requirements files into it; does nothing when they are installed already.
set -eu
cd "$(dirname "$0")/.."

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null && new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    stop "Python 3.11 or newer is needed. Debian: sudo apt-get install python3 python3-venv; macOS: brew install python@3.13"
}

# Debian keeps the part of Python that makes virtual environments in a package of its own.
add_venv_module() {
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    command -v apt-get >/dev/null || stop "$1 cannot make virtual environments: its modules venv and ensurepip are missing."
    [ "$(id -u)" = 0 ] || stop "One package is missing. Please run: sudo apt-get install $package"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$package"
}

make_venv() {
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || add_venv_module "$python"
    rm -rf .venv
    "$python" -m venv .venv
}

# One stamp for each file: its checksum when it was installed.
new_enough .venv/bin/python || make_venv
for file in "$@"; do
    stamp=.venv/$(basename "$file").installed
    sum=$(cat requirements.txt "$file" | cksum)
    if [ "$(cat "$stamp" 2>/dev/null || true)" != "$sum" ]; then
        echo "Installing $file ..."
        .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input -r "$file"
        echo "$sum" >"$stamp"
    fi
done
