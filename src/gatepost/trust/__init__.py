"""Who is trusted: issuers, where their keys come from, and how those are kept fresh."""
