"""Settings that are numbers, and between what they have to lie."""

from gatepost.errors import ConfigurationError


def check_number(name: str, value: object, least: float, most: float) -> None:
    """Check that the setting `name` is a number from `least` to `most`.

    Raises:
        ConfigurationError: When it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ConfigurationError(f"{name} is a number from {least:,g} to {most:,g}, not {value!r}")
