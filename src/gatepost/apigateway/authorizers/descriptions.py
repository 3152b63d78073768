"""What a JWT authorizer of an HTTP API says is wrong with a token, in `error_description` of `www-authenticate`.

AWS tells few of these texts. The first group was seen on AWS or stands in its documentation. The others are those of
`golang-jwt`, whose texts AWS's are where they were seen, or are in common quotation: nothing may depend on them.
"""

# ── Documented or seen ───────────────────────────────────────────────────────────────────────────────────────────────
WRONG_AUDIENCE = "the token does not have a valid audience"
SEGMENTS = "token contains an invalid number of segments"
DISCOVERY_FAILED = "OIDC discovery endpoint communication error"
JWKS_FAILED = "JWKS communication error"
WRONG_ISSUER = "issuer does not match"
SIGNING_METHOD = "signing method {} is invalid"  # seen with ES256

# ── Inferred ─────────────────────────────────────────────────────────────────────────────────────────────────────────
EXPIRED = "the token has expired"  # commonly quoted
NOT_YET = "Token is not valid yet"
FROM_THE_FUTURE = "Token used before issued"
BAD_SIGNATURE = "crypto/rsa: verification error"
NO_METHOD = "signing method (alg) is unspecified."
UNKNOWN_METHOD = "signing method (alg) is unavailable."
NOT_BASE64 = "illegal base64 data at input byte {}"
NOT_JSON = "invalid character {} looking for beginning of value"
END_OF_JSON = "unexpected end of JSON input"
NOT_AN_OBJECT = "json: cannot unmarshal {} into Go value of type {}"
INVALID = "token is invalid"  # golang-jwt's text where nothing else is said
UNKNOWN_KEY = "the token does not have a known key id"  # Gatepost's own: no text of AWS is known

# `$context.authorizer.error` of a request without a token, as a user quotes it.
NO_TOKEN = "missing: token not provided"
