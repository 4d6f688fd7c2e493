"""What those who run a server see of it: metrics, logs with the ids of requests, traces."""
