"""The libraries: every function that an expression can call, and every method that values have."""

from typing import Final

from gatepost.provider.expressions.libraries.core import CORE
from gatepost.provider.expressions.libraries.crypto import CRYPTO
from gatepost.provider.expressions.libraries.data import DATA
from gatepost.provider.expressions.libraries.datetimes import DATETIME
from gatepost.provider.expressions.libraries.function import Library
from gatepost.provider.expressions.libraries.methods import METHODS
from gatepost.provider.expressions.libraries.regexes import REGEX
from gatepost.provider.expressions.libraries.strings import STRING

__all__ = ["LIBRARIES", "METHODS"]

LIBRARIES: Final[dict[str, Library]] = {
    "string": STRING,
    "datetime": DATETIME,
    "data": DATA,
    "regex": REGEX,
    "crypto": CRYPTO,
    "core": CORE,
}
