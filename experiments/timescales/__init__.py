"""How networks come to remember for long: what they learn in which order, and what that costs."""
