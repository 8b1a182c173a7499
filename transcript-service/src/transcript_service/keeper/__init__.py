"""The keeper: the transcript-service's process that nobody calls. It seals, archives and erases."""
