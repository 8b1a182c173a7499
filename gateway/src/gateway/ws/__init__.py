"""The citizens' socket, `/ws/citizen`."""
