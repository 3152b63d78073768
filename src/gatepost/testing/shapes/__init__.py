"""The vendors' shapes: a vendor is one file and one line here."""

from importlib import import_module

from gatepost.errors import ConfigurationError
from gatepost.testing.shapes.shape import Shape

# The module of this package, and the class in it.
_SHAPES = {
    "auth0": "Auth0",
    "authgear": "Authgear",
    "cognito": "Cognito",
    "entra": "Entra",
    "generic": "Generic",
    "google": "Google",
    "keycloak": "Keycloak",
    "okta": "Okta",
    "pingam": "PingAm",
    "pingone": "PingOne",
    "wso2": "Wso2",
}

NAMES = tuple(_SHAPES)


def shape_of(vendor: str) -> type[Shape]:
    """Return the shape of `vendor`.

    Raises:
        ConfigurationError: When there is none; the message lists those there are.
    """
    if vendor not in _SHAPES:
        raise ConfigurationError(f"there is no vendor {vendor!r} to imitate; write one of {', '.join(NAMES)}")
    shape: type[Shape] = getattr(import_module(f"{__name__}.{vendor}"), _SHAPES[vendor])
    return shape
