"""The gateway itself: its servers, the way of a request through it, and what it tells about that way."""
