"""How long things last, in milliseconds."""

FLOW = 900_000  # without anything happening in it (pingone.md, step 11)
SESSION_IDLE = 43_200_000  # twelve hours without a sign-on or an authorization
SESSION = 2_592_000_000  # thirty days whatever happens, as long as the cookie (pingone.md, step 12)
