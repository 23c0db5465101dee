"""Memories of sequences: minicolumns of HTM, and spiking cells with dendritic plateaus."""
