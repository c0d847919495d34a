"""Instruments of recovery: recovery capital, commitment, what people in recovery say matters."""

from .scale import Instrument, Scale, run

BARC_10 = Instrument(
    name="barc_10",
    title="Brief Assessment of Recovery Capital (BARC-10)",
    answers=((1, 6),) * 10,
    scales=(Scale("", "Recovery capital (BARC-10)", run(1, 10), 10, 60),),
    citation="Vilsaint CL, Kelly JF, Bergman BG, et al. Development and validation of a Brief Assessment of Recovery "
    "Capital (BARC-10). Drug and Alcohol Dependence 2017; 177: 71-76.",
    cut=47,
)
ARC_DOMAINS = {
    "sobriety": "Substance use and sobriety",
    "psychological": "Global psychological health",
    "physical": "Global physical health",
    "citizenship": "Citizenship and community involvement",
    "support": "Social support",
    "activities": "Meaningful activities",
    "housing": "Housing and safety",
    "risk": "Risk-taking",
    "coping": "Coping and life functioning",
    "experience": "Recovery experience",
}
ARC = Instrument(
    name="arc",
    title="Assessment of Recovery Capital (ARC)",
    answers=((0, 1),) * 50,
    scales=(
        Scale("", "Recovery capital (ARC)", run(1, 50), 0, 50),
        *(
            Scale(name, f"{label} (ARC)", run(5 * i + 1, 5 * i + 5), 0, 5)
            for i, (name, label) in enumerate(ARC_DOMAINS.items())
        ),
    ),
    citation="Groshkova T, Best D, White W. The Assessment of Recovery Capital: properties and psychometrics of a "
    "measure of addiction recovery strengths. Drug and Alcohol Review 2013; 32: 187-194.",
)
CSS = Instrument(
    name="css",
    title="Commitment to Sobriety Scale",
    answers=((1, 6),) * 5,
    scales=(Scale("", "Commitment to sobriety", run(1, 5), 5, 30),),
    citation="Kelly JF, Greene MC. Beyond motivation: initial validation of the Commitment to Sobriety Scale. Journal "
    "of Substance Abuse Treatment 2014; 46: 257-263.",
)
SURE = Instrument(
    name="sure",
    title="Substance Use Recovery Evaluator (SURE)",
    answers=((1, 3),) * 21,
    scales=(
        Scale("", "Recovery (SURE)", run(1, 21), 21, 63),
        Scale("use", "Drinking and drug use (SURE)", run(1, 6), 6, 18),
        Scale("self_care", "Self-care (SURE)", run(7, 11), 5, 15),
        Scale("relationships", "Relationships (SURE)", run(12, 15), 4, 12),
        Scale("resources", "Material resources (SURE)", run(16, 18), 3, 9),
        Scale("outlook", "Outlook on life (SURE)", run(19, 21), 3, 9),
    ),
    citation="Neale J, Vitoratou S, Finch E, et al. Development and validation of 'SURE': a patient reported outcome "
    "measure for recovery from drug and alcohol dependence. Drug and Alcohol Dependence 2016; 165: 159-167.",
)
SABRS = Instrument(
    name="sabrs",
    title="Strengths And Barriers Recovery Scale (SABRS)",
    answers=((0, 1),) * 32,
    scales=(
        Scale("strengths", "Recovery strengths (SABRS)", run(1, 15), 0, 15),
        Scale("barriers", "Barriers to recovery (SABRS)", run(16, 32), 0, 17),
    ),
    citation="Best D, Vanderplasschen W, Nisic M. Measuring capital in active addiction and recovery: the development "
    "of the strengths and barriers recovery scale (SABRS). Substance Abuse Treatment, Prevention, and Policy 2020; "
    "15: 40.",
)
RGPS = Instrument(
    name="rgps",
    title="Recovery Group Participation Scale (RGPS)",
    answers=((0, 1),) * 14,
    scales=(Scale("", "Recovery group participation (RGPS)", run(1, 14), 0, 14),),
    citation="Groshkova T, Best D, White W. Recovery Group Participation Scale (RGPS): factor structure in alcohol and "
    "heroin recovery populations. Journal of Groups in Addiction and Recovery 2011; 6: 76-92.",
)
REC_CAP = Instrument(
    name="rec_cap",
    title="REC-CAP",
    answers=((0, 20),) * 5 + ((0, 1),) * 69 + ((1, 6),) * 5,
    scales=(
        Scale("wellbeing", "Quality of life and satisfaction (REC-CAP)", run(1, 5), 0, 100),
        Scale("barriers", "Barriers to recovery (REC-CAP)", run(6, 10), 0, 5),
        Scale("personal", "Personal recovery capital (REC-CAP)", run(11, 35), 0, 25),
        Scale("social", "Social recovery capital (REC-CAP)", run(36, 60), 0, 25),
        Scale("groups", "Recovery group participation (REC-CAP)", run(61, 74), 0, 14),
        Scale("commitment", "Commitment to sobriety (REC-CAP)", run(75, 79), 5, 30),
    ),
    citation="Cano I, Best D, Edwards M, Lehman J. Recovery capital pathways: modelling the components of recovery "
    "wellbeing. Drug and Alcohol Dependence 2017; 181: 11-19.",
)
