"""Share the work of a step between threads so that every bit is as with one thread."""
