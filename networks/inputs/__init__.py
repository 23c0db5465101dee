"""What enters a network: data sets, pattern generators and encoders."""
