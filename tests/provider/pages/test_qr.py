"""A QR code is drawn module by module."""

import re

import segno

from gatepost.provider.pages.qr import qr_code


def test_the_path_draws_the_dark_modules() -> None:
    content = "otpauth://totp/Shop:ann?secret=ABCDEFGHIJKLMNOP&issuer=Shop"
    code = qr_code(content)
    assert code is not None
    drawn = {
        (int(x) + each, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path)
        for each in range(int(width))
    }
    matrix = segno.make(content, error="m", micro=False, boost_error=False).matrix
    assert code.size == len(matrix) + 8
    assert drawn == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}


def test_what_is_too_long_has_none() -> None:
    assert qr_code("x" * 5000) is None
