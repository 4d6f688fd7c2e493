"""The sweep server: REST face, services, store."""
