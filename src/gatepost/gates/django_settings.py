"""`settings.GATEPOST`: the settings of the gate for Django."""

from collections.abc import Callable, Mapping
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gatepost.errors import ConfigurationError
from gatepost.gates.gatekeeper import Gatekeeper, GateOptions
from gatepost.policy.decision import Deny


class DjangoOptions(GateOptions, total=False):
    """What `settings.GATEPOST` may hold: the settings of every gate, and `on_refusal`.

    Attributes:
        on_refusal: Returns the answer to a refused request in place of a problem document.
    """

    on_refusal: Callable[[HttpRequest, Deny], HttpResponseBase]


def gatekeeper() -> Gatekeeper:
    """Return what `settings.GATEPOST` says.

    Raises:
        ConfigurationError: When the settings are wrong.
    """
    options = getattr(settings, "GATEPOST", None)
    if not isinstance(options, Mapping):
        raise ConfigurationError('write GATEPOST = {"policy": BASE_DIR / "gatepost.toml"} into the settings')
    if _Made.options is not options:
        _Made.keeper = Gatekeeper(cast("GateOptions", options))
        _Made.options = options
    return cast("Gatekeeper", _Made.keeper)


class _Made:
    """The gatekeeper of these settings; tests override them."""

    options: object = None
    keeper: Gatekeeper | None = None
