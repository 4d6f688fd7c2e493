"""What keeps a flooded server standing: who may come in, in which order, and how long a slow client may take.

``settings`` are the numbers, ``urgency`` tells what a request is for, ``door`` decides and counts, ``admission`` asks
the door for each request, ``connections`` cuts off clients that neither send nor read.
"""
