"""What the system does, one file per noun: no HTTP, no SQL."""
