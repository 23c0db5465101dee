"""How a network learns on without forgetting: streams of tasks, methods, measures."""
