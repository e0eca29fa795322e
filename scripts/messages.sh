#!/usr/bin/env bash
# Extracts the message ids, updates the Chinese catalogue and compiles it.
set -euo pipefail
bin=.venv/bin
pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
"$bin/python" scripts/extract_messages.py "$pot"
"$bin/pybabel" update -q -N --no-wrap --omit-header -D tenderflow -i "$pot" -d flows/locale -l zh_CN
"$bin/pybabel" compile -q -D tenderflow -d flows/locale
