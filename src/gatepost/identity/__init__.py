"""Who there is: organizations, environments, users, applications, resources and keys, in SQLite or PostgreSQL."""
