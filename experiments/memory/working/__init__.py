"""Tasks of working memory, on synapses that fade and on memories of the house."""
