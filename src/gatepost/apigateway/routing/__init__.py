"""Which route of an API a request means."""
