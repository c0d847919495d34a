# Little's test of airquality (R's datasets): the likelihood of the observed values is maximised directly, pattern by
# pattern, over the mean and the Cholesky factor of the covariance; no EM. Rscript tests/golden/r/mcar.R
x <- as.matrix(datasets::airquality)
write.csv(x, "tests/golden/r/airquality.csv", row.names = FALSE, quote = FALSE)
z <- scale(x)
p <- ncol(z)
key <- apply(!is.na(z), 1, paste, collapse = " ")
groups <- split(seq_len(nrow(z)), key)
lower <- lower.tri(diag(p), diag = TRUE)
unpack <- function(theta) {
  l <- matrix(0, p, p)
  l[lower] <- theta[-seq_len(p)]
  diag(l) <- exp(diag(l))
  list(mean = theta[seq_len(p)], covariance = l %*% t(l))
}
minus <- function(theta) {
  par <- unpack(theta)
  if (min(diag(par$covariance)) < 1e-6 || rcond(par$covariance) < 1e-10) return(1e10)
  -sum(sapply(groups, function(rows) {
    seen <- !is.na(z[rows[1], ])
    s <- par$covariance[seen, seen, drop = FALSE]
    away <- sweep(z[rows, seen, drop = FALSE], 2, par$mean[seen])
    -0.5 * (length(rows) * as.numeric(determinant(s)$modulus) + sum((away %*% solve(s)) * away))
  }))
}
theta <- numeric(p + sum(lower))
control <- list(eval.max = 50000, iter.max = 5000, rel.tol = 1e-14, x.tol = 1e-12)
for (i in 1:3) theta <- nlminb(theta, minus, control = control)$par
par <- unpack(theta)
d2 <- sum(sapply(groups, function(rows) {
  seen <- !is.na(z[rows[1], ])
  away <- colMeans(z[rows, seen, drop = FALSE]) - par$mean[seen]
  length(rows) * away %*% solve(par$covariance[seen, seen]) %*% away
}))
df <- sum(sapply(groups, function(rows) sum(!is.na(z[rows[1], ])))) - p
result <- data.frame(
  statistic = d2, df = df, p_value = pchisq(d2, df, lower.tail = FALSE), patterns = length(groups),
  chi_square_p = chisq.test(matrix(c(146, 119, 108, 97), 2, byrow = TRUE), correct = FALSE)$p.value
)
print(format(result, digits = 10))
write.csv(result, "tests/golden/r/mcar.csv", row.names = FALSE)
