"""The ids that the gateway gives to requests."""

from binascii import b2a_base64
from os import urandom

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def http_request_id() -> str:
    """Return `$context.requestId` of an HTTP API, its `apigw-requestid`: 16 characters, of which the last is `=`."""
    return b2a_base64(urandom(11), newline=False).translate(_URL_SAFE).decode("ascii")


def rest_request_id() -> str:
    """Return `$context.requestId` of a REST API, its `x-amzn-RequestId`: a random UUID (RFC 9562 §5.4)."""
    digits = urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def extended_request_id() -> str:
    """Return `$context.extendedRequestId`, a REST API's `x-amz-apigw-id`."""
    return http_request_id()
