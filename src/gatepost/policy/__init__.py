"""Access control: routes, what each of them demands, and the decision on a request."""
