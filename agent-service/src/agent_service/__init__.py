"""The agents' desk: sockets, presence, sign-in and the directory."""
