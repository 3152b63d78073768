"""An OpenID provider that speaks PingOne: the platform's API, OAuth 2.0 and OpenID Connect, sign-on flows and pages."""
