"""From one YAML file to a network: configuration, description, graphs, assembly, memories."""
