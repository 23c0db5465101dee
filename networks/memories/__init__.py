"""Memories that store and recall patterns behind one protocol, with their theory."""
