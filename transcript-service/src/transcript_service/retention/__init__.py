"""What is erased when, by which law, and what stands against it."""
