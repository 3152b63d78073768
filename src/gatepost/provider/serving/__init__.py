"""The provider as a server: how it listens, what else answers there, and what it does by the way."""
