#!/bin/sh
# Get an access token of PingOne for a user, in two steps:
#
#   ./get_token.sh           prints the URL to sign on at, in a browser
#   ./get_token.sh CODE      exchanges the code that PingOne has put into the redirect's address for a token
#
# Set CLIENT_ID, CLIENT_SECRET and ENVIRONMENT_ID first. REGION (com, eu, ca, com.au, sg or asia), REDIRECT_URI and
# SCOPE have defaults; AUTH_URL takes the place of PingOne's own address, for a custom domain.
set -eu

: "${CLIENT_ID:?set it to the client id of the application in PingOne}"
REDIRECT_URI=${REDIRECT_URI:-http://localhost:3000/callback}
SCOPE=${SCOPE:-openid profile email}
if [ -z "${AUTH_URL:-}" ]; then
  : "${ENVIRONMENT_ID:?set it to the id of your PingOne environment}"
  AUTH_URL=https://auth.pingone.${REGION:-com}/$ENVIRONMENT_ID/as
fi

encoded() {
  python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$1"
}

if [ $# -eq 0 ]; then
  echo "Sign on here, and take the code from the address that you are sent to:" >&2
  echo "$AUTH_URL/authorize?client_id=$(encoded "$CLIENT_ID")&response_type=code&redirect_uri=$(encoded "$REDIRECT_URI")&scope=$(encoded "$SCOPE")"
  exit 0
fi

: "${CLIENT_SECRET:?set it to the client secret of the application in PingOne}"
# The secret and the code go in by standard input: everybody on this machine can read a command line.
answer=$(
  printf 'user = "%s:%s"\ndata-urlencode = "code=%s"\n' "$CLIENT_ID" "$CLIENT_SECRET" "$1" |
    curl --silent --show-error --config - \
      --data grant_type=authorization_code \
      --data-urlencode "redirect_uri=$REDIRECT_URI" \
      "$AUTH_URL/token"
)
printf '%s' "$answer" | python3 -c '
import json, sys

try:
    answer = json.load(sys.stdin)
    print(answer["access_token"])
except (ValueError, KeyError, TypeError):
    about = answer if "answer" in globals() and isinstance(answer, dict) else {}
    sys.exit("PingOne gave no token: %s" % (about.get("error_description") or about.get("error") or "no JSON answer"))
'
