"""Reads pairs of LAS files, the source and what Outcrop wrote of it, with lasio (and las_rs where it is there).

The first argument is a table of two columns: source, written. Where a peer reads the source, it must read what was written,
with the same curves, units and numbers; rows may be in another order and depths nearer than a millionth are the same.
"""

import logging
import sys

import lasio
import numpy as np

try:
    import las_rs
except ImportError:
    las_rs = None


# Sources that a peer does not read as they are.
MISREAD = {
    "lasio": {
        "null_policy_ind.las": "-1.#IND, which is no number, is taken for -1",
        "sample_sections_after_a_section.las": "the rows behind the section after ~A are lost",
        "encodings_utf8.las": "without a byte order mark UTF-8 is taken for Latin-1",
    },
    "las_rs": {
        "null_policy_ind.las": "-1.#IND, which is no number, is taken for -1",
        "sample_sections_after_a_section.las": "the rows behind the section after ~A are lost",
        "mnemonic_leading_period.las": "a mnemonic behind a stray dot is not found",
        "sample_duplicate_sections.las": "curves defined twice are two curves",
        "sample_wrapped.las": "lines of wrapped rows are rows",
        "data_characters.las": "times are not read",
        "sample3.las": "NULL is not applied to wrapped rows",
        "sample_2.0_wrapped.las": "NULL is not applied to wrapped rows",
        "missing_null.las": "-999.25 is null, though the file states no NULL",
    },
}


def curves(las):
    numbers = {}
    for curve in las.curves:
        if len(curve.data) and np.issubdtype(np.asarray(curve.data).dtype, np.number):
            numbers[curve.mnemonic.upper()] = (curve.unit, np.asarray(curve.data, dtype=float))
    return numbers


def compare(before, after):
    """What differs between two files read by a peer."""
    a, b = curves(before), curves(after)
    index = before.curves[0].mnemonic.upper()
    if index not in a or index not in b or len(a[index][1]) != len(b[index][1]):
        return None if index not in a else f"index {index}: {len(a[index][1])} rows became {len(b.get(index, (0, []))[1])}"
    order = np.argsort(a[index][1], kind="stable")
    for name, (unit, values) in a.items():
        if name not in b:
            if np.isfinite(values).any():
                return f"{name} is missing"
            continue
        if unit and unit != b[name][0]:
            return f"{name}: unit {unit} became {b[name][0]}"
        if not np.allclose(values[order], b[name][1], rtol=1e-12, atol=1e-6 if name == index else 0, equal_nan=True):
            return f"{name}: values"
    return None


logging.disable(logging.CRITICAL)


def read(peer, path):
    """The file as a peer reads it; None where it fails or finds no curves."""
    try:
        las = peer.read(path)
        return las if len(las.curves) > 1 and len(las.curves[0].data) > 0 else None
    except Exception:
        return None


def version(las):
    """VERS as it stands; empty where the file has none."""
    try:
        return str(las.version["VERS"].value)
    except KeyError:
        return ""


def check(peer, pairs):
    checked, wrong = 0, []
    for source, written in pairs:
        if source.rsplit("/", 1)[-1] in MISREAD[peer.__name__]:
            continue
        before = read(peer, source)
        if before is None or version(before).startswith("3"):
            continue
        after = read(peer, written)
        difference = "cannot be read as written" if after is None else compare(before, after)
        checked += difference is None
        if difference:
            wrong.append(f"{source}: {peer.__name__}: {difference}")
    print(f"{peer.__name__} {peer.__version__}: {checked} files equal, {len(wrong)} differ")
    return wrong


def main(table):
    with open(table, encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines]
    # Broken files are read by each in its own way.
    pairs = [(a, b) for a, b in pairs if "/bad/" not in a]
    wrong = check(lasio, pairs)
    if las_rs is None:
        print("skipped: las_rs is not there")
    else:
        wrong += check(las_rs, pairs)
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main(sys.argv[1])
