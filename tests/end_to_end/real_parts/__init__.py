"""The real programs that end-to-end tests run against: where each one is, and how it is started and stopped."""
