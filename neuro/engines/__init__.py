"""Engines: what runs the Brian2 network that a description builds."""
