"""Commands of `engram`, a file per noun; each imports what is heavy when it is called."""
