"""An issuer by the specifications alone."""

from gatepost.testing.shapes.shape import Shape


class Generic(Shape):
    """What RFC 8414, RFC 9068 and OpenID Connect ask for, and no vendor's habits."""
