"""Questions asked of memories."""
