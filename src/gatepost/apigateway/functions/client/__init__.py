"""What runs inside a function's process: in its interpreter, whatever its version, and without the rest of Gatepost."""
