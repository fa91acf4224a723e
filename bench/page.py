"""The results as a page."""

from collections.abc import Mapping, Sequence

from bench.budgets import Measured

Run = Mapping[str, object]


def page(
    *, csv_rows: int, machine: str, runs: Mapping[str, Run], budgets: Sequence[Measured], scale: Sequence[Run]
) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"One run of `make bench` on {machine}; {csv_rows:,} lessons of the invented municipality. Other machines",
        "give other seconds; the ratios are the point. Every contender answers the same question from the same file,",
        "and the answers are compared.",
        "",
        "## The same work, side by side",
        "",
        "Import: the CSV to where it can be asked (Närvaro validates every row, finds duplicates and keeps checksums;",
        "the others do not). Answer: each pupil's minutes over the year and over the 20 latest school days, warm,",
        "median of 3 (fewer where it takes longer than ten seconds).",
        "",
        "| contender | import s | answer s | peak MB | same answer |",
        "|---|---|---|---|---|",
        *(_run_row(name, run, runs.get("narvaro", run)) for name, run in runs.items()),
        "",
        "## Budgets",
        "",
        "| what | seconds | budget | |",
        "|---|---|---|---|",
        *(_budget_row(each) for each in [*_import_budget(runs, csv_rows), *budgets]),
        "",
        "## Cost grows in step with the data",
        "",
        "| times the municipality | lessons | import s | million lessons a second | answer s | peak MB |",
        "|---|---|---|---|---|---|",
        *(_scale_row(run, csv_rows) for run in scale),
        "",
    ]
    return "\n".join(lines)


def _run_row(name: str, run: Run, own: Run) -> str:
    if name == "plain scan":
        return f"| {name} (floor) | {run['import_s']:.2f} | | | |"
    same = "yes" if run["answer"] == own["answer"] else "NO"
    return f"| {name} | {run['import_s']:.1f} | {run['answer_s']:.2f} | {run['peak_mb']:.0f} | {same} |"


def _import_budget(runs: Mapping[str, Run], rows: int) -> list[Measured]:
    if "narvaro" not in runs:
        return []
    return [Measured(f"import of {rows / 1e6:.1f} million lessons", float(str(runs["narvaro"]["import_s"])), 25.0)]


def _budget_row(each: Measured) -> str:
    within = "" if each.budget is None else ("within" if each.seconds <= each.budget else "ABOVE")
    return f"| {each.what} | {each.seconds:.3f} | {each.budget or ''} | {within} |"


def _scale_row(run: Run, rows: int) -> str:
    times = float(str(run["times"]))
    seconds = float(str(run["import_s"]))
    million = rows * times / 1e6
    speed, answer, peak = million / seconds, run["answer_s"], run["peak_mb"]
    return f"| {times:g} | {million:.1f} M | {seconds:.1f} | {speed:.2f} | {answer:.2f} | {peak:.0f} |"
