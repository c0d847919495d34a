"""A job depends on the modules that its step imports, and on no other."""

from pathlib import Path

from recovery_analysis.provenance import PACKAGE, closure, code_of


def _modules(step: str) -> set[str]:
    return {str(Path(path).resolve().relative_to(PACKAGE)) for path in code_of(step)}


def test_survival_code_is_part_of_the_jobs_that_use_it_only() -> None:
    users = {path.stem for path in (PACKAGE / "steps").glob("*.py") if "models/survival.py" in _modules(path.stem)}
    assert users == {"fit_survival", "fit_multistate", "fit_multiverse", "fit_recovery_time", "fit_target_trial"}


def test_imports_inside_functions_and_packages_are_followed() -> None:
    assert {"io.py", "errors.py", "study/plan.py", "schemas/cohort.py", "cohort/periods.py"} <= _modules(
        "derive_cohort"
    )
    assert "figures/draw.py" in _modules("draw_figure")


def test_the_closure_ends_and_stays_in_the_package() -> None:
    everything = closure(PACKAGE / "cli.py")
    assert all(PACKAGE in path.parents for path in everything)
