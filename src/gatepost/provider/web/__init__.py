"""The little of HTTP that the provider needs, over ASGI: requests, responses, routes."""
