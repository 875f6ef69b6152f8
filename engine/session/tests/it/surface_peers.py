"""Reads pairs of surfaces with xtgeo and compares them: `surface_peers.py pairs.tsv`, a pair of paths a line."""

import sys
import warnings

import numpy as np
import xtgeo

FORMATS = {".gri": "irap_binary", ".fgr": "irap_ascii", ".irap": "irap_ascii", ".zmap": "zmap_ascii", ".dat": "zmap_ascii"}


def read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return xtgeo.surface_from_file(path, fformat=FORMATS[path[path.rindex("."):]])


compared = 0
for line in open(sys.argv[1], encoding="utf-8"):
    source, copy = line.rstrip("\n").split("\t")
    a, b = read(source), read(copy)
    # Headers of ZMAP+ are bounds, from which increments are computed; RMS binary has 32 bits.
    for name in ["ncol", "nrow", "xori", "yori", "xinc", "yinc", "rotation", "yflip"]:
        x, y = getattr(a, name), getattr(b, name)
        assert abs(x - y) <= 2e-7 * max(1.0, abs(x)), f"{copy} of {source}: {name} {x} {y}"
    x, y = np.ma.filled(a.values, np.nan), np.ma.filled(b.values, np.nan)
    assert (np.isnan(x) == np.isnan(y)).all(), f"{copy} of {source}: undefined nodes differ"
    assert np.allclose(x, y, rtol=2e-7, atol=0, equal_nan=True), f"{copy} of {source}: values differ"
    compared += 1
assert compared > 20, compared
print(f"{compared} files are the same to xtgeo")
