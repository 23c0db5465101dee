"""Questions asked of active dendrites."""
