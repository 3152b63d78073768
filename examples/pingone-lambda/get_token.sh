#!/bin/sh
# Get an access token of PingOne for a user, in two steps:
#
#   ./get_token.sh           prints the URL to sign on at, in a browser
#   ./get_token.sh CODE      exchanges the code that PingOne has put into the redirect's address for a token
#
# CODE may be the whole address as well. Set CLIENT_ID, CLIENT_SECRET and ENVIRONMENT_ID first. REGION (com, eu, ca,
# com.au, sg or asia), REDIRECT_URI and SCOPE have defaults; AUTH_URL takes the place of PingOne's own address, for a
# custom domain. It needs gatepost: pip install 'gatepost[server]'
set -eu

: "${CLIENT_ID:?set it to the client id of the application in PingOne}"
REDIRECT_URI=${REDIRECT_URI:-http://localhost:3000/callback}
SCOPE=${SCOPE:-openid profile email}
if [ -z "${AUTH_URL:-}" ]; then
  : "${ENVIRONMENT_ID:?set it to the id of your PingOne environment}"
  AUTH_URL=https://auth.pingone.${REGION:-com}/$ENVIRONMENT_ID/as
fi
# What the first step leaves for the second: that what comes back answers this request, and that nobody else asked.
PENDING=${PENDING:-$(dirname "$0")/.get_token.pending}

authorize() {
  gatepost token authorize --issuer "$AUTH_URL" --client-id "$CLIENT_ID" --pending "$PENDING" "$@"
}

if [ $# -eq 0 ]; then
  authorize --authorization-endpoint "$AUTH_URL/authorize" --redirect-uri "$REDIRECT_URI" --scope "$SCOPE"
  exit 0
fi

: "${CLIENT_SECRET:?set it to the client secret of the application in PingOne}"
# The secret goes in by the environment: everybody on this machine can read a command line.
export GATEPOST_CLIENT_SECRET="$CLIENT_SECRET"
exec 3>&1
if ! complaint=$(authorize --code "$1" --access-token 2>&1 >&3); then
  echo "PingOne gave no token: ${complaint#gatepost: }" >&2
  exit 1
fi
