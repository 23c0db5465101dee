"""Rules of spike-timing-dependent plasticity, one per file."""
