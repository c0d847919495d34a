"""Starting a study from a file that nobody has described yet: what its columns are, and a first draft of settings."""
