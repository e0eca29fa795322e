#!/usr/bin/env bash
# Debian packages and Chinese fonts. Installs them when run as root; otherwise names what is missing, with the command.
set -euo pipefail
cd "$(dirname "$0")/.."
fonts=${TENDERFLOW_FONTS:-.venv/share/fonts}

has_face() { fc-list ":family=$1" family 2>/dev/null | grep -q .; }
has_writer() { command -v soffice >/dev/null && [ -e "$(dirname "$(readlink -f "$(command -v soffice)")")/libswlo.so" ]; }

needed=()   # without these there is no PDF
has_writer || needed+=(libreoffice-writer-nogui)                 # Word to PDF; the -nogui build draws no window
command -v fc-match >/dev/null || needed+=(fontconfig)           # tells which face stands in for which
has_face "Noto Serif CJK SC" || needed+=(fonts-noto-cjk)         # every Chinese character, also rare ones in names
has_face "Liberation Serif" || needed+=(fonts-liberation)        # the widths of Times New Roman, Arial, Courier New
has_face "Carlito" || needed+=(fonts-crosextra-carlito)          # the widths of Calibri
has_face "Caladea" || needed+=(fonts-crosextra-caladea)          # the widths of Cambria
tests=()    # only tests ask for these
command -v age >/dev/null || tests+=(age)                        # a second reader of sealed files
command -v ssh-keygen >/dev/null || tests+=(openssh-client)      # a second reader of signatures

missing=("${needed[@]}" "${tests[@]}")
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Setup: Debian packages ${missing[*]} …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Setup: missing Debian packages: ${missing[*]}; next: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    [ "${#needed[@]}" -eq 0 ] || exit 1
  fi
fi

# Free faces for 宋体, 仿宋, 黑体, 楷体. Only the fonts are taken out of the package; installing it would bring all of TeX.
if [ ! -e "$fonts/fandol/FandolFang-Regular.otf" ]; then
  package=texlive-lang-chinese
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "Setup: no Fandol fonts in $fonts/fandol; next: put FandolSong, FandolFang, FandolHei, FandolKai (.otf) there" >&2
    exit 1
  fi
  echo "Setup: Chinese fonts into $fonts (49 MB to download) …"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  # The package lists may be there already, as another user's; only root can renew them.
  if ! apt-cache show "$package" >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then apt-get update -qq; fi
  if ! (cd "$work" && apt-get -q=2 -o APT::Sandbox::User=root download "$package"); then
    echo "Setup: cannot download the Chinese fonts; next: sudo apt-get update && scripts/system.sh" >&2
    exit 1
  fi
  mkdir -p "$fonts/fandol.part"
  dpkg-deb --fsys-tarfile "$work/$package"_*.deb | tar -x -C "$fonts/fandol.part" --strip-components=9 \
    --wildcards './usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/Fandol[SFHK]*.otf'
  rm -rf "$fonts/fandol"
  mv "$fonts/fandol.part" "$fonts/fandol"
fi
