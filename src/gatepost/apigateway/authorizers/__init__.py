"""Who may use a route: JWT, Cognito and Lambda authorizers, API keys and resource policies, as AWS asks them."""
