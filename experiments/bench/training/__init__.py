"""Training of layered networks by the house's trainers, beside autograd in torch.

Each contender runs in a process of its own; torch is imported by nothing but its contender.
"""
