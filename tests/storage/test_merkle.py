"""The RFC 6962 tree against the published vectors, and every proof against every tree up to a size."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import merkle

# The inputs and roots of the Certificate Transparency reference tests.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = range(1, 20)


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(hashlib.sha256(bytes([i])).digest()) for i in range(size)]


@pytest.mark.parametrize(("size", "expected"), ROOTS.items())
def test_roots_are_those_of_the_reference_vectors(size: int, expected: str) -> None:
    hashes = [merkle.leaf_hash(bytes.fromhex(text)) for text in INPUTS[:size]]
    assert merkle.root(hashes).hex() == expected


def test_every_leaf_is_proven_included_and_no_other_leaf_is() -> None:
    for size in SIZES:
        tree = leaves(size)
        top = merkle.root(tree)
        for index in range(size):
            proof = merkle.inclusion_proof(tree, index)
            accepted = [
                (leaf, place)
                for leaf in range(size)
                for place in range(size)
                if merkle.included(tree[leaf], place, size, proof, top)
            ]
            assert accepted == [(index, index)]


def test_every_older_tree_is_proven_a_prefix_and_a_forked_one_is_not() -> None:
    for size in SIZES:
        tree = leaves(size)
        for old in range(size + 1):
            proof = merkle.consistency_proof(tree, old)
            assert merkle.consistent(old, size, merkle.root(tree[:old]), merkle.root(tree), proof)
            forked = [bytes(32), *tree[1:old]] if old else [bytes(32)]
            assert not merkle.consistent(old, size, merkle.root(forked), merkle.root(tree), proof)


@settings(max_examples=100, deadline=None)
@given(size=st.integers(2, 40), data=st.data())
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    tree = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = list(merkle.inclusion_proof(tree, index))
    broken = data.draw(st.integers(0, len(proof) - 1))
    changed = [*proof[:broken], bytes(32), *proof[broken + 1 :]]
    top = merkle.root(tree)
    for candidate in (changed, proof[:-1], [*proof, bytes(32)]):
        assert not merkle.included(tree[index], index, size, candidate, top)


def test_a_leaf_or_prefix_outside_the_tree_is_an_error() -> None:
    tree = leaves(3)
    with pytest.raises(IndexError):
        merkle.inclusion_proof(tree, 3)
    with pytest.raises(IndexError):
        merkle.consistency_proof(tree, 4)
    assert not merkle.included(tree[0], 3, 3, (), merkle.root(tree))
    assert not merkle.consistent(4, 3, merkle.root(tree), merkle.root(tree), ())
