#!/bin/sh
# The whole application on this machine, without a network and without containers: an issuer in WSO2's shape, and
# the template behind an API Gateway. Ctrl-C ends it; `./local.sh --once` ends by itself.
set -eu
cd "$(dirname "$0")"

issuer_port=${ISSUER_PORT:-9100}
port=${PORT:-3000}
client=w_sNIcatiDplDKRibkIWgSH8w00a
issuer=http://127.0.0.1:$issuer_port/oauth2/token
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

gatepost issuer --vendor wso2 --port "$issuer_port" --client-id "$client" >"$log" &
pids=$!
wait_for "$issuer/.well-known/openid-configuration"

gatepost gateway --template template.yaml --port "$port" --parameter-overrides \
  "Issuer=$issuer ClientId=$client PythonRuntime=$runtime" &
pids="$pids $!"
url=http://127.0.0.1:$port/hello
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
