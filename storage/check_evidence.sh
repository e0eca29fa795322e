#!/bin/bash
# Checks the evidence of a tender in the folder of this script: signatures, order, tree, manifests, decisions.
# Needs bash, ssh-keygen, sha256sum and the tools of every Unix alone. With a folder that holds the copied buckets drafts/ and archive/ as its
# argument it checks the stored objects as well. Exit 0: all of it holds. Whose keys stand in allowed_signers, and the
# checkpoint that was mailed to you, compare by hand.
set -eu -o pipefail
buckets=${1:+$(cd "$1" && pwd)}
cd "$(dirname "$0")"

# signed TEXT SIGNATURE HOLDER NAMESPACE TIME
signed() {
  ssh-keygen -Y verify -f allowed_signers -I "$3" -n "$4" -s "$2" \
    -O verify-time="$(date -u -d "$5" +%Y%m%d%H%M%SZ)" < "$1" > /dev/null || fail "$1: not signed by $3"
}
fail() { echo "WRONG: $*" >&2; exit 1; }
last() { sed "s/.*\"$2\":\"\([^\"]*\)\".*/\1/" "$1"; }
sum() { sha256sum "$1" | cut -d ' ' -f 1; }
# hash HEX: SHA-256 of the bytes that the hex digits name
hash() { printf "$(printf %s "$1" | sed 's/../\\x&/g')" | sha256sum | cut -d ' ' -f 1; }

prev=0000000000000000000000000000000000000000000000000000000000000000
seq=0
leaves=()
for event in events/*.json; do
  name=${event%.json}
  number=$(printf %08d "$seq")
  test "$name" = "events/$number" || fail "event $number is missing"
  signed "$event" "$name.sig" "$(last "$event" by)" tender-event@v1 "$(sed 's/^{"at":"\([^"]*\)".*/\1/' "$event")"
  test "$(last "$event" prev)" = "$prev" || fail "event $number does not follow the record before it"
  test "$(sed 's/.*"seq":\([0-9]*\),.*/\1/' "$event")" = "$seq" || fail "event $number has another number"
  prev=$(sum "records/$number.age")
  leaves+=("$(hash "00$prev")")
  seq=$((seq + 1))
done
echo "events signed and in order: $seq"

# root SIZE: of the RFC 6962 tree over the first records
root() {
  local level=("${leaves[@]:0:$1}") next i
  while test ${#level[@]} -gt 1; do
    next=()
    for ((i = 0; i + 1 < ${#level[@]}; i += 2)); do next+=("$(hash "01${level[i]}${level[i + 1]}")"); done
    if test $((${#level[@]} % 2)) -eq 1; then next+=("${level[-1]}"); fi
    level=("${next[@]}")
  done
  echo "${level[0]}"
}
count=0
for checkpoint in checkpoints/*; do
  test -e "$checkpoint" || continue
  size=$(sed -n 2p "$checkpoint")
  told=$(sed -n 3p "$checkpoint" | base64 -d 2>/dev/null | od -An -v -tx1 | tr -d ' \n') ||
    fail "$checkpoint: its third line, the root, is not base64"
  test "$(root "$size")" = "$told" || fail "$checkpoint: the records give another root"
  count=$((count + 1))
done
echo "checkpoints with the root of these records: $count"

count=0
while read -r manifest; do
  signed "$manifest" "${manifest%.json}.sig" "$(last "$manifest" by)" tender-manifest@v1 "$(last "$manifest" at)"
  grep -q -r -F "$(cat "${manifest%.json}.sig" | sed -n 2p)" events || fail "$manifest: no event holds it"
  count=$((count + 1))
done < <(test ! -d manifests || find manifests -name '*.json')
echo "manifests signed by their writers: $count"

count=0
for decision in decisions/*.json; do
  test -e "$decision" || continue
  signed "$decision" "${decision%.json}.sig" "person:$(last "$decision" person)" tender-decision@v1 "$(last "$decision" at)"
  count=$((count + 1))
done
echo "decisions signed by their people: $count"

while read -r digest object; do
  test "$(last "manifests/$object.json" sha256)" = "$digest" || fail "$object: its manifest has another digest"
done < objects.sha256
if test -n "$buckets"; then
  (cd "$buckets" && sha256sum -c --quiet -) < objects.sha256 || fail "a stored object is not the one that was sealed"
  echo "stored objects as sealed: $(sed -n '$=' objects.sha256)"
fi
