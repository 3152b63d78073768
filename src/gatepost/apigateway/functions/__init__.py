"""Lambda functions on this machine: AWS's own runtime clients, each in a process of its own, and the Runtime API."""
