"""What the door serves over plain HTTP."""
