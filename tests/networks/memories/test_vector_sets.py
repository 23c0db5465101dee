"""Sets kept as one vector: what they answer, by definition and as often as closed forms say."""

from itertools import product

import numpy as np
import pytest

from networks.inputs.patterns import fixed_k, rademacher
from networks.memories import vsa_theory as theory
from networks.memories.bloom import BloomFilter, CountingBloom
from networks.memories.bundles import SignBundle, SumBundle
from networks.memories.protocol import Memory, Operations
from networks.memories.signed_matrix import SignedMatrix, sign_of
from neuro.errors import SpecError

SIZE, ACTIVE = 100, 5
POLAR = {
    "sums": lambda: SumBundle(SIZE),
    "signs": lambda: SignBundle(SIZE, np.random.default_rng(1)),
    "matrix": lambda: SignedMatrix(SIZE),
}
SPARSE = {
    "bloom": lambda: BloomFilter(SIZE, ACTIVE),
    "counting": lambda: CountingBloom(SIZE, ACTIVE),
}
ALL = {name: (make, True) for name, make in POLAR.items()} | {
    name: (make, False) for name, make in SPARSE.items()
}


def items(number, is_polar, seed=7, size=SIZE):
    rng = np.random.default_rng(seed)
    return rademacher(number, size, rng) if is_polar else fixed_k(number, size, ACTIVE, rng)


@pytest.mark.parametrize(("make", "is_polar"), ALL.values(), ids=ALL)
def test_a_small_set_knows_its_members_and_gives_back_no_others(make, is_polar):
    memory, item = make(), items(40, is_polar)
    assert isinstance(memory, Memory)
    assert not memory.recall(item).any()
    memory.store(item[:3])
    np.testing.assert_array_equal(memory.recall(item[:3]), item[:3])
    assert memory.recall(item).dtype == item.dtype
    assert not memory.recall(item[3:]).any()
    assert memory.n_synapses == (SIZE**2 if isinstance(memory, SignedMatrix) else SIZE)


@pytest.mark.parametrize(("make", "is_polar"), ALL.values(), ids=ALL)
def test_what_is_no_item_is_refused(make, is_polar):
    with pytest.raises(SpecError, match="needed"):
        make().store(items(2, not is_polar))
    with pytest.raises(SpecError, match="needed"):
        make().recall(items(2, is_polar, size=SIZE + 1))


@pytest.mark.parametrize(
    ("make", "store", "recall", "size"),
    [
        (POLAR["sums"], 3 * SIZE, SIZE, 2 * SIZE),
        (POLAR["signs"], 3 * SIZE, SIZE, 16),
        (POLAR["matrix"], 3 * SIZE**2, SIZE**2, 4 * SIZE**2),
        (SPARSE["bloom"], 3 * ACTIVE, ACTIVE, 16),
        (SPARSE["counting"], 3 * ACTIVE, ACTIVE, 2 * SIZE),
    ],
    ids=[*POLAR, *SPARSE],
)
def test_accesses_and_bytes_are_counted(make, store, recall, size):
    memory = make()
    item = items(3, make in POLAR.values())
    memory.store(item)
    assert memory.operations == Operations(0, store)
    memory.recall(item[:1])
    assert memory.operations == Operations(recall, store)
    assert memory.bytes == size


def test_a_filter_reads_no_further_than_it_must():
    """The first word has a bit that is not set: the four bits of the second are not read."""
    cue = np.zeros((1, SIZE), bool)
    cue[0, [3, 70, 71, 72, 73]] = True
    memory = BloomFilter(SIZE, ACTIVE)
    assert not memory.holds(cue)[0]
    assert memory.operations == Operations(1, 0)


@pytest.mark.parametrize("number", [3, 4])
def test_signs_are_those_of_the_sum_and_none_is_missing(number):
    item = items(number, True)
    memory = SignBundle(SIZE, np.random.default_rng(1))
    memory.store(item)
    joined = np.random.default_rng(1).integers(0, 2, SIZE, dtype=np.int8) * 2 - 1
    sign = np.sign(item.sum(axis=0) + (number % 2 == 0) * joined)
    assert (sign != 0).all()
    strangers = items(500, True, 8)
    expected = strangers @ sign > theory.alignment(number) * SIZE / 2
    assert 0 < expected.sum() < 500
    np.testing.assert_array_equal(memory.holds(strangers), expected)
    with pytest.raises(SpecError, match="at once"):
        memory.store(item)


def test_the_matrix_is_the_sum_of_signed_products():
    item, strangers = items(40, True, size=12), items(300, True, 8, 12)
    memory = SignedMatrix(12)
    memory.store(item[:10])
    memory.store(item[10:])
    sign = np.prod(item[:, :6], axis=1, dtype=int)
    np.testing.assert_array_equal(sign_of(item), sign)
    weight = np.einsum("p,pi,pj->ij", sign, item.astype(int), item)
    wide = strangers.astype(int)
    energy = np.prod(wide[:, :6], axis=1) * np.einsum("pi,ij,pj->p", wide, weight, wide)
    np.testing.assert_array_equal(memory.holds(strangers), energy > 72)


def test_counters_answer_as_bits_do_and_let_items_go():
    item = fixed_k(460, SIZE, ACTIVE, np.random.default_rng(7))
    bits, counters = BloomFilter(SIZE, ACTIVE), CountingBloom(SIZE, ACTIVE)
    for memory in (bits, counters):
        memory.store(item[:30])
        memory.store(item[30:60])
    held = bits.holds(item)
    assert held[:60].all()
    assert 0 < held[60:].sum() < 400
    np.testing.assert_array_equal(counters.holds(item), held)
    assert bits.fill == item[:60].any(axis=0).mean()
    fewer = BloomFilter(SIZE, ACTIVE)
    fewer.store(item[20:60])
    counters.remove(item[:20])
    np.testing.assert_array_equal(counters.holds(item), fewer.holds(item))
    with pytest.raises(SpecError, match="out what is in"):
        counters.remove(np.repeat(item[:1], 61, axis=0))


def pairs(make, draw, size, number, shared, repeats, seed):
    """Return errors of the number of shared items, of pairs of new sets."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(repeats):
        item = draw(2 * number - shared, size, rng)
        first, second = make(size, rng), make(size, rng)
        first.store(item[:number])
        second.store(item[number - shared :])
        found.append(first.common(second) - shared)
    return np.array(found)


@pytest.mark.parametrize(
    ("make", "is_polar", "size", "deviation"),
    [
        (lambda m, _: SumBundle(m), True, 200, theory.product_error),
        (lambda m, _: CountingBloom(m, ACTIVE), False, 200, theory.counting_error),
        (lambda m, _: SignedMatrix(m), True, 30, theory.matrix_product_error),
        (SignBundle, True, 4000, theory.sign_product_error),
        (lambda m, _: BloomFilter(m, ACTIVE), False, 1000,
         lambda m, n, both: theory.union_error(m, ACTIVE, n, both)),
    ],
    ids=["sums", "counting", "matrix", "signs", "bloom"],
)  # fmt: skip
def test_intersections_are_as_uncertain_as_derived(make, is_polar, size, deviation):
    """Four standard errors of 600 pairs; 3 % for the forms of first order."""

    def draw(number, m, rng):
        return rademacher(number, m, rng) if is_polar else fixed_k(number, m, ACTIVE, rng)

    error = pairs(make, draw, size, 31, 11, 600, 3)
    expected = deviation(size, 31, 11)
    assert abs(error.mean()) < 4 * expected / np.sqrt(600)
    # Kurtosis of a sum of squares is above that of a normal variable: one half more.
    assert error.std() == pytest.approx(expected, rel=4 * 1.5 / np.sqrt(1200))


def test_products_of_all_pairs_of_sets_have_the_exact_variance():
    """Two numbers, one vector of three shared: all 1024 choices of five vectors."""
    vectors = [np.array([each], np.int8) for each in product((-1, 1), repeat=2)]
    errors = []
    for choice in product(vectors, repeat=5):
        first, second = SumBundle(2), SumBundle(2)
        first.store(np.concatenate(choice[:3]))
        second.store(np.concatenate(choice[2:]))
        errors.append(first.common(second) - 1)
    assert np.mean(errors) == pytest.approx(0, abs=1e-12)
    assert np.std(errors) == pytest.approx(theory.product_error(2, 3, 1), rel=1e-12)


@pytest.mark.parametrize(
    ("m", "n", "tabled"), [(64, 50, (0.009, 0.005)), (64, 200, (0.104, 0.110))]
)
def test_matrices_err_as_often_as_tabled(m, n, tabled):
    """Twenty matrices were tabled, and 200 are asked: three standard errors of the former."""
    rng = np.random.default_rng(5)
    rates = []
    for _ in range(200):
        memory, item = SignedMatrix(m), rademacher(2 * n, m, rng)
        memory.store(item[:n])
        held = memory.holds(item)
        rates.append((1 - held[:n].mean(), held[n:].mean()))
    error = 3 * np.std(rates, axis=0) * np.sqrt(1 / 20 + 1 / 200)
    assert (np.abs(np.mean(rates, axis=0) - tabled) < error + 5e-4).all()


@pytest.mark.parametrize(
    ("m", "n", "d", "tabled"), [(1000, 51, 1000, 0.894), (256, 8, 100, 0.9969)]
)
def test_members_are_found_among_others_as_often_as_predicted(m, n, d, tabled):
    """VSA-1: three standard errors across 40 codebooks; strangers are D - M here, as tabled."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(40):
        item = rademacher(d, m, rng).astype(np.float32)
        likeness = item @ item[:n].sum(axis=0)
        found.append((likeness[:n] > likeness[n:].max()).mean())
    expected = theory.best_of(m, n, d - n + 1)
    assert abs(np.mean(found) - expected) < 3 * np.std(found) / np.sqrt(40) + 2e-3
    assert abs(tabled - expected) < 0.03


@pytest.mark.parametrize(("make", "is_polar"), ALL.values(), ids=ALL)
def test_a_set_of_one_has_one_item_in_common_with_itself(make, is_polar):
    memory = make()
    memory.store(items(1, is_polar))
    assert memory.common(memory) == pytest.approx(1, abs=1e-9)


def test_noise_makes_no_bias_where_nothing_is_shared():
    """Four standard errors; cut at 0, the estimates would be .4 deviations too high."""
    error = pairs(SignBundle, rademacher, 500, 31, 0, 400, 3)
    assert abs(error.mean()) < 4 * error.std() / np.sqrt(400)
