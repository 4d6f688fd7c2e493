"""Agents on other machines: started, looked at and ended through the engine that runs those machines.

besom schedules nothing itself. Each engine has a file: a pure function says what will be submitted for an ``Order``,
and a handle, which is kept in a file, knows what was submitted, how that is, and how to end it.
"""
