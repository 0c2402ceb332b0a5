"""`no_collection`: the garbage collector is off inside, and afterwards as it was."""

import gc

import pytest

from ipyasgi.engine.collector import no_collection


@pytest.fixture(autouse=True)
def as_before():
    """Leave the collector on."""
    yield
    gc.enable()


def test_it_waits_and_goes_on():
    """It is off inside, and on again afterwards, also after an exception."""
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(LookupError), no_collection():
        raise LookupError
    assert gc.isenabled()


def test_one_step_in_another():
    """The outer step decides."""
    with no_collection():
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_stays_off():
    """A process that has turned it off keeps it so."""
    gc.disable()
    with no_collection():
        assert not gc.isenabled()
    assert not gc.isenabled()
