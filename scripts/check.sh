#!/usr/bin/env bash
# Format, lint, types, import walls, unused dependencies: what must be clean before a commit.
set -euo pipefail
bin=.venv/bin
"$bin/ruff" format --check .
"$bin/ruff" check .
"$bin/mypy"
"$bin/lint-imports"
"$bin/deptry" .
echo "check: clean"
