"""A job depends on the modules that its step imports, and on no other."""

from recovery_analysis.provenance import PACKAGE, closure, code_of


def _modules(step: str) -> set[str]:
    return {str(path.relative_to(PACKAGE)) for path in closure(PACKAGE / "steps" / f"{step}.py")}


def test_each_step_has_a_digest_of_its_own_code() -> None:
    digests = [code_of(path.stem) for path in (PACKAGE / "steps").glob("*.py")]
    assert len(set(digests)) == len(digests) and all(len(digest) == 64 for digest in digests)


def test_code_of_cox_models_is_part_of_the_jobs_that_use_it_only() -> None:
    users = {path.stem for path in (PACKAGE / "steps").glob("*.py") if "models/cox_rows.py" in _modules(path.stem)}
    assert users == {"fit_survival", "fit_multistate", "fit_multiverse", "fit_target_trial"}


def test_imports_inside_functions_and_packages_are_followed() -> None:
    assert {"io.py", "errors.py", "study/plan.py", "schemas/cohort.py", "cohort/periods.py"} <= _modules(
        "derive_cohort"
    )
    assert "figures/draw.py" in _modules("draw_figure")


def test_the_closure_ends_and_stays_in_the_package() -> None:
    everything = closure(PACKAGE / "cli.py")
    assert all(PACKAGE in path.parents for path in everything)
