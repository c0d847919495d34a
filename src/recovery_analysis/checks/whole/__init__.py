"""Checks of a study as a whole: who is lost, what is rounded, what is missing, what differs between files."""

from .assess import WHOLE_CHECKS, WholeCheck, assess, stop_if_fatal
from .finding import StudyData

__all__ = ["WHOLE_CHECKS", "StudyData", "WholeCheck", "assess", "stop_if_fatal"]
