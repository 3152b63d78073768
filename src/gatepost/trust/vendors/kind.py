"""What tells a vendor's access tokens from its ID tokens, where neither `typ` nor the audience does."""

from gatepost.trust.issuer import IssuerOptions


def require_in_access_tokens(options: IssuerOptions, claim: str) -> None:
    """Require `claim`, which only the vendor's access tokens have, besides what the user requires.

    Args:
        options: The issuer's options, which are changed unless they ask for another kind of token.
        claim: The claim's name.
    """
    if options.get("token_type", "access") == "access":
        given = options.get("required_claims", ())
        options["required_claims"] = (claim, *((given,) if isinstance(given, str) else given))
