"""The gate for proxies: one server that nginx, Caddy, Traefik and Envoy ask about every request."""
