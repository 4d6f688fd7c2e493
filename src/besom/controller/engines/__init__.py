"""Search engines of others, which choose a sweep's runs from outside of the server."""
