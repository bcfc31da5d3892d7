"""Being known through an outside network identity: an OpenID provider says yes or no."""
