"""A two-page briefing for a policy maker: released result tables in, sentences, PDF and Word document out."""
