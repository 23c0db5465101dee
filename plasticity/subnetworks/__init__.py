"""Parts of a network that a task has to itself: which synapses, drawn at random or learnt."""
