#!/usr/bin/env python3
"""Scores what a program loaded from the files of the benchmark Pollock, as the benchmark's own evaluate.py does.

usage: score.py BENCHMARK DATASET LOADED [--files OUT.csv] [--published SYSTEM]

BENCHMARK  a checkout of the benchmark's files (see README.md)
DATASET    polluted_files or survey_sample
LOADED     a directory with FILE_converted.csv for each FILE
--files OUT.csv       writes the ten numbers of each file
--published SYSTEM    compares each number with those that the benchmark's authors published for SYSTEM, and fails where the
                      sums differ

Ten numbers of a file, each from 0 to 1, are added up: success, and precision, recall and F1 of the header's names, of records
and of cells, as multisets. Header and records are compared after values were normalized, and a record is its values without
anything between them, so that a separator too many is no fault of a record. The simple score is the mean over the files, the
weighted one uses pollock_weights.json.
"""
import csv
import datetime
import functools
import io
import json
import os
import re
import sys
from collections import Counter

NUMBERS = ["success"] + [f"{part}_{number}" for part in ("header", "record", "cell") for number in ("precision", "recall", "f1")]
MONTHS = {name: i // 2 + 1 for i, name in enumerate(
    "jan january feb february mar march apr april may may jun june jul july aug august sep september oct october "
    "nov november dec december".split())}
TIME = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$")
DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?$")
WRITTEN_DATE = re.compile(r"(\d{1,2})[- ]([a-z]+)[- ,]+(\d{2,4})$", re.I)
CURRENCY = re.compile(r"[$€£¥₹]|\b(?:EUR|USD|GBP)\b")
AMOUNT = re.compile(r"\.?\d[\d\s.,]*")


def year_of(year):
    """Two digits are within fifty years of today."""
    if year >= 100:
        return year
    today = datetime.date.today().year
    year += today // 100 * 100
    return year - 100 if year >= today + 50 else year + 100 if year < today - 50 else year


def date_of(text):
    match = WRITTEN_DATE.match(text)
    if match:
        month = MONTHS.get(match[2].lower())
        return month and datetime.datetime(year_of(int(match[3])), month, int(match[1]))
    match = DATE.match(text)
    if not match:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) > 2 or first > 31:
        year, month, day = first, second, third
    else:
        month, day, year = first, second, third
        if month > 12:
            month, day = day, month
    clock = [int(match[i] or 0) for i in (5, 6, 7)]
    return datetime.datetime(year_of(year), month, day, *clock, int((match[8] or "0").ljust(6, "0")))


def number_of(amount):
    """The last point or comma is the decimal one when one or two digits follow, or more than three."""
    amount = re.sub(r"\s", "", amount).rstrip(".,")
    match = re.search(r"[.,](\d{1,2}|\d{4,})$", amount)
    digits = re.sub(r"[.,]", "", amount)
    return float(digits[:-len(match[1])] + "." + match[1] if match else digits)


@functools.lru_cache(maxsize=None)
def normalized(value):
    if not value or value.isspace():
        return value.lower()
    try:
        number = int(value)
        return str(bool(number)) if number in (0, 1) and value not in ("0", "1") else str(number)
    except ValueError:
        pass
    if value in ("True", "true", "False", "false"):
        return "1" if value in ("True", "true") else "0"
    try:
        return str(float(value))
    except ValueError:
        pass
    try:
        if match := TIME.match(value):
            return str(datetime.time(*(int(part or 0) for part in match.groups())))
        if date := date_of(value.strip()):
            return str(date)
    except ValueError:
        pass
    if (currency := CURRENCY.search(value)) and (amount := AMOUNT.search(value)):
        return currency[0] + str(number_of(amount[0]))
    return value.lower()


def text_of(path):
    with open(path, "rb") as file:
        data = file.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def rows_of(text):
    """As the benchmark reads both sides: with Python's csv module from a file that was opened without newline=''."""
    return list(csv.reader(io.StringIO(text, newline=None)))


def precision_recall(expected, found):
    common = sum((expected & found).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / sum(expected.values()), common / sum(found.values())
    return precision, recall, precision * recall / (precision + recall) * 2


def score(clean_path, loaded_path):
    loaded = text_of(loaded_path)
    if loaded and loaded.splitlines()[0] == "Application Error":
        return [0.0] * 10
    expected, found = rows_of(text_of(clean_path)), rows_of(loaded)
    if not expected:
        return [1.0] * 10
    numbers = [1.0]
    header = Counter(map(normalized, expected[0]))
    numbers += precision_recall(header, Counter(map(normalized, found[0]))) if header and found else [0.0 if header else 1.0] * 3
    records, loaded_records = ([("".join(map(normalized, row))) for row in rows[1:]] for rows in (expected, found))
    numbers += precision_recall(Counter(records), Counter(loaded_records)) if records else [1.0] * 3
    cells = Counter(cell for row in expected for cell in row)
    numbers += precision_recall(cells, Counter(cell for row in found for cell in row)) if cells else [1.0] * 3
    return numbers


def score_or_zero(clean_path, loaded_path):
    try:
        return score(clean_path, loaded_path)
    except (OSError, csv.Error):
        return [0.0] * 10


def published(benchmark, dataset, system):
    with open(f"{benchmark}/results/{system}/{dataset}/{system}_results.csv", newline="", encoding="utf-8") as file:
        return {row["file"]: [float(row[f"{system}_{number}"] or 0) for number in NUMBERS] for row in csv.DictReader(file)}


def main(arguments):
    options = {}
    while len(arguments) > 1 and arguments[-2].startswith("--"):
        options[arguments[-2]] = arguments[-1]
        arguments = arguments[:-2]
    if len(arguments) != 3:
        sys.exit(__doc__)
    benchmark, dataset, loaded = arguments
    csv.field_size_limit(1 << 27)
    folder = f"{benchmark}/data/{dataset}"
    names = sorted(name for name in os.listdir(f"{folder}/csv") if os.path.exists(f"{folder}/clean/{name}"))
    scores = {name: score_or_zero(f"{folder}/clean/{name}", f"{loaded}/{name}_converted.csv") for name in names}
    print(f"{len(names)} files, simple {sum(map(sum, scores.values())) / len(names):.6f}", end="")
    weights = {}
    if dataset == "polluted_files":
        with open(f"{benchmark}/pollock_weights.json", encoding="utf-8") as file:
            weights = json.load(file)
        weighted = sum(sum(scores[name]) * weights[name] for name in names) / sum(weights[name] for name in names)
        print(f", weighted {weighted:.6f}", end="")
    print()
    if "--files" in options:
        with open(options["--files"], "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "score", "weight", *NUMBERS])
            writer.writerows([name, f"{sum(scores[name]):.6f}", weights.get(name, 1), *(f"{n:.6f}" for n in scores[name])]
                             for name in names)
    if "--published" in options:
        theirs = published(benchmark, dataset, options["--published"])
        names = [name for name in names if name in theirs]
        differ = [name for name in names if any(abs(a - b) > 1e-9 for a, b in zip(scores[name], theirs[name]))]
        ours, sum_theirs = (sum(sum(s[name]) for name in names) / len(names) for s in (scores, theirs))
        print(f"published {sum_theirs:.6f}; ours of the same {len(names)} files {ours:.6f}; {len(differ)} files differ")
        for name in differ[:int(os.environ.get("SHOW", "5"))]:
            print(f"  {name}: " + ", ".join(
                f"{n} {a:.6f} not {b:.6f}" for n, a, b in zip(NUMBERS, scores[name], theirs[name]) if abs(a - b) > 1e-9))
        if differ:
            sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
