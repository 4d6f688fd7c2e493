"""Brings runs of W&B into besom: from the files that its client leaves on disk, and from a server.

A run becomes the records that besom's own programs write (``protocol.records``), in a spool that is made anew from the
same source each time, byte for byte. The server counts the bytes that it has, so that importing twice adds nothing, and
an import that was broken off goes on.
"""
