"""What pruning by the answers to noise keeps, and how fast neighbouring states part."""
