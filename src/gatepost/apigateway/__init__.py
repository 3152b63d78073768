"""AWS API Gateway on one machine: its templates, routes, events, authorizers and functions, as AWS runs them."""
