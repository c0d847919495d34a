"""Models: frame and specification in, tidy frames out; each can run inside a bootstrap replicate."""
