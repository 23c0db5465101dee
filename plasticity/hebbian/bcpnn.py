"""Bayesian confidence propagation (BCPNN): weights are logarithms of joint probabilities.

Three traces in a row for the source i, the target j and the pair:

    dZ_i/dt = (S_i/f_max - Z_i + eps)/tau_zi,  dZ_j/dt = (S_j/f_max - Z_j + eps)/tau_zj
    dE_i/dt = (Z_i - E_i)/tau_e,  dE_j/dt = (Z_j - E_j)/tau_e,  dE_ij/dt = (Z_i Z_j - E_ij)/tau_e
    dP/dt = (E - P)/tau_p                                                for P_i, P_j and P_ij
    weight = w_gain ln(P_ij / (P_i P_j)),    bias_j = ln P_j

S is a train of unit impulses: a spike adds 1/(f_max tau_z) to its Z, and cells that fire at f_max
have P = 1. All traces begin at rest (P_i = P_j = eps, P_ij = eps^2), where the weight is 0.

Between spikes the equations are solved in closed form, so a synapse works at its own spikes only.
The variables are the deviations from rest: z = Z - eps, likewise e and p, and e_ij and p_ij
follow the product z_i z_j, which decays at the rate 1/tau_zi + 1/tau_zj. Hence P_i = p_i + eps and
P_ij = p_ij + eps (p_i + p_j) + eps^2. No two of tau_zi, tau_zi tau_zj/(tau_zi + tau_zj), tau_e,
tau_p may be equal. The weight is that of the synapse's last spike; the bias belongs to the target
cell and is not added to its current here.

Known values: independent trains end at weight 0, cells that are on (at f_max) together a part p of
the time at -ln p, cells never on together at ln((eps^2 + eps (p_i + p_j))/(P_i P_j)). Two
identical Poisson trains of rate r share the shot noise of every spike: ln(1 + 1/(2 r tau_z)).

References
----------
P. J. Tully, M. H. Hennig, A. Lansner (2014). Synaptic and nonsynaptic plasticity approximating
probabilistic inference. Frontiers in Synaptic Neuroscience 6, 8. A. Lansner, O. Ekeberg (1989). A
one-layer feedback artificial neural network with a Bayesian learning rule. International Journal
of Neural Systems 1, 77-87.
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

# Decay over the time since the synapse's last event. `into` stands for the rate of the first
# trace relative to the second: E gains into (exp(-s/tau_z) - exp(-s/tau_e)) times z, and so on.
ADVANCE = """
age = t - t_event
tau_zij = tau_zi*tau_zj/(tau_zi + tau_zj)
left_e = exp(-age/tau_e)
left_p = exp(-age/tau_p)
left_i = exp(-age/tau_zi)
left_j = exp(-age/tau_zj)
into_i = z_i*tau_zi/(tau_zi - tau_e)
into_j = z_j*tau_zj/(tau_zj - tau_e)
into_ij = z_i*z_j*tau_zij/(tau_zij - tau_e)
slow = tau_e/(tau_e - tau_p)*(left_e - left_p)
fast_i = tau_zi/(tau_zi - tau_p)*(left_i - left_p)
fast_j = tau_zj/(tau_zj - tau_p)*(left_j - left_p)
fast_ij = tau_zij/(tau_zij - tau_p)*(left_i*left_j - left_p)
p_i = p_i*left_p + (e_i - into_i)*slow + into_i*fast_i
p_j = p_j*left_p + (e_j - into_j)*slow + into_j*fast_j
p_ij = p_ij*left_p + (e_ij - into_ij)*slow + into_ij*fast_ij
e_i = e_i*left_e + into_i*(left_i - left_e)
e_j = e_j*left_e + into_j*(left_j - left_e)
e_ij = e_ij*left_e + into_ij*(left_i*left_j - left_e)
z_i = z_i*left_i
z_j = z_j*left_j
t_event = t
"""

WEIGHT = "w_gain*log((p_ij + eps*(p_i + p_j) + eps*eps)/((p_i + eps)*(p_j + eps))) - weight"

BCPNN = PlasticityRule(
    name="bcpnn",
    summary="Bayesian confidence propagation: weight = log of joint over product of probabilities",
    source="Tully, Hennig & Lansner 2014, Front Synaptic Neurosci 6:8",
    equations="""
z_i : 1
z_j : 1
e_i : 1
e_j : 1
e_ij : 1
p_i : 1
p_j : 1
p_ij : 1
t_event : second
""",
    on_pre=f"{ADVANCE}z_i += 1/(f_max*tau_zi)\n",
    on_post=f"{ADVANCE}z_j += 1/(f_max*tau_zj)\n",
    pre_change=WEIGHT,
    post_change=WEIGHT,
    parameters={
        "tau_zi": "10 ms",
        "tau_zj": "10 ms",
        "tau_e": "100 ms",
        "tau_p": "10 s",
        "f_max": "50 Hz",
        "eps": "0.01",
        "w_gain": "1 weight",
    },
    constraints=(
        "tau_zi > 0",
        "tau_zj > 0",
        "tau_e > 0",
        "tau_p > 0",
        "tau_zi != tau_e",
        "tau_zj != tau_e",
        "tau_zi != tau_p",
        "tau_zj != tau_p",
        "tau_e != tau_p",
        "tau_zi || tau_zj != tau_e",
        "tau_zi || tau_zj != tau_p",
        "f_max > 0",
        "eps > 0",
    ),
)
