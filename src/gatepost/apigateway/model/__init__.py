"""What a template describes, as values: APIs with their routes, authorizers and integrations, and functions."""
