"""Search: words, names and numbers in the conversations that the reader may read."""
