#!/usr/bin/env bash
# The curl lines of the documents that this project began with, as they stand there, against a running server;
# each answer is compared with what the generator knows of its own entries. Only hosts, stores and credentials
# are variables, and curl is told to be quiet.
#
#   TRAILSIFT_URL        the server, http://127.0.0.1:8787 when absent
#   TRAILSIFT_DEV_VARS   the file with its credentials, .dev.vars of this checkout when absent; the tenants
#                        "seeds" and "recorded" of it are used, whose trails nothing else writes
#   TRAILSIFT_SHARED     the reference material with recorded entries, ../shared when absent
#
# Prints a line a check and at last "N passed, N failed", with ", N skipped" where something was; exits 1 if anything differs. It can be run again on
# the same server: what was loaded before is recognised by its ids.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

URL=${TRAILSIFT_URL:-http://127.0.0.1:8787}
URL=${URL%/}
VARS=${TRAILSIFT_DEV_VARS:-.dev.vars}
SHARED=${TRAILSIFT_SHARED:-../shared}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

passed=0
failed=0
skipped=0

# check NAME EXPECTED ACTUAL: one line, the difference below it.
check() {
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1))
    echo "ok $1"
  else
    failed=$((failed + 1))
    echo "not ok $1"
    echo "  expected: ${2:0:300}"
    echo "  answered: ${3:0:300}"
  fi
}

# skip REASON: one line; what it is about counts neither as passed nor as failed.
skip() {
  skipped=$((skipped + 1))
  echo "skipped: $1"
}

finish() {
  local counts="$passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || counts="$counts, $skipped skipped"
  echo "$counts"
  [ "$failed" -eq 0 ]
  exit
}

give_up() {
  failed=$((failed + 1))
  echo "not ok $1"
  finish
}

for tool in curl jq cargo; do
  command -v "$tool" >/dev/null || give_up "this script needs $tool"
done

curl() { command curl --silent --show-error --max-time 60 "$@"; }

curl --output /dev/null "$URL/" || give_up "no server answers at $URL"

# credential FILTER: a value of the tenant's credentials.
credential() {
  sed -n 's/^TRAILSIFT_CREDENTIALS=//p' "$VARS" | sed "s/^'//; s/'\$//" | jq -re "$1"
}

# sign_in TENANT: takes its credentials from now on.
sign_in() {
  local tenant="select(.tenant == \"$1\")"
  CLIENT_ID=$(credential "first(.clients[] | $tenant).id") &&
    CLIENT_SECRET=$(credential "first(.clients[] | $tenant).secret") &&
    KEY=$(credential "first(.keys[] | $tenant).key") &&
    BASIC=$(credential "first(.basic[] | $tenant) | \"\(.user):\(.password)\"") ||
    give_up "no credentials of the tenant \"$1\" in $VARS: delete it to have it made anew"
}

sign_in seeds

# generate NAME ARGUMENTS…: NAME.ndjson with entries and NAME.json with the truth about them.
generate() {
  local name=$1
  shift
  cargo xtask generate "$@" >"$WORK/$name.ndjson" &&
    cargo xtask generate "$@" --truth >"$WORK/$name.json" ||
    give_up "generate $*"
}

truth() { jq -r "$2" "$WORK/$1.json"; }

# load NAME TRAIL [EXPECTED]: appends the entries in batches; as many must be stored as the truth about them says.
load() {
  local batch answer counted stored=0
  split -l 1000 "$WORK/$1.ndjson" "$WORK/$1.batch."
  for batch in "$WORK/$1".batch.*; do
    answer=$(curl -X POST "$URL/v1/trails/$2/entries" -H "authorization: Bearer $KEY" \
      -H 'content-type: application/x-ndjson' --data-binary "@$batch")
    if counted=$(jq -e '.accepted + .duplicates' <<<"$answer" 2>/dev/null); then
      stored=$((stored + counted))
    else
      echo "  answered: ${answer:0:300}"
    fi
  done
  check "$1 loaded into the trail $2" "${3:-$(truth "$1" .entries)}" "$stored"
}

# ids FILE FIELD: the values of a field of NDJSON, one a line.
ids() { jq -r ".$2" "$1"; }

yesterday() { jq -nr "now - 86400 | strftime(\"%Y-%m-%dT$1\")"; }

## Seed 000: the Auth0 FGA Logging API

FGA_API_URL=$URL
# A store of this run's own: a ULID of the present time and of random letters.
FGA_STORE_ID=$(jq -nr --arg random "$(od -An -N16 -tu1 /dev/urandom)" '
  "0123456789ABCDEFGHJKMNPQRSTVWXYZ" as $letters
  | [range(10) as $i | (now * 1000 | floor) / pow(32; 9 - $i) | floor % 32] + ($random | split(" ")
  | map(select(. != "") | tonumber % 32))
  | map($letters[.:. + 1]) | join("")')
generate fga --kind fga --entries 2500 --seed 11 --store "$FGA_STORE_ID" \
  --start "$(yesterday 00:00:00Z)"
load fga "$FGA_STORE_ID"

# access_token AUDIENCE: one for it.
access_token() {
  curl -X POST "$URL/oauth/token" -d grant_type=client_credentials \
    -d "client_id=$CLIENT_ID" -d "client_secret=$CLIENT_SECRET" -d "audience=$1" | jq -r .access_token
}
ACCESS_TOKEN=$(access_token "$FGA_API_URL/")

logs() { jq -r '.logs[].id' <<<"$1"; }

answer=$(curl "$FGA_API_URL/stores/$FGA_STORE_ID/logs" -H "authorization: bearer $ACCESS_TOKEN")
pages=1
found=$(logs "$answer")
token=$(jq -r .continuation_token <<<"$answer")
while [ "$pages" -lt 100 ]; do
  before=$token
  answer=$(curl "$FGA_API_URL/stores/$FGA_STORE_ID/logs?continuation_token=$token" -H "authorization: bearer $ACCESS_TOKEN")
  token=$(jq -r .continuation_token <<<"$answer")
  [ -n "$(logs "$answer")" ] || break
  pages=$((pages + 1))
  found="$found"$'\n'"$(logs "$answer")"
done
check "FGA: all pages until the response is empty, $pages of them" "$(ids "$WORK/fga.ndjson" id)" "$found"
check "FGA: the last token comes back when nothing is newer" "$before" "${token:-none}"

answer=$(curl "$FGA_API_URL/stores/$FGA_STORE_ID/logs?query=request.operation:Write&request.tuple_key.object:'document:annual_report'" -H "authorization: bearer $ACCESS_TOKEN")
check "FGA: who changed document:annual_report ($(truth fga '.ids.annual_report_writes | length') entries)" \
  "$(truth fga '.ids.annual_report_writes[]')" "$(logs "$answer")"

answer=$(curl "$FGA_API_URL/stores/$FGA_STORE_ID/logs?query=request.operation:Check&request.tuple_key.user:'user:Anne'" -H "authorization: bearer $ACCESS_TOKEN")
check "FGA: what user:Anne asked for ($(truth fga '.ids.anne_checks | length') entries)" \
  "$(truth fga '.ids.anne_checks[]')" "$(logs "$answer")"
check "FGA: each says whether it was allowed" "$(truth fga '.ids.anne_checks | length')" \
  "$(jq '[.logs[].response.allowed | booleans] | length' <<<"$answer")"

## Seeds 001 and 003: the Auth0 Management API

generate auth0 --kind auth0 --entries 2500 --seed 11
load auth0 auth0

DOMAIN=${URL#*://}
answer=$(curl --request POST \
  --url "$URL/oauth/token" \
  --header 'content-type: application/x-www-form-urlencoded' \
  --data grant_type=client_credentials \
  --data "client_id=$CLIENT_ID" \
  --data "client_secret=$CLIENT_SECRET" \
  --data "audience=https://$DOMAIN/api/v2/")
check "Auth0: the token request" "Bearer 86400 string" \
  "$(jq -r '"\(.token_type) \(.expires_in) \(.access_token | type)"' <<<"$answer")"
ACCESS_TOKEN=$(jq -r .access_token <<<"$answer")

# checkpoints FROM TAKE: follows the links until a page is empty; prints the log ids.
checkpoints() {
  local next="$URL/api/v2/logs?from=$1&take=$2" page pages=0
  while [ -n "$next" ] && [ "$pages" -lt 200 ]; do
    page=$(curl -D "$WORK/headers" "$next" -H "authorization: Bearer $ACCESS_TOKEN")
    [ "$page" != "[]" ] || return 0
    jq -r '.[].log_id' <<<"$page" || return 1
    next=$(grep -i '^link:' "$WORK/headers" | sed -n 's/^[^<]*<\(.*\)>; *rel="next".*/\1/p')
    pages=$((pages + 1))
  done
  echo "no end"
}

all=$(ids "$WORK/auth0.ndjson" log_id)
check "Auth0: checkpoints from the beginning to the end" "$all" "$(checkpoints "" 100)"
check "Auth0: checkpoints after an id made of the time before the first" "$all" \
  "$(checkpoints "90020260609235959$(printf '%039d' 0)" 100)"
middle=$(truth auth0 '.ids.sample[1]')
check "Auth0: checkpoints after an entry of the middle" "$(sed "1,/$middle/d" <<<"$all")" \
  "$(checkpoints "$middle" 73)"

# search Q EXPECTED: the number of entries that a search finds, and that the first page is right.
search() {
  answer=$(curl -G "$URL/api/v2/logs" -H "authorization: Bearer $ACCESS_TOKEN" \
    --data-urlencode "q=$1" -d include_totals=true)
  local length=$(($2 < 50 ? $2 : 50))
  check "Auth0: q=$1 ($2 entries)" "total $2 start 0 limit 50 length $length" \
    "$(jq -r '"total \(.total) start \(.start) limit \(.limit) length \(.logs | length)"' <<<"$answer")"
}

search 'type:fp' "$(truth auth0 .counts.type.fp)"
search 'type:f*' "$(truth auth0 .counts.type_prefix.f)"
search 'type:f OR type:fp OR type:fu' "$(truth auth0 .counts.login.failed)"
search 'NOT type:s' "$(truth auth0 '.entries - .counts.type.s')"
search 'ip:203.0.113.66' "$(truth auth0 '.counts.ip["203.0.113.66"]')"
search 'connection:"google-oauth2"' "$(truth auth0 '.counts.connection["google-oauth2"]')"
search 'date:[2026-06-10T09:00:00Z TO 2026-06-10T10:00:00Z}' "$(truth auth0 '.hours["2026-06-10T09"]')"
search 'date:[2026-06-10 TO 2026-06-10]' "$(truth auth0 .entries)"

answer=$(curl "$URL/api/v2/logs/$middle" -H "authorization: Bearer $ACCESS_TOKEN")
check "Auth0: one entry by its id, as it was sent" \
  "$(jq -cS "select(.log_id == \"$middle\")" "$WORK/auth0.ndjson")" "$(jq -cS . <<<"$answer")"

## Seed 002: the Cerbos Admin audit log

# A day for `between` and `lookup`, and the last ten seconds for `tail` and `since`.
NOW=$(jq -nr 'now | floor')
recent_start=$(jq -nr "$NOW - 10 | todate")
recent_end=$(jq -nr "$NOW | todate")
for kind in access decision; do
  generate "$kind-day" --kind "cerbos-$kind" --entries 1500 --seed 11 --start "$(yesterday 00:00:00Z)"
  generate "$kind-recent" --kind "cerbos-$kind" --entries 200 --seed "$NOW" \
    --start "$recent_start" --end "$recent_end"
done

# list KIND QUERY: the answer of the audit log.
list() { curl "$URL/admin/auditlog/list/$1?$2" -u "$BASIC" "${@:3}"; }

for kind in access decision; do
  name=KIND_$(tr '[:lower:]' '[:upper:]' <<<"$kind")
  entry=".result.${kind}LogEntry"
  # What an earlier run left in the last hour.
  list "$name" since=1h | jq -r "$entry.callId" | sort >"$WORK/earlier"
  load "$kind-day" "$kind"
  load "$kind-recent" "$kind"

  check "Cerbos: $name?tail=10" "$(ids "$WORK/$kind-recent.ndjson" callId | tail -n 10 | sed '1!G;h;$!d')" \
    "$(list "$name" tail=10 | jq -r "$entry.callId")"
  check "Cerbos: $name?since=1h" "$(ids "$WORK/$kind-recent.ndjson" callId)" \
    "$(list "$name" since=1h | jq -r "$entry.callId" | grep -vxFf "$WORK/earlier")"

  hour=$(truth "$kind-day" '.hours | to_entries | max_by(.value).key')
  between="between.start=$hour:00:00Z&between.end=$hour:59:59.999Z"
  check "Cerbos: $name?$between ($(truth "$kind-day" ".hours[\"$hour\"]") entries)" \
    "$(jq -r "select(.timestamp | startswith(\"$hour\")).callId" "$WORK/$kind-day.ndjson")" \
    "$(list "$name" "$between" | jq -r "$entry.callId")"

  call=$(truth "$kind-day" '.ids.paired_sample[0]')
  check "Cerbos: $name?lookup=$call" "$(jq -cS "select(.callId == \"$call\")" "$WORK/$kind-day.ndjson")" \
    "$(list "$name" "lookup=$call" | jq -cS "$entry")"
  check "Cerbos: $name?lookup= of a call that never was" "200 0" \
    "$(list "$name" "lookup=00000000000000000000000000" -o /dev/null -w '%{http_code} %{size_download}')"
done

## Recorded entries of real tenants, counted by jq

recorded=$SHARED/data/auth0-real-entries.ndjson
if [ -f "$recorded" ]; then
  sign_in recorded
  ACCESS_TOKEN=$(access_token "$URL/api/v2/")
  cp "$recorded" "$WORK/recorded.ndjson"
  load recorded auth0 "$(jq -s length "$recorded")"
  user=$(jq -rs 'map(.user_id | strings | select(startswith("auth0|"))) | first' "$recorded")

  # total Q JQ: what a search counts, and how many entries the expression of jq selects.
  total() {
    local expected
    expected=$(jq -s --arg user "$user" "map(select($2)) | length" "$recorded")
    answer=$(curl -G "$URL/api/v2/logs" -H "authorization: Bearer $ACCESS_TOKEN" \
      --data-urlencode "q=$1" -d include_totals=true -d per_page=100)
    [ "$expected" -gt 0 ] || expected="some entries, to show anything"
    check "recorded: q=$1 ($expected entries)" "$expected $expected" \
      "$(jq -r '"\(.total) \(.logs | length)"' <<<"$answer")"
  }

  total 'type:sapi' '.type == "sapi"'
  total 'NOT type:sapi' '.type != "sapi"'
  total "user_id:\"$user\"" '.user_id == $user'
  total 'date:[2021-09 TO 2021-10]' '.date[:7] | . == "2021-09" or . == "2021-10"'
else
  skip "the recorded entries of real tenants: there is no $recorded"
fi

finish
