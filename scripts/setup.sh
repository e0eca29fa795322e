#!/usr/bin/env bash
# Makes the virtual environment from the lock: versions and hashes, no index address. Usage: scripts/setup.sh .venv
set -euo pipefail
venv=$1
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "Setup: Python >= 3.11 expected, found: $("$python" --version 2>&1 || echo none); next: make setup PYTHON=python3.12" >&2
  exit 1
fi
if ! "$python" -m venv --help >/dev/null 2>&1 || ! "$python" -c 'import ensurepip' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
  else
    echo "Setup: the venv module of $python is missing; next: apt-get install python3-venv" >&2
    exit 1
  fi
fi

echo "Setup: Python packages into $venv …"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
# uv installs the rest; its own version and hashes come from the same lock.
awk '/^uv==/{p=1} p{print} p && !/\\$/{exit}' requirements.lock > "$venv/uv.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$venv/uv.txt"
"$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements.lock
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
# Each flow run is a process of its own: importing compiled code halves its start.
"$venv/bin/python" -m compileall -q -j 0 "$venv/lib" flows templates storage >/dev/null || true
"$venv/bin/pybabel" -q compile -D tenderflow -d flows/locale
touch "$venv/.ready"
