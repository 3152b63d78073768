"""The hosted pages: everything that a person sees while signing on, complete without JavaScript (passkeys apart)."""
