"""Java's regular expressions, matched without backtracking.

Python's engine tries again and again, and some patterns take it years. Here all ways through a pattern are followed
side by side, character by character: the time grows with the pattern times the text, and it is counted.
"""
