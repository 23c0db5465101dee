"""Pages that need no network: of a recording (`run`) and of a sweep (`sweep`)."""

SUFFIX = ".html"
