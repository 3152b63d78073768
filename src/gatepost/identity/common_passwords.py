"""Passwords that everybody tries first."""

from gatepost.identity.folding import fold

# Words that stand in front of, between and after the digits and signs of most passwords that were ever found out.
_LIST = """
password passwort passw0rd motdepasse contrasena senha parola heslo haslo salasana passwd pass admin administrator
root user guest test testing demo default login welcome willkommen bienvenue hello hallo qwerty qwertz azerty
qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qweasd abc abcd abcde abcdef abcdefg abcdefgh iloveyou letmein
dragon monkey football baseball basketball soccer hockey master superman batman pokemon sunshine princess shadow
starwars trustno freedom whatever computer internet secret changeme temp temporary summer winter spring autumn fall
january february march april june july august september october november december monday friday sunday company
michael jordan jennifer jessica ashley daniel charlie thomas robert matthew andrew joshua george michelle nicole
hunter killer pepper ginger cookie cheese banana orange apple google facebook samsung android linkedin access
matrix mustang corvette ferrari porsche mercedes yankees cowboys eagles arsenal liverpool chelsea barcelona
love lovely angel flower butterfly purple silver golden diamond chocolate buster tigger maggie biteme ncc
"""
_WORDS = frozenset(_LIST.split())
_AS_LETTERS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p")
_DECORATION = "0123456789!@#$%^&*()-_=+[]{}|;:,.<>/? "
_REST = 5  # characters beside a word that do not make it a password of somebody's own


def is_common(cleartext: str) -> bool:
    """Tell whether a password is one of those tried first: a well-known word with little else, or a row of keys."""
    folded = fold(cleartext)
    forms = {folded.strip(_DECORATION), folded.translate(_AS_LETTERS), folded.strip(_DECORATION).translate(_AS_LETTERS)}
    words = {_once("".join(each for each in form if each.isalpha())) for form in forms} & _WORDS
    if any(len(_once(folded)) - len(word) <= _REST for word in words):
        return True
    return len(set(folded)) <= 2 or any(_once(folded) in row or _once(folded)[::-1] in row for row in _ROWS)


def _once(text: str) -> str:
    """Return the half of a text that is one half twice, and any other text as it is."""
    half = text[: len(text) // 2]
    return half if half and half * 2 == text else text
