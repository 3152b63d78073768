"""The shapes of what the platform's API takes: every member that does not fit is told, in one answer."""
