# Cronbach's alpha and its interval after Feldt (1965), from R's own data `attitude` (30 departments, 7 questions).
# Run it from the root of the project: Rscript tests/golden/r/make_alpha.R
answers <- attitude
write.csv(answers, "tests/golden/r/attitude.csv", row.names = FALSE)
one <- function(name, x) {
  k <- ncol(x)
  n <- nrow(x)
  covariances <- cov(x)
  alpha <- k / (k - 1) * (1 - sum(diag(covariances)) / sum(covariances))
  f <- qf(c(0.975, 0.025), n - 1, (n - 1) * (k - 1))
  data.frame(case = name, items = k, rows = n, alpha = alpha,
             conf_low = 1 - (1 - alpha) * f[1], conf_high = 1 - (1 - alpha) * f[2])
}
reference <- rbind(one("all", answers), one("three_items", answers[, 1:3]), one("ten_rows", answers[1:10, ]))
write.csv(format(reference, digits = 12), "tests/golden/r/alpha.csv", row.names = FALSE, quote = FALSE)
