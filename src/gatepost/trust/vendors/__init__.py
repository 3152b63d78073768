"""The vendors' issuers: each function returns an `Issuer` that knows its vendor's URLs and habits.

A vendor is one file, whose name is the function's, and one line in `NAMES`. It is imported when it is first used.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from gatepost.errors import ConfigurationError
from gatepost.lazily import exports
from gatepost.trust.issuer import Issuer

if TYPE_CHECKING:
    from gatepost.trust.vendors.auth0 import auth0 as auth0
    from gatepost.trust.vendors.authgear import authgear as authgear
    from gatepost.trust.vendors.cognito import cognito as cognito
    from gatepost.trust.vendors.entra import entra as entra
    from gatepost.trust.vendors.google import google as google
    from gatepost.trust.vendors.keycloak import keycloak as keycloak
    from gatepost.trust.vendors.okta import okta as okta
    from gatepost.trust.vendors.pingam import pingam as pingam
    from gatepost.trust.vendors.pingfederate import pingfederate as pingfederate
    from gatepost.trust.vendors.pingone import pingone as pingone
    from gatepost.trust.vendors.wso2 import wso2 as wso2

NAMES = (
    "auth0",
    "authgear",
    "cognito",
    "entra",
    "google",
    "keycloak",
    "okta",
    "pingam",
    "pingfederate",
    "pingone",
    "wso2",
)


def vendor(name: str) -> Callable[..., Issuer]:
    """Return the function of the vendor `name`, such as `pingone`.

    Raises:
        ConfigurationError: When there is no such vendor; the message lists those there are.
    """
    if name not in NAMES:
        raise ConfigurationError(f"there is no vendor {name!r}; write one of {', '.join(NAMES)}")
    function: Callable[..., Issuer] = getattr(sys.modules[__name__], name)
    return function


class _Package(ModuleType):
    def __setattr__(self, name: str, value: object) -> None:
        # When a submodule is imported, Python puts it into its package under its name. The function is wanted there.
        if name in NAMES and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
__getattr__, __dir__ = exports(__name__, {name: f"{__name__}.{name}" for name in NAMES})
