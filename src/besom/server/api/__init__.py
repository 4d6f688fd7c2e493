"""The REST face, one file per noun: reads a request, calls a service, writes the answer."""
