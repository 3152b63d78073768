"""IAM policies: what a document allows, what it denies, and which statement decided (IAM User Guide)."""
