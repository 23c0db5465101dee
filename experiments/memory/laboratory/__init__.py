"""One harness for all memories: store, recall, count, compare with theory, and write it down."""
