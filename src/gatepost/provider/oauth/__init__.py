"""OAuth 2.0 and OpenID Connect under `/{environmentId}/as`: clients, tokens, and requests for authorization."""

from gatepost.provider.oauth.routes import routes

__all__ = ["routes"]
