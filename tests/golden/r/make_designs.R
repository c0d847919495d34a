# Reference numbers for interval-censored, truncated and parametric estimates, from R.
#
#   Rscript tests/golden/r/make_designs.R
#
# Run it from the root of the project, with the project's Python first on PATH, as make_reference.R. `survival` is used
# where it can do the case (survreg, survfit); delayed entry, right truncation, the generalised gamma, the spline and the
# cure model are maximised here with optim from likelihoods written with R's own distribution functions. Made with
# R 4.2.2, survival 3.5-3.
suppressPackageStartupMessages({library(survival); library(splines)})

source("tests/golden/r/common/common.R")

# survreg -----------------------------------------------------------------------------------------------------------
survreg_rows <- function(case, fit) {
  terms <- c(names(coef(fit)), "log_scale")
  data.frame(case = case, term = tolower(terms), estimate = c(unname(coef(fit)), log(fit$scale)),
             std_error = sqrt(diag(vcov(fit))), log_likelihood = fit$loglik[2])
}
families <- c(weibull = "weibull", log_normal = "lognormal", log_logistic = "loglogistic")
linkage <- data_of("helprct_linkage")
cosmesis <- data_of("bcdeter"); cosmesis$lower[cosmesis$lower == 0] <- NA
control <- survreg.control(rel.tolerance = 1e-12, maxiter = 100)
parametric <- list()
for (name in names(families)) {
  parametric[[paste0("linkage_", name)]] <- survreg_rows(paste0("linkage_", name),
    survreg(Surv(stop, event) ~ treat + female, linkage, dist = families[[name]], control = control))
  parametric[[paste0("cosmesis_", name)]] <- survreg_rows(paste0("cosmesis_", name),
    survreg(Surv(lower, upper, type = "interval2") ~ chemotherapy, cosmesis, dist = families[[name]], control = control))
}

# Own likelihoods ---------------------------------------------------------------------------------------------------
maximum <- function(case, log_likelihood, start, terms) {
  best <- start
  for (i in 1:6) best <- optim(best, function(p) -log_likelihood(p), method = "BFGS",
                               control = list(reltol = 1e-15, maxit = 2000, ndeps = rep(1e-5, length(best))))$par
  information <- numDeriv::hessian(function(p) -log_likelihood(p), best, method.args = list(d = 1e-3))
  data.frame(case = case, term = terms, estimate = best, std_error = sqrt(diag(solve(information))),
             log_likelihood = log_likelihood(best))
}
p_gengamma <- function(t, mu, sigma, q) {
  a <- q^-2; x <- a * exp(q * (log(t) - mu) / sigma)
  if (q > 0) pgamma(x, a) else pgamma(x, a, lower.tail = FALSE)
}
d_gengamma <- function(t, mu, sigma, q) {
  a <- q^-2; x <- a * exp(q * (log(t) - mu) / sigma)
  dgamma(x, a) * x * abs(q) / (sigma * t)
}
d <- data_of("channing")
entry <- function(p, density, upper) sum(ifelse(d$event == 1, log(density(d$stop, p)), log(upper(d$stop, p))) -
                                         log(upper(d$start, p)))
parametric$channing_weibull <- maximum("channing_weibull", function(p) entry(p,
  function(t, p) dweibull(t, exp(-p[3]), exp(p[1] + p[2] * d$man)),
  function(t, p) pweibull(t, exp(-p[3]), exp(p[1] + p[2] * d$man), lower.tail = FALSE)),
  c(3.3, 0, -1), c("location", "man", "log_scale"))
parametric$channing_log_normal <- maximum("channing_log_normal", function(p) entry(p,
  function(t, p) dlnorm(t, p[1] + p[2] * d$man, exp(p[3])),
  function(t, p) plnorm(t, p[1] + p[2] * d$man, exp(p[3]), lower.tail = FALSE)),
  c(3.3, 0, -1), c("location", "man", "log_scale"))
parametric$linkage_generalised_gamma <- maximum("linkage_generalised_gamma", function(p) {
  mu <- p[1] + p[2] * linkage$treat
  sum(log(ifelse(linkage$event == 1, d_gengamma(linkage$stop, mu, exp(p[3]), p[4]),
                 1 - p_gengamma(linkage$stop, mu, exp(p[3]), p[4]))))
}, c(5.5, -1.4, 0.5, -0.5), c("location", "treat", "log_scale", "q"))

# A likelihood with a maximum at q = 0.25, and a lower plateau that it never leaves for q above 3.
kidneys <- data_of("kidney_transplants")
parametric$kidneys_generalised_gamma <- maximum("kidneys_generalised_gamma", function(p) {
  sum(log(ifelse(kidneys$event == 1, d_gengamma(kidneys$stop, p[1], exp(p[2]), p[3]),
                 1 - p_gengamma(kidneys$stop, p[1], exp(p[2]), p[3]))))
}, c(10, 1, 0.3), c("location", "log_scale", "q"))

# Right truncation: children only, since among adults (and with a covariate for them) the likelihood has no maximum.
a <- data_of("aids"); children <- a[a$adult == 0, ]
parametric$aids_weibull <- maximum("aids_weibull", function(p)
  sum(dweibull(children$time, exp(-p[2]), exp(p[1]), log = TRUE) -
      pweibull(children$window, exp(-p[2]), exp(p[1]), log.p = TRUE)), c(1, -0.7), c("location", "log_scale"))
parametric$aids_log_normal <- maximum("aids_log_normal", function(p)
  sum(dlnorm(children$time, p[1], exp(p[2]), log = TRUE) - plnorm(children$window, p[1], exp(p[2]), log.p = TRUE)),
  c(1, -0.3), c("location", "log_scale"))
# Known to a quarter of a year and right-truncated at once.
parametric$aids_quarters <- maximum("aids_quarters", function(p)
  sum(log(pweibull(children$time, exp(-p[2]), exp(p[1])) - pweibull(children$time - 0.25, exp(-p[2]), exp(p[1]))) -
      pweibull(children$window, exp(-p[2]), exp(p[1]), log.p = TRUE)), c(1, -0.7), c("location", "log_scale"))

# Royston-Parmar: the same natural spline space, from R's ns().
y <- log(linkage$stop); happened <- linkage$event == 1
knots <- quantile(y[happened], c(0, 1/3, 2/3, 1))
basis <- function(y) unclass(ns(y, knots = knots[2:3], Boundary.knots = knots[c(1, 4)]))[, 1:3]
slope <- (basis(y + 1e-6) - basis(y - 1e-6)) / 2e-6
values <- basis(y)
straight <- coef(lm(y ~ values))[-1]
weibull <- survreg(Surv(stop, event) ~ treat, linkage)
first <- c(-unname(coef(weibull)[1]) / weibull$scale + (1 / weibull$scale) * unname(coef(lm(y ~ values))[1]),
           -unname(coef(weibull)[2]) / weibull$scale, straight / weibull$scale)
spline <- maximum("linkage_spline_2", function(p) {
  level <- p[1] + p[2] * linkage$treat + values %*% p[3:5]; rate <- slope %*% p[3:5]
  if (any(rate[happened] <= 0)) return(-1e10)
  sum(ifelse(happened, log(abs(rate)) + level - y, 0) - exp(level))
}, first, c("location_of_ns", "treat", "ns_1", "ns_2", "ns_3"))
parametric$linkage_spline_2 <- spline[spline$term == "treat", ]

# Mixture cure, Weibull.
parametric$linkage_cure <- maximum("linkage_cure", function(p) {
  never <- plogis(p[4]); scale <- exp(p[1] + p[2] * linkage$female); shape <- exp(-p[3])
  sum(log(ifelse(happened, (1 - never) * dweibull(linkage$stop, shape, scale),
                 never + (1 - never) * pweibull(linkage$stop, shape, scale, lower.tail = FALSE))))
}, c(4, 0, 0, 0), c("location", "female", "log_scale", "logit_never"))
save(do.call(rbind, parametric), "parametric")

# Right-truncated times, read backwards -----------------------------------------------------------------------------
backwards <- function(formula_of, d) survfit(Surv(10 - window - 1e-4, 10 - time, rep(1, nrow(d))) ~ 1, d,
                                             conf.type = "log-log")
reverse_rows <- function(case, d) {
  fit <- backwards(NULL, d)
  # S in reverse time just before 10 - t is P(T <= t | T <= horizon).
  data.frame(case = case, time = rev(10 - fit$time), at_risk = rev(fit$n.risk), n_event = rev(fit$n.event),
             estimate = rev(c(1, head(fit$surv, -1))), std_error = rev(c(0, head(fit$surv * fit$std.err, -1))),
             conf_low = rev(c(NA, head(fit$lower, -1))), conf_high = rev(c(NA, head(fit$upper, -1))))
}
save(rbind(reverse_rows("adults", a[a$adult == 1, ]), reverse_rows("children", a[a$adult == 0, ])), "reverse_time")
# Robust variance of Mancl & DeRouen (2001), as Wang, Turner & Li (2023) carry it over to Cox models: R's score residuals
# over the information that is left without the person's own, which is summed here outcome by outcome. `jackknife` fits
# the model again without each person, `robust` is coxph's own.
leverage <- function(fit, start, stop, x) {
  n <- nrow(x); p <- ncol(x); risk <- exp(drop(x %*% coef(fit)))
  own <- array(0, c(n, p, p))
  for (t in unique(stop)) {
    at <- start < t & stop >= t; tied <- stop == t
    for (j in seq_len(sum(tied)) - 1) {
      share <- risk * at * (1 - tied * j / sum(tied)); share <- share / sum(share)
      far <- sweep(x, 2, colSums(share * x))
      for (i in which(at)) own[i, , ] <- own[i, , ] + share[i] * tcrossprod(far[i, ])
    }
  }
  whole <- apply(own, 2:3, sum); stopifnot(max(abs(whole %*% vcov(fit) - diag(p))) < 1e-8)
  score <- matrix(residuals(fit, "score"), n)
  step <- t(sapply(seq_len(n), function(i) solve(whole - matrix(own[i, , ], p), score[i, ])))
  sqrt(colSums(matrix(step, n)^2))
}
retro <- function(case, formula) {
  frame <- data.frame(a, start = 10 - a$window - 1e-4, stop = 10 - a$time, happened = 1)
  control <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50); environment(formula) <- environment()
  fit <- coxph(formula, frame, control = control)
  without <- sapply(seq_len(nrow(frame)), function(i) coef(coxph(formula, frame[-i, ], control = control)))
  x <- sweep(model.matrix(fit), 2, colMeans(model.matrix(fit)))
  robust <- coxph(update(formula, . ~ . + cluster(seq_along(stop))), frame, control = control)
  data.frame(case = case, term = names(coef(fit)), estimate = coef(fit), std_error = sqrt(diag(vcov(fit))),
             robust = sqrt(diag(vcov(robust))), corrected = leverage(fit, frame$start, frame$stop, x),
             jackknife = sqrt(rowSums((matrix(without, length(coef(fit))) - coef(fit))^2)),
             log_likelihood = fit$loglik[2])
}
save(rbind(retro("aids", Surv(start, stop, happened) ~ adult),
           retro("aids_by_date", Surv(start, stop, happened) ~ adult + window)), "retro_hazard")

# Interval-censored, no shape assumed -------------------------------------------------------------------------------
# survfit's own EM stops early (in the fourth decimal), so it is run here to its end, on all cells between two endpoints.
turnbull_rows <- function(case, d) {
  lower <- ifelse(is.na(d$lower), 0, d$lower); upper <- ifelse(is.na(d$upper), Inf, d$upper)
  ends <- sort(unique(c(lower, upper))); exact <- sort(unique(upper[lower == upper]))
  left <- c(head(ends, -1), exact); right <- c(tail(ends, -1), exact)
  point <- left == right
  # A cell that ends in an exact time is open there; the exact time is a cell of its own.
  covers <- t(sapply(seq_along(lower), function(i) {
    if (lower[i] == upper[i]) point & left == lower[i]
    else ifelse(point, left > lower[i], left >= lower[i]) & right <= upper[i]
  })) * 1
  mass <- rep(1 / length(left), length(left))
  for (i in 1:200000) mass <- mass * colMeans(covers / drop(covers %*% mass))
  early <- survfit(Surv(lower, upper, type = "interval2") ~ 1, d)
  cells <- data.frame(case = case, time = sort(unique(right[is.finite(right)])))
  cells$estimate <- sapply(cells$time, function(t) sum(mass[right > t]))
  cells$survfit <- sapply(cells$time, function(t) min(c(1, early$surv[early$time <= t])))
  cells$log_likelihood <- sum(log(covers %*% mass))
  cells
}
save(rbind(turnbull_rows("radiotherapy", cosmesis[cosmesis$chemotherapy == 0, ]),
           turnbull_rows("chemotherapy", cosmesis[cosmesis$chemotherapy == 1, ])), "turnbull")
