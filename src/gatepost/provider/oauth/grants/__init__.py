"""The grant types of the token endpoint: one module each, and one line in the table of `registry`."""
