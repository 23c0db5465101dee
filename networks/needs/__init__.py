"""What a run will need, known before Brian2 is imported and before anything is built."""
