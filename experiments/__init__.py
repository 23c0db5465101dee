"""Questions asked of networks: one short file each, with their runner, figures and command line."""
