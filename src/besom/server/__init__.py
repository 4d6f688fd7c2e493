"""The sweep server: REST API, services, store."""
