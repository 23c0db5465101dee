"""What runs in the processes of a benchmark: the networks, and one file for each kind of engine."""
