"""Benchmarks: the device "numba" beside the engines that its users could pick instead.

Every number is taken in a process of its own, by a command and never by a test.
"""
