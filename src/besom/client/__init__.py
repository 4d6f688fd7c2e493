"""The HTTP client and the public Api objects."""
