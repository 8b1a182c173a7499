"""Sign-in by OpenID Connect: the municipality's own provider says who somebody is."""
