"""Access requests (innsyn): one package with what is kept of somebody, other people masked."""
