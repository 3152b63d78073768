"""The events that functions get, and what their answers mean."""
