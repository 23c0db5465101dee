"""The atlas: equal bytes, equal definitions, capacities that theory knows."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.figures.atlas import draw
from experiments.memory import willshaw
from experiments.memory.atlas import capacity_atlas, points
from experiments.memory.atlas.contenders import CONTENDERS, TOLERANCE, fit
from experiments.memory.atlas.information import added_bits, told_bits
from experiments.memory.atlas.items import Code, damaged, draw_items
from experiments.memory.atlas.points import Point, half_load, measure_point
from experiments.memory.atlas.sets import measure_set
from experiments.memory.atlas.settings import MEMORIES, CapacityAtlas, Damage
from experiments.memory.atlas.table import beyond
from experiments.memory.binary_settings import WillshawStudy
from experiments.memory.laboratory.capacity import half_of
from experiments.progress import Silent
from networks.config import load
from networks.inputs.patterns import block, fixed_k
from networks.memories.observables import transmitted_bits
from networks.memories.protocol import Memory
from networks.memories.vsa_theory import bloom_errors
from neuro.errors import SpecError
from neuro.recording import Header, Recorder, read

ERASED, INSERTED = Damage(erase=0.25), Damage(insert=0.25)
SPARSE, BLOCKS, DENSE = Code("sparse", 200, 8), Code("blocks", 128, 8), Code("dense", 64, 32)
# The theory of settling is off by up to .07 in recall, which falls by .14 for a tenth more.
# 300 cues add 3 standard errors of .03.
WILLSHAW_OFF = 0.1 * (0.07 + 0.03) / 0.14
SMALL = CapacityAtlas(networks=3, probes=100)


def rng(seed=1):
    return np.random.default_rng(seed)


def patterns_of(code, number=50):
    """Draw patterns of which exactly as many units are active as the code says."""
    if code.form == "blocks":
        return block(number, code.active, code.size // code.active, rng())
    return fixed_k(number, code.size, code.active, rng())


def test_every_memory_of_the_settings_is_known():
    assert set(CONTENDERS) == set(MEMORIES)


@pytest.mark.parametrize("n_bytes", [*CapacityAtlas().bytes, 8192, 40000, 100000])
@pytest.mark.parametrize("name", MEMORIES)
def test_all_memories_have_the_same_bytes(name, n_bytes):
    fitted = fit(name, n_bytes)
    assert (1 - TOLERANCE) * n_bytes <= fitted.bytes <= n_bytes
    memory = fitted.make(rng())
    assert isinstance(memory, Memory)
    if not fitted.most:
        assert memory.bytes == fitted.bytes


@pytest.mark.parametrize("name", MEMORIES)
def test_a_memory_keeps_no_more_than_its_bytes_and_recalls_what_it_was_shown(name):
    fitted = fit(name, 16384)
    items = draw_items("random", fitted.code, 0.5, rng())
    memory = fitted.make(rng())
    shown = items.draw(max(2, fitted.most + 5), rng(2))[: None if fitted.most else 2]
    memory.store(shown)
    assert memory.bytes == fitted.bytes
    states = memory.recall(shown[:1])
    assert states.shape == (1, fitted.code.size)
    assert states.dtype == shown.dtype
    assert memory.operations.reads > 0
    assert memory.operations.writes > 0


@pytest.mark.parametrize("name", [name for name in MEMORIES if fit(name, 16384).most])
def test_a_table_that_is_full_turns_patterns_away(name):
    fitted = fit(name, 16384)
    items = draw_items("random", fitted.code, 0.5, rng())
    memory = fitted.make(rng())
    memory.store(items.draw(fitted.most, rng(2)))
    before = memory.operations
    memory.store(items.draw(3, rng(3)))
    assert (memory.bytes, memory.operations) == (fitted.bytes, before)


def test_bytes_that_no_size_comes_near_are_refused():
    with pytest.raises(SpecError, match="no bcpnn of 1024 bytes"):
        fit("bcpnn", 1024)


@pytest.mark.parametrize("code", [SPARSE, BLOCKS, DENSE], ids=lambda code: code.form)
def test_a_perfect_recall_tells_the_number_of_code_words(code):
    wanted = patterns_of(code)
    assert told_bits(code, wanted, wanted) == pytest.approx([code.bits] * 50, rel=1e-12)
    assert not added_bits(code, wanted, wanted, wanted).any()


def test_the_bits_of_code_words():
    assert SPARSE.bits == pytest.approx(45.6, abs=0.05)  # log2 of 200 over 8, 5.51e13
    assert BLOCKS.bits == 8 * 4
    assert DENSE.bits == 64


def test_what_an_erased_cue_tells_is_taken_off():
    wanted = patterns_of(BLOCKS, 400)
    cues = damaged(wanted, ERASED, rng())
    added = added_bits(BLOCKS, wanted, cues, wanted)
    assert added == pytest.approx([BLOCKS.bits / 4] * 400, rel=1e-12)
    wanted = patterns_of(SPARSE, 400)
    cues = damaged(wanted, ERASED, rng())
    level = SPARSE.active / SPARSE.size
    share = transmitted_bits(level, 0, 0.25) / transmitted_bits(level, 0, 0)
    told = SPARSE.bits * (1 - share)
    assert added_bits(SPARSE, wanted, cues, wanted) == pytest.approx([told] * 400, rel=1e-12)


def test_a_block_with_two_candidates_leaves_one_bit_open():
    wanted = patterns_of(BLOCKS, 100)
    shown = wanted | np.roll(wanted.reshape(100, 8, 16), 1, axis=2).reshape(100, 128)
    assert told_bits(BLOCKS, shown, wanted) == pytest.approx([8 * 3] * 100, rel=1e-12)


@pytest.mark.parametrize("code", [SPARSE, BLOCKS, DENSE], ids=lambda code: code.form)
def test_states_of_other_patterns_add_nothing(code):
    """By chance they seem to tell about a bit, but a cue tells more."""
    wanted = patterns_of(code, 2000)
    others, cues = wanted[::-1], damaged(wanted, ERASED, rng())
    assert told_bits(code, others, wanted).mean() < 0.1 * code.bits
    assert not added_bits(code, others, cues, wanted).any()


@pytest.mark.parametrize("code", [SPARSE, BLOCKS, DENSE], ids=lambda code: code.form)
def test_a_pattern_that_is_not_recalled_adds_nothing(code):
    wanted = patterns_of(code, 40)
    cues, states = damaged(wanted, ERASED, rng()), wanted.copy()
    full = added_bits(code, wanted, cues, wanted)
    states[:20] = damaged(wanted, INSERTED, rng())[:20]
    added = added_bits(code, states, cues, wanted)
    assert (told_bits(code, states, wanted)[:20] > 0.5 * code.bits).all()
    assert not added[:20].any()
    assert added[20:] == pytest.approx(full[20:])
    assert full.min() > 0


def test_bits_are_those_of_the_best_load_up_to_the_capacity():
    added = np.array([[30.0, 50.0, 60.0, 80.0], [30.0, 55.0, 70.0, 90.0]])
    recall = np.array([[1.0, 0.5, 0.25, 0.125]] * 2)
    load = np.array([8, 16, 32, 64])
    found = points.Found(10, 5, 100.0, 1000, 0, load, {"recall": recall, "added": added})
    assert found.added.tolist() == [50.0, 55.0]


@pytest.mark.parametrize("code", [SPARSE, BLOCKS, DENSE], ids=lambda code: code.form)
def test_the_class_alone_tells_nothing_beyond_it(code):
    """But by chance: rates of 8 letters are no exact ones, which seems to tell up to two bits."""
    items = draw_items("correlated", code, 0.5, rng())
    wanted = items.draw(500, rng(2)) > 0
    expected = items.class_of(wanted)
    lucky = 2 if code.form == "blocks" else 1e-9
    assert told_bits(code, expected, wanted, expected).mean() == pytest.approx(0, abs=lucky)
    exact = told_bits(code, wanted, wanted, expected).mean()
    assert 0.3 * code.bits < exact < 0.95 * code.bits


def test_correlated_items_of_a_class_share_what_gaussians_share():
    """Signs of normal variates of correlation r agree as 2 / pi arcsin(r)."""
    code = Code("dense", 2000, 1000, is_polar=True)
    items = draw_items("correlated", code, 0.5, rng())
    drawn = items.draw(300, rng(2)).astype(float)
    expected = items.class_of(drawn > 0)
    is_same = (expected[:, None] == expected).all(axis=2)
    likeness = drawn @ drawn.T / code.size
    np.fill_diagonal(is_same, False)
    assert likeness[is_same].mean() == pytest.approx(1 / 3, abs=0.02)
    apart = likeness[~is_same & ~np.eye(300, dtype=bool)]
    assert apart.mean() == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("kind", ["random", "correlated", "mnist"])
@pytest.mark.parametrize("code", [SPARSE, BLOCKS, DENSE], ids=lambda code: code.form)
def test_items_are_coded_as_memories_want_them(kind, code):
    drawn = draw_items(kind, code, 0.5, rng()).draw(60, rng(2))
    assert drawn.shape == (60, code.size)
    if code.form == "blocks":
        assert (drawn.reshape(60, code.active, -1).sum(axis=2) == 1).all()
    elif code.form == "sparse":
        assert (drawn.sum(axis=1) == code.active).all()
    else:
        assert drawn.mean() == pytest.approx(0.5, abs=0.1)
    assert len(np.unique(drawn, axis=0)) == 60


def test_damage_counts_active_units():
    wanted = patterns_of(SPARSE)
    erased, inserted = damaged(wanted, ERASED, rng()), damaged(wanted, INSERTED, rng())
    assert (erased.sum(axis=1) == 6).all()
    assert not (erased & ~wanted).any()
    assert (inserted.sum(axis=1) == 10).all()
    assert (inserted & wanted).sum() == wanted.sum()


def test_half_of_the_patterns_are_recalled_where_a_line_over_the_log_says():
    load = np.array([10, 20, 40])
    assert half_load(load, np.array([1.0, 0.75, 0.25])) == pytest.approx(20 * 2**0.5)
    assert half_load(load, np.array([0.4, 0.2, 0.0])) == 0
    assert half_load(load, np.array([1.0, 0.9, 0.8])) == 40


def found_of(recall, load):
    rows = {"recall": np.array([recall])}
    return points.Found(10, 5, 100.0, 1000, 0, np.array(load), rows)


def test_who_keeps_the_same_number_of_patterns_is_graceful():
    load = [8, 16, 32, 64]
    always = found_of([1.0, 0.5, 0.25, 0.125], load)
    assert always.retained == pytest.approx([1.0])
    lost = found_of([1.0, 0.5, 0.0, 0.0], load)
    assert lost.retained == pytest.approx([0.0])
    assert [beyond(each.retained[0]) for each in (always, lost)] == ["graceful", "catastrophic"]


def capacities(name, n_bytes, damage=ERASED, kind="random", settings=SMALL):
    return measure_point(settings, 42, Point(name, n_bytes, kind, damage))


def test_the_willshaw_memory_holds_what_its_theory_says():
    found = capacities("willshaw", 65536)
    study = WillshawStudy(
        loads=(1, 10**5), size=found.size, active=found.active, erase=2, threshold=None,
        iterations=8, autapses=False,
    )  # fmt: skip
    theory = half_of(lambda load: willshaw.predicted(study, load)[0], study.loads)
    assert found.capacity.mean() == pytest.approx(theory, rel=WILLSHAW_OFF)


def test_hebbs_rule_holds_a_seventh_of_the_units():
    """.138 N for many units; half of the patterns of 181 units that begin at .75 a little more."""
    found = capacities("hebb", 262144)
    assert 0.138 < found.capacity.mean() / found.size < 0.175


def test_a_table_holds_what_there_is_room_for_and_loses_none_of_it():
    """Of a full table half of twice as many patterns are recalled, and a quarter of four times."""
    found = capacities("attention", 262144)
    assert found.capacity.mean() == pytest.approx(2 * found.room, rel=0.1)
    assert found.retained.mean() == pytest.approx(1, abs=0.2)


def test_the_projection_holds_correlated_patterns_that_merge_by_hebbs_rule():
    hebb = capacities("hebb", 65536, kind="correlated")
    projection = capacities("pseudo_inverse", 65536, kind="correlated")
    assert projection.capacity.mean() > 2 * hebb.capacity.mean()


def test_a_point_is_the_same_whatever_was_measured_before():
    alone = capacities("cliques", 4096)
    capacities("cliques", 4096, INSERTED)
    again = capacities("cliques", 4096)
    for name in ("recall", "added", "operations_recall"):
        assert np.array_equal(alone.rows[name], again.rows[name])


def test_a_bloom_filter_knows_as_many_items_as_its_closed_form():
    found = measure_set(SMALL, 42, "bloom", 65536)
    wanted = max(n for n in range(1, 2000) if bloom_errors(found.size, 6, n).mean <= 0.01)
    assert found.bytes == 1024
    assert found.items.mean() == pytest.approx(wanted, rel=0.1)


FEW = CapacityAtlas(
    memories=("hebb", "willshaw"), sets=(), bytes=(4096,), patterns=("random",),
    networks=1, probes=10, workers=1,
)  # fmt: skip


def run(settings, file):
    spec = SimpleNamespace(experiment=settings, seed=3)
    with Recorder(file, Header("", "{}", {}, {})) as recorder:
        capacity_atlas.run(SimpleNamespace(spec=spec), recorder, Silent())
    return read(file)


def test_points_do_not_depend_on_the_number_of_workers(tmp_path):
    tables = []
    for workers in (1, 2):
        with run(replace(FEW, workers=workers), tmp_path / f"{workers}.h5") as recording:
            tables.append({name: recording.metric(name) for name in ("recall", "added", "load")})
    for name, table in tables[0].items():
        assert np.array_equal(table, tables[1][name], equal_nan=True)


def test_the_figure_shows_the_table_best_first(tmp_path):
    with run(FEW, tmp_path / "run.h5") as recording:
        figure = draw(recording)
        bits = recording.metric("table/bits_per_byte")[:, 0, 0, 0]
    axis = figure.axes[0]
    assert bits[1] > bits[0]
    assert [each.get_text() for each in axis.get_yticklabels()] == ["Willshaw", "Hopfield, Hebb"]
    assert sorted(axis.lines[0].get_xdata()) == pytest.approx(sorted(bits))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("experiment.bytes=[65536,16384]", "ascending from 1024"),
        ("experiment.memories=[hebb,hebb]", "each once"),
        ("experiment.damages=[{erase: 0, insert: 0}]", "some damage"),
        ("experiment.memories=[wilshaw]", "willshaw"),
    ],
)
def test_settings_that_cannot_be_are_refused(words, wanted):
    config = Path(__file__).resolve().parents[4] / "data/configs/memory/capacity-atlas.yaml"
    with pytest.raises(SpecError, match=wanted):
        load(config, (words,), experiments=SETTINGS)
