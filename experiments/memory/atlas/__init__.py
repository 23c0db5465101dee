"""Every memory of the house at the same number of bytes, patterns and damage."""
