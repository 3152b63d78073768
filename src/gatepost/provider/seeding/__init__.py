"""An environment as a file: what is in it, written down by names, read in and written out."""
