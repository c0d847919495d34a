"""Instruments of health and quality of life."""

from .scale import Instrument, Scale, WeightedScale, run

CES_D = Instrument(
    name="ces_d",
    title="Centre for Epidemiologic Studies Depression scale (CES-D)",
    answers=((0, 3),) * 20,
    scales=(Scale("", "Depressive symptoms (CES-D)", run(1, 20), 0, 60, most_missing=4),),
    citation="Radloff LS. The CES-D scale: a self-report depression scale for research in the general population. "
    "Applied Psychological Measurement 1977; 1: 385-401.",
    reversed=(4, 8, 12, 16),
    cut=16,
)
WHOQOL_BREF = Instrument(
    name="whoqol_bref",
    title="WHOQOL-BREF",
    answers=((1, 5),) * 26,
    scales=(
        Scale("physical", "Physical health (WHOQOL-BREF)", (3, 4, 10, 15, 16, 17, 18), 0, 100, "percent", 2),
        Scale("psychological", "Psychological health (WHOQOL-BREF)", (5, 6, 7, 11, 19, 26), 0, 100, "percent", 2),
        Scale("social", "Social relationships (WHOQOL-BREF)", (20, 21, 22), 0, 100, "percent", 1),
        Scale("environment", "Environment (WHOQOL-BREF)", (8, 9, 12, 13, 14, 23, 24, 25), 0, 100, "percent", 2),
    ),
    citation="World Health Organization. WHOQOL user manual (WHO/MNH/MHP/98.4). Geneva: WHO; 1998. The WHOQOL Group. "
    "Development of the World Health Organization WHOQOL-BREF quality of life assessment. Psychological Medicine "
    "1998; 28: 551-558.",
    reversed=(3, 4, 26),
    most_missing=5,
)
PHYSICAL = (
    (0.0, -1.31872, -3.02396, -5.56461, -8.37399),
    (-7.23216, -3.45555, 0.0),
    (-6.24397, -2.73557, 0.0),
    (-4.61617, 0.0),
    (-5.51747, 0.0),
    (3.04365, 0.0),
    (2.32091, 0.0),
    (0.0, -3.80130, -6.50522, -8.38063, -11.25544),
    (0.0, 0.66514, 1.36689, 2.37241, 2.90426, 3.46638),
    (0.0, -0.42251, -1.14387, -1.61850, -2.02168, -2.44706),
    (4.61446, 3.41593, 2.34247, 1.28044, 0.41188, 0.0),
    (-0.33682, -0.94342, -0.18043, 0.11038, 0.0),
)
MENTAL = (
    (0.0, -0.06064, 0.03482, -0.16891, -1.71175),
    (3.93115, 1.86840, 0.0),
    (2.68282, 1.43103, 0.0),
    (1.44060, 0.0),
    (1.66968, 0.0),
    (-6.82672, 0.0),
    (-5.69921, 0.0),
    (0.0, 0.90384, 1.49384, 1.76691, 1.48619),
    (0.0, -1.94949, -4.09842, -6.31121, -7.92717, -10.19085),
    (0.0, -0.92057, -1.65178, -3.29805, -4.88962, -6.02409),
    (-16.15395, -10.77911, -8.09914, -4.59055, -1.95934, 0.0),
    (-6.29724, -8.26066, -5.63286, -3.13896, 0.0),
)
SF_12 = Instrument(
    name="sf_12",
    title="SF-12 Health Survey, version 1, weights of the United States",
    answers=tuple((1, len(weights)) for weights in PHYSICAL),
    scales=(
        WeightedScale("physical", "Physical component summary (SF-12)", 56.57706, PHYSICAL),
        WeightedScale("mental", "Mental component summary (SF-12)", 60.75781, MENTAL),
    ),
    citation="Ware JE, Kosinski M, Keller SD. SF-12: how to score the SF-12 physical and mental health summary scales. "
    "Boston: The Health Institute, New England Medical Center; 1995. Ware JE, Kosinski M, Keller SD. A 12-item "
    "short-form health survey. Medical Care 1996; 34: 220-233.",
)
