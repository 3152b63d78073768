"""Gates: where a decision is enforced. Each of them reads a request, asks the policy, and answers in its own way."""
