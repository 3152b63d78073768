#!/bin/sh
# The whole application on this machine, without a network and without containers: an issuer in PingOne's shape, and
# the template behind an API Gateway. Ctrl-C ends it; `./local.sh --once` ends by itself.
set -eu
cd "$(dirname "$0")"

issuer_port=${ISSUER_PORT:-9100}
port=${PORT:-3000}
environment=00000000-0000-4000-8000-000000000001
audience=https://api.example.com
issuer=http://127.0.0.1:$issuer_port/$environment/as
runtime=python$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
log=$(mktemp)

end() {
  status=$?
  trap - EXIT INT TERM
  kill $pids 2>/dev/null || true
  wait $pids 2>/dev/null || true
  rm -f "$log"
  exit $status
}
pids=
trap end EXIT
trap 'exit 0' INT TERM

wait_for() {
  for _ in $(seq 150); do
    curl --silent --output /dev/null "$1" && return 0
    for pid in $pids; do kill -0 "$pid" 2>/dev/null || { echo "local.sh: it did not start, see above" >&2; exit 1; }; done
    sleep 0.1
  done
  echo "local.sh: nothing answers at $1" >&2
  exit 1
}

gatepost issuer --vendor pingone --port "$issuer_port" --tenant "$environment" --audience "$audience" >"$log" &
pids=$!
wait_for "$issuer/jwks"

gatepost gateway --template template.yaml --port "$port" --parameter-overrides \
  "PingOneIssuer=$issuer PingOneJwksUrl=$issuer/jwks Audience=$audience PythonRuntime=$runtime" &
pids="$pids $!"
url=http://127.0.0.1:$port/prod/user
wait_for "$url"

token=$(grep -o 'eyJ[A-Za-z0-9._-]*' "$log" | head -n 1)

echo
echo "Without a token:"
curl --silent --include "$url"
echo
echo
echo "A browser's preflight:"
curl --silent --include --request OPTIONS --header "Origin: https://app.example.com" \
  --header "Access-Control-Request-Method: GET" --header "Access-Control-Request-Headers: authorization" "$url"
echo
echo "With a user's token:"
printf 'header = "Authorization: Bearer %s"\n' "$token" | curl --silent --include --config - "$url"
echo

[ "${1:-}" = "--once" ] && exit 0
echo
echo "Try it yourself, Ctrl-C ends:"
echo "TOKEN=$token"
echo "curl -i -H \"Authorization: Bearer \$TOKEN\" $url"
wait
