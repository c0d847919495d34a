"""Instruments of substance use."""

from .scale import Instrument, Scale

TOP_SUBSTANCES = {
    "alcohol": "Alcohol",
    "opiates": "Opiates",
    "crack": "Crack",
    "cocaine": "Cocaine",
    "amphetamines": "Amphetamines",
    "cannabis": "Cannabis",
    "other": "Another substance",
}
TOP = Instrument(
    name="top",
    title="Treatment Outcomes Profile (TOP), section 1: days of use in the last 28",
    answers=((0, 28),) * len(TOP_SUBSTANCES),
    scales=tuple(
        Scale(name, f"{label}: days used in the last 28 (TOP)", (item,), 0, 28)
        for item, (name, label) in enumerate(TOP_SUBSTANCES.items(), 1)
    ),
    citation="Marsden J, Farrell M, Bradbury C, et al. Development of the Treatment Outcomes Profile. Addiction 2008; "
    "103: 1450-1460.",
)
