"""Networks pruned once, without a task, and then asked many."""
