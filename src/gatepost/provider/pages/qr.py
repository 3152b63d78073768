"""A QR code, drawn as one path."""

from typing import NamedTuple

_MARGIN = 4  # ISO/IEC 18004 §5.3.8


class QrCode(NamedTuple):
    """A QR code.

    Attributes:
        size: The length of a side, in modules, with the margin.
        path: The dark modules as a path (SVG 2 §9.3), in rows of rectangles.
    """

    size: int
    path: str


def qr_code(content: str) -> QrCode | None:
    """Return the QR code of a text, or `None` when it is too long for one."""
    import segno  # when a page needs it: it takes a while

    try:
        matrix = segno.make(content, error="m", micro=False, boost_error=False).matrix
    except segno.DataOverflowError:
        return None
    rows = (_row(bytes(row), y) for y, row in enumerate(matrix, _MARGIN))
    return QrCode(len(matrix) + 2 * _MARGIN, "".join(rows))


def _row(row: bytes, y: int) -> str:
    drawn, x = "", 0
    while x < len(row):
        end = x
        while end < len(row) and row[end]:
            end += 1
        if end > x:
            drawn += f"M{x + _MARGIN} {y}h{end - x}v1h-{end - x}z"
        x = end + 1
    return drawn
