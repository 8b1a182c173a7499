"""What other systems of the municipality may do: keys with scopes, REST, webhooks."""
