"""One call from a seed to extracts and truth."""

from pathlib import Path

from .extracts import write_extracts
from .lives import draw_lives
from .parameters import LifeParameters
from .recovery_sample import only_in_recovery, true_times
from .truth import write_truth


def simulate_study(
    n: int,
    seed: int,
    directory: Path,
    truth_path: Path,
    faults: bool = True,
    parameters: LifeParameters | None = None,
    interviewed: str = "everyone",
) -> None:
    """Draw a study population, write its extracts, and write what is true of it.

    Parameters
    ----------
    n : int
        Number of people interviewed at baseline.
    seed : int
        The same seed gives the same bytes.
    directory : Path
        Where the extracts go: uk_baseline.sav, nl_baseline.dta, be_baseline.xlsx, follow_up_1.csv,
        follow_up_2.csv.
    truth_path : Path
        Where the truth goes (JSON); keep it away from the extracts.
    faults : bool
        Whether typing errors are put in.
    parameters : LifeParameters, optional
        The default truth when not given.
    interviewed : str
        everyone, or in_recovery: of the same lives, only people in recovery for three months or more.
    """
    lives = draw_lives(n, seed, parameters)
    only = only_in_recovery(lives) if interviewed == "in_recovery" else None
    listed = write_extracts(lives, directory, faults, only)
    more = {"recovery_sample": true_times(lives.parameters)} if interviewed == "in_recovery" else {}
    write_truth(lives.parameters, truth_path, listed, more)
