"""The platform's API, under `/v1`: what PingOne's management API offers, with its bodies, links and errors."""
