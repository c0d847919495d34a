"""What an analysis with sampling weights, sites as clusters, strata or weighted tests must say of the rest."""

from collections.abc import Iterator

from .errors import nearest
from .study import Analysis, CurvesFigure, Study, SurvivalAnalysis

PLACES = ("country", "site")


def sampling_rules(path: str, study: Study, analysis: Analysis) -> Iterator[str]:
    """Sentences, each beginning with a dotted path."""
    mapped = study.mapping.persons.columns
    if getattr(analysis, "weights", None) is not None and "weight" not in mapped:
        yield (
            f"{path}.weights: no sampling weights are mapped, so everybody's would be 1. Name their column under "
            "mapping.persons.columns.weight, or take `weights` away."
        )
    if getattr(analysis, "cluster", None) == "site" and "site" not in mapped:
        yield f"{path}.cluster: no sites are mapped. Name their column under mapping.persons.columns.site."
    if isinstance(analysis, SurvivalAnalysis):
        yield from _strata(path, study, analysis)
        yield from _frailty(path, study, analysis)
        if analysis.rho and (analysis.weights is not None or analysis.cluster == "site"):
            yield (
                f"{path}.rho: tests that look at early differences have no form for sampling weights or clusters here. "
                "Take `rho` away: the plain test is then robust."
            )


def _frailty(path: str, study: Study, analysis: SurvivalAnalysis) -> Iterator[str]:
    if analysis.frailty is None:
        return
    if "site" not in study.mapping.persons.columns:
        yield f"{path}.frailty: no sites are mapped. Name their column under mapping.persons.columns.site."
    if analysis.weights is not None or analysis.cluster is not None:
        yield (
            f"{path}.frailty: a frailty has no form for sampling weights, and takes the place of clusters. Take one of "
            "them away: `cluster: site` widens the interval, `strata: [site]` compares people within sites."
        )
    if "site" in (*analysis.strata, *analysis.adjust):
        yield f"{path}.frailty: `site` stands under `strata` or `adjust` too, so nothing is left for a frailty to tell."


def _strata(path: str, study: Study, analysis: SurvivalAnalysis) -> Iterator[str]:
    mapped, described = study.mapping.persons.columns, study.variables
    known = [name for name in mapped if name in PLACES or (name in described and described[name].type != "number")]
    for name in analysis.strata:
        if name == "gender":
            yield (
                f"{path}.strata: each gender has an effect of its own in the interaction model already. Adjust for "
                "gender instead."
            )
        elif name not in known:
            yield f"{path}.strata: '{name}' is not a category of persons. {nearest(name, known)}"
        elif name in analysis.adjust:
            yield f"{path}.strata: '{name}' stands under `adjust` too. Strata allow for it: leave it out of `adjust`."


def standardised_figure(path: str, study: Study, figure: CurvesFigure) -> Iterator[str]:
    """Standardised curves take each person as drawn alone and counting once."""
    analysis = study.analyses.get(figure.analysis)
    if figure.by != "standardised" or not isinstance(analysis, SurvivalAnalysis):
        return
    if analysis.weights is not None or analysis.cluster is not None:
        yield (
            f"{path}.by: standardised curves have no form for sampling weights or clusters. Draw `peer` or `gender`, "
            "or a second analysis without them."
        )
