# Reference numbers of curves, restricted means, competing outcomes and pseudo-values, from R.
#
#   Rscript tests/golden/r/make_curves.R
#
# Run it as make_reference.R. Needs the R packages survival, cmprsk, prodlim and geepack. Curves are kept at every
# twelfth time, to keep the files small. Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11, prodlim 2019.11.13,
# geepack 1.3.9.
suppressPackageStartupMessages({library(survival); library(cmprsk); library(geepack)})

source("tests/golden/r/common/common.R")
thin <- function(rows) rows[seq_len(nrow(rows)) %% 12 == 0, ]
veteran <- data_of("veteran"); colon <- data_of("colon_recurrence"); mgus2 <- data_of("mgus2"); pbc <- data_of("pbc_transplant")
heart <- data_of("heart"); delayed <- data_of("helprct_delayed"); by_age <- data_of("mgus2_by_age")

# Weighted curves with robust errors, and cumulative hazards -------------------------------------------------------
curve_rows <- function(case, fit, hazard = FALSE) thin(data.frame(
  case = case, time = fit$time, n_risk = fit$n.risk, n_event = fit$n.event,
  estimate = if (hazard) fit$cumhaz else fit$surv,
  std_error = if (hazard) fit$std.chaz else fit$std.err * (if (fit$logse) fit$surv else 1),
  conf_low = if (hazard) NA else fit$lower, conf_high = if (hazard) NA else fit$upper))
robust <- function(formula, data) survfit(formula, data, weights = weight, robust = TRUE, id = person_id, conf.type = "log-log")
save(rbind(curve_rows("colon", robust(Surv(stop, event) ~ 1, colon)),
           curve_rows("mgus2_by_age", robust(Surv(start, stop, event) ~ 1, by_age))), "weighted_curves")
save(rbind(curve_rows("colon", survfit(Surv(stop, event) ~ 1, colon), TRUE),
           curve_rows("veteran", survfit(Surv(stop, event) ~ 1, veteran), TRUE),
           curve_rows("heart", survfit(Surv(start, stop, event) ~ 1, heart), TRUE),
           curve_rows("colon_weighted", robust(Surv(stop, event) ~ 1, colon), TRUE)), "nelson_aalen")

# Quantiles ---------------------------------------------------------------------------------------------------------
quantile_rows <- function(case, fit) {
  q <- quantile(fit, c(0.25, 0.5, 0.75))
  data.frame(case = case, share = c(0.25, 0.5, 0.75), estimate = unname(q$quantile), conf_low = unname(q$lower),
             conf_high = unname(q$upper))
}
save(rbind(quantile_rows("colon", survfit(Surv(stop, event) ~ 1, colon, conf.type = "log-log")),
           quantile_rows("veteran", survfit(Surv(stop, event) ~ 1, veteran, conf.type = "log-log")),
           quantile_rows("pbc", survfit(Surv(stop, event) ~ 1, pbc, conf.type = "log-log")),
           quantile_rows("helprct_delayed", survfit(Surv(start, stop, event) ~ 1, delayed, conf.type = "log-log"))),
     "quantiles")

# Log-rank tests, stratified and weighted ---------------------------------------------------------------------------
test_row <- function(case, test) data.frame(case = case, statistic = test$chisq, df = length(test$n) - 1)
flat <- function(test) { test$n <- rowSums(as.matrix(test$n)); test }
save(rbind(
  test_row("veteran_rho1", survdiff(Surv(stop, event) ~ celltype, veteran, rho = 1)),
  test_row("veteran_rho_half", survdiff(Surv(stop, event) ~ trt, veteran, rho = 0.5)),
  test_row("colon_strata", flat(survdiff(Surv(stop, event) ~ rx + strata(site), colon))),
  test_row("colon_strata_rho1", flat(survdiff(Surv(stop, event) ~ rx + strata(site), colon, rho = 1))),
  test_row("mgus2_strata", flat(survdiff(Surv(stop, event) ~ sex + strata(decade), mgus2)))
), "log_rank_weighted")

# Restricted means: survRM2's formula written out, and survfit's ------------------------------------------------------
rmst <- function(time, status, tau) {
  fit <- survfit(Surv(time, status) ~ 1)
  inside <- fit$time <= tau
  at <- sort(c(fit$time[inside], tau))
  area <- diff(c(0, at)) * c(1, fit$surv[inside])
  d <- fit$n.event[inside]; n <- fit$n.risk[inside]
  term <- c(ifelse(n - d == 0, 0, d / (n * (n - d))), 0)
  c(sum(area), sqrt(sum(cumsum(rev(area[-1]))^2 * rev(term)[-1])))
}
rmst_rows <- function(case, data, group, tau) {
  do.call(rbind, lapply(sort(unique(data[[group]])), function(g) {
    own <- data[data[[group]] == g, ]
    found <- rmst(own$stop, own$event, tau)
    fit <- summary(survfit(Surv(stop, event) ~ 1, own), rmean = tau)$table
    data.frame(case = case, group = g, horizon = tau, estimate = found[1], std_error = found[2],
               survfit_estimate = fit[["rmean"]], survfit_std_error = fit[["se(rmean)"]])
  }))
}
save(rbind(rmst_rows("veteran", veteran, "trt", 300), rmst_rows("colon", colon, "rx", 2000),
           rmst_rows("pbc", pbc, "trt", 3650), rmst_rows("mgus2", mgus2, "sex", 240)), "restricted_mean")
# survfit's own table gives the mean time in each state without an error, so it is taken from its influences.
lost_rows <- function(case, data, formula, tau, weighted = FALSE) {
  data$w <- if (weighted) data$weight else 1
  fit <- survfit(formula, data, id = person_id, weights = w, influence = TRUE)
  inside <- c(fit$time[fit$time < tau], tau); from <- diff(inside); keep <- seq_along(from)
  influence <- fit$influence.pstate
  influence <- influence[, keep + (dim(influence)[2] - length(fit$time)), ]
  area <- sapply(2:3, function(j) as.vector(influence[, , j] %*% from))
  w <- data$w[match(dimnames(influence)[[1]], data$person_id)]
  if (is.null(dimnames(influence)[[1]])) w <- data$w
  data.frame(case = case, horizon = tau, cause = 1:2, estimate = colSums(fit$pstate[keep, 2:3] * from),
             std_error = sqrt(colSums((area * w)^2)), survfit_estimate = summary(fit, rmean = tau)$table[2:3, "rmean"])
}
for (name in c("pbc", "mgus2", "by_age")) assign(name, within(get(name), state <- factor(cause, 0:2)))
plain <- Surv(stop, state) ~ 1
save(rbind(lost_rows("pbc", pbc, plain, 3650), lost_rows("mgus2", mgus2, plain, 240),
           lost_rows("mgus2_weighted", mgus2, plain, 240, weighted = TRUE),
           lost_rows("mgus2_by_age", by_age, Surv(start, stop, state) ~ 1, 800)), "restricted_mean_lost")

# Cumulative incidence: survfit's infinitesimal jackknife; and cmprsk's, whose variance differs -------------------------
ms <- function(case, fit) thin(data.frame(
  case = case, time = fit$time, n_risk = fit$n.risk[, 1], first = fit$pstate[, 2], second = fit$pstate[, 3],
  first_error = fit$std.err[, 2], second_error = fit$std.err[, 3], first_low = fit$lower[, 2], first_high = fit$upper[, 2]))
loglog <- list(pbc = survfit(Surv(stop, state) ~ 1, pbc, conf.type = "log-log"),
               mgus2 = survfit(Surv(stop, state) ~ 1, mgus2, conf.type = "log-log"),
               mgus2_weighted = survfit(Surv(stop, state) ~ 1, mgus2, weights = weight, conf.type = "log-log"),
               mgus2_by_age = survfit(Surv(start, stop, state) ~ 1, by_age, id = person_id, conf.type = "log-log"))
save(do.call(rbind, Map(ms, names(loglog), loglog)), "cumulative_incidence")

# Gray's test ---------------------------------------------------------------------------------------------------------
gray <- function(case, data, group) {
  tests <- cuminc(data$stop, data$cause, data[[group]])$Tests
  data.frame(case = case, group = group, cause = as.integer(rownames(tests)), statistic = tests[, "stat"], df = tests[, "df"])
}
save(rbind(gray("mgus2", mgus2, "sex"), gray("mgus2", mgus2, "decade"), gray("pbc", pbc, "trt"), gray("pbc", pbc, "edema"),
           gray("pbc", pbc, "stage")), "gray")
at <- timepoints(cuminc(pbc$stop, pbc$cause), c(1000, 2000, 3000))
save(data.frame(case = "pbc", cause = rep(1:2, 3), time = rep(c(1000, 2000, 3000), each = 2), estimate = c(at$est),
                variance = c(at$var)), "cuminc")

# Pseudo-values -------------------------------------------------------------------------------------------------------
pseudo <- function(formula, data, times, cause) {
  fit <- prodlim::prodlim(formula, data)
  if (missing(cause)) 1 - prodlim::jackknife(fit, times = times) else prodlim::jackknife(fit, times = times, cause = cause)
}
values <- list(veteran = pseudo(prodlim::Hist(stop, event) ~ 1, veteran, c(50, 200)),
               mgus2 = pseudo(prodlim::Hist(stop, cause) ~ 1, mgus2, c(60, 120, 240), 1),
               pbc = pseudo(prodlim::Hist(stop, cause) ~ 1, pbc, c(1000, 3000), 2))
long <- function(case, v) data.frame(case = case, row = rep(seq(1, nrow(v), 9), ncol(v)),
                                     time = rep(seq_len(ncol(v)), each = length(seq(1, nrow(v), 9))),
                                     value = c(v[seq(1, nrow(v), 9), ]))
save(do.call(rbind, Map(long, names(values), values)), "pseudo_values")
regress <- function(case, v, x, link) {
  data <- data.frame(id = rep(seq_len(nrow(v)), each = ncol(v)), time = factor(rep(seq_len(ncol(v)), nrow(v))), y = c(t(v)))
  data <- cbind(data, x[data$id, , drop = FALSE])
  formula <- reformulate(c("time - 1", names(x)), "y")
  if (ncol(v) == 1) formula <- reformulate(names(x), "y")
  fit <- geese(formula, id = id, data = data, family = gaussian, mean.link = link, corstr = "independence",
               scale.fix = TRUE, control = geese.control(epsilon = 1e-12, maxit = 200), jack = FALSE)
  data.frame(case = case, link = link, term = names(fit$beta), estimate = unname(fit$beta), std_error = sqrt(diag(fit$vbeta)))
}
x_veteran <- data.frame(trt = veteran$trt, karno = veteran$karno / 10)
x_mgus2 <- data.frame(man = as.numeric(mgus2$sex == "M"), age = mgus2$age / 10)
save(rbind(regress("veteran", values$veteran, x_veteran, "identity"), regress("veteran", values$veteran, x_veteran, "cloglog"),
           regress("mgus2", values$mgus2, x_mgus2, "identity"), regress("mgus2", values$mgus2, x_mgus2, "cloglog")),
     "pseudo_regression")
