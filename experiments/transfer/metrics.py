"""What a run of the study of transfer measures: names, definitions, units; light."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_EXPONENTS = (
    "leading Lyapunov exponents of the network of exact spikes without delays, at the bias that "
    "gives the rate and under inputs that are held for a step each, the largest first"
)
_ERROR = "standard error, from the scatter of eighths of the time, of"
_RECORD = "[record, direction]: estimates of the exponents up to lyapunov_times, unsorted"
_ABOVE = "mean over N = 2, 3, ... of (accuracy - chance) / (1 - chance), by new sequences"
#: name -> definition, unit.
DEFINITIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "neurons": ("neurons that are left", "1"),
        "synapses": ("recurrent synapses that are left, added ones too", "1"),
        "density": ("synapses / synapses of the whole network", "1"),
        "rate": ("mean over the neurons left, under independent inputs", "Hz"),
        "rate_exc": ("of those that are excitatory", "Hz"),
        "rate_inh": ("of those that are inhibitory", "Hz"),
        "bias": ("added to I_e of every neuron to give the rate", "A"),
        "lyapunov_exponents": (_EXPONENTS, "1/s"),
        "lyapunov_exponents_before": (f"{_EXPONENTS}; of the whole network", "1/s"),
        "lambda_max": ("largest of lyapunov_exponents", "1/s"),
        "lambda_max_before": ("largest of lyapunov_exponents_before", "1/s"),
        "lambda_max_error": (f"{_ERROR} lambda_max", "1/s"),
        "lambda_max_error_before": (f"{_ERROR} lambda_max_before", "1/s"),
        "lyapunov_times": ("[record]: time since vectors had settled", "s"),
        "lyapunov_times_before": ("[record]: the same of the whole network", "s"),
        "lyapunov_record": (_RECORD, "1/s"),
        "lyapunov_record_before": (f"{_RECORD}; of the whole network", "1/s"),
        "kaplan_yorke": ("Kaplan-Yorke dimension; NaN if more exponents are needed", "1"),
        "kaplan_yorke_before": ("the same of the whole network", "1"),
        "synaptic_operations": (
            "recurrent synapses crossed by spikes per second of the memory task", "1/s",
        ),
        "mc": (
            "sum over delays of squared correlation of past inputs with their read-outs, held-out, "
            "less chance", "1",
        ),
        "mc_by_delay": ("[delay from 1]: the same by delay", "1"),
        "ipc": ("information processing capacity of filtered spikes up to degree 3", "1"),
        "ipc_by_degree": ("[degree from 1]: the same by degree", "1"),
        "lorenz_nrmse": ("of one-step forecasts of Lorenz's system, held-out", "1"),
        "lorenz_valid_time": ("mean time that free forecasts are valid, Lyapunov times", "1"),
        "roessler_nrmse": ("of one-step forecasts of Roessler's system, held-out", "1"),
        "roessler_valid_time": ("mean time that free forecasts are valid, Lyapunov times", "1"),
        "rows_accuracy": ("share of test images told right that were shown row by row", "1"),
        "parity_by_n": ("[N from 2]: accuracy on N-parity", "1"),
        "parity_score": (_ABOVE, "1"),
        "match_by_n": ("[N from 2]: accuracy on N-delayed match", "1"),
        "match_score": (_ABOVE, "1"),
        "reber_accuracy": ("share of strings told right, broken ones as pairs of letters allow",
                           "1"),
    }
)  # fmt: skip
#: task -> the metric by which it is judged.
HEADLINES: Mapping[str, str] = MappingProxyType(
    {
        "memory": "mc", "processing": "ipc", "lorenz": "lorenz_nrmse",
        "roessler": "roessler_nrmse", "rows": "rows_accuracy", "parity": "parity_score",
        "match": "match_score", "reber": "reber_accuracy",
    }
)  # fmt: skip
#: Of these less is better.
ERRORS = ("lorenz_nrmse", "roessler_nrmse")
