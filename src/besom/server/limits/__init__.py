"""What keeps a flooded server standing: who may come in, in which order, and how long a slow client may take.

``settings`` are the numbers, ``priority`` tells what a request is for, ``limiter`` decides and counts, ``admission``
asks the limiter for each request, ``connections`` cuts off clients that neither send nor read.
"""
