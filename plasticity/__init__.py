"""Learning rules as text and array functions; they never know which network or file they serve."""
