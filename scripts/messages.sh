#!/usr/bin/env bash
# Extracts the message ids, updates the Chinese catalogue and compiles it.
set -euo pipefail
bin=.venv/bin
pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
"$bin/python" scripts/extract_messages.py "$pot"
# The dates of the template would make every update a change.
"$bin/pybabel" -q update -N --no-wrap --ignore-obsolete --ignore-pot-creation-date \
  -D tenderflow -i "$pot" -d flows/locale -l zh_CN
"$bin/pybabel" -q compile -D tenderflow -d flows/locale
