# Reference numbers for the Cox estimators, from R.
#
#   Rscript tests/golden/r/make_cox.R
#
# Run it from the root of the project, with the project's Python first on PATH, as make_reference.R. Needs the R package
# survival. Made with R 4.2.2, survival 3.5-3. Firth's penalty is in no package of Debian: its estimates and profile
# limits are found here by maximising coxph's log likelihood plus half the log determinant of coxph's information.
suppressPackageStartupMessages(library(survival))

source("tests/golden/r/common/common.R")
control <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 50)
fit <- function(...) eval(substitute(coxph(..., control = control, x = TRUE, y = TRUE)), parent.frame())

# Models ------------------------------------------------------------------------------------------------------------
linkage <- data_of("helprct_linkage"); rossi <- data_of("rossi"); weekly <- data_of("rossi_weekly")
heart <- data_of("heart"); veteran <- data_of("veteran"); lung <- data_of("lung"); pbc <- data_of("pbc")
colon <- data_of("colon"); delayed <- data_of("helprct_delayed")
fits <- list(
  linkage = fit(Surv(stop, event) ~ treat + age + female + cesd, linkage),
  linkage_breslow = fit(Surv(stop, event) ~ treat + age + female + cesd, linkage, ties = "breslow"),
  delayed = fit(Surv(start, stop, event) ~ treat + age + female, delayed),
  rossi = fit(Surv(stop, event) ~ fin + age + race + wexp + mar + paro + prio, rossi),
  weekly = fit(Surv(start, stop, event) ~ fin + age + race + wexp + mar + paro + prio + employed, weekly),
  weekly_person = fit(Surv(start, stop, event) ~ fin + age + race + wexp + mar + paro + prio + employed, weekly,
                      cluster = person_id),
  heart = fit(Surv(start, stop, event) ~ transplant + age + year + surgery, heart),
  veteran = fit(Surv(stop, event) ~ trt + karno, veteran),
  lung_strata = fit(Surv(stop, event) ~ age + ecog + karno + strata(sex), lung),
  lung_site = fit(Surv(stop, event) ~ age + ecog + karno + sex, lung, cluster = site),
  pbc = fit(Surv(stop, event) ~ age + edema + bili + protime + albumin, pbc),
  pbc_weighted = fit(Surv(stop, event) ~ age + edema + bili + protime + albumin, pbc, weights = weight,
                     robust = TRUE, cluster = person_id),
  colon = fit(Surv(stop, event) ~ levamisole + nodes + sex + age + strata(etype), colon, cluster = person_id)
)
save(do.call(rbind, Map(function(case, f) {
  naive <- if (is.null(f$naive.var)) f$var else f$naive.var
  data.frame(case = case, term = names(coef(f)), estimate = unname(coef(f)), std_error = sqrt(diag(f$var)),
             model_std_error = sqrt(diag(naive)), log_likelihood = f$loglik[2], null = f$loglik[1], score = f$score,
             concordance = unname(f$concordance["concordance"]))
}, names(fits), fits)), "cox_models")

# Proportional hazards ------------------------------------------------------------------------------------------------
save(do.call(rbind, Map(function(case, f) {
  table <- cox.zph(f, transform = "km")$table
  data.frame(case = case, term = tolower(rownames(table)), statistic = table[, 1], df = table[, 2], p_value = table[, 3])
}, names(fits), fits)), "cox_zph")

# Residuals of a few rows ---------------------------------------------------------------------------------------------
save(do.call(rbind, Map(function(case, f) {
  rows <- round(seq(1, f$n, length.out = 6))
  martingale <- residuals(f, "martingale")[rows]
  dfbeta <- as.matrix(residuals(f, "dfbeta"))[rows, , drop = FALSE]
  scores <- sum(residuals(f, "schoenfeld")^2)
  data.frame(case = case, row = rep(rows - 1, ncol(dfbeta)), martingale = rep(martingale, ncol(dfbeta)),
             term = rep(names(coef(f)), each = length(rows)), dfbeta = c(dfbeta), schoenfeld_squares = scores)
}, names(fits), fits)), "cox_residuals")

# Predicted curves of two people, and their mean ---------------------------------------------------------------------
save(do.call(rbind, Map(function(case) {
  f <- fits[[case]]
  data <- get(c(linkage = "linkage", heart = "heart", lung_strata = "lung", pbc = "pbc")[case])[c(1, 30), ]
  curve <- survfit(f, newdata = data)
  if (case == "lung_strata") {
    at <- quantile(lung$stop, c(0.2, 0.5, 0.8), type = 1)
    s <- summary(curve, times = at)
    strata <- s$strata
    data.frame(case = case, person = strata, time = s$time, survival = s$surv, std_error = s$std.err)
  } else {
    at <- quantile(f$y[, ncol(f$y) - 1], c(0.2, 0.5, 0.8), type = 1)
    s <- summary(curve, times = at)
    data.frame(case = case, person = rep(1:2, each = 3), time = rep(s$time, 2), survival = c(s$surv),
               std_error = c(s$std.err))
  }
}, c("linkage", "heart", "lung_strata", "pbc"))), "cox_curves")

# Coefficients that change over time ------------------------------------------------------------------------------------
split <- survSplit(Surv(stop, event) ~ ., veteran[, c("stop", "event", "karno", "trt")], cut = c(60, 150), episode = "part")
names(split)[names(split) == "tstart"] <- "begin"
step <- fit(Surv(begin, stop, event) ~ trt + I(karno * (part == 1)) + I(karno * (part == 2)) + I(karno * (part == 3)), split)
log_time <- coxph(Surv(stop, event) ~ trt + karno + tt(karno), veteran, tt = function(x, t, ...) x * log(t),
                  control = control)
changing <- function(case, f, terms) data.frame(case = case, term = terms, estimate = unname(coef(f)), std_error = sqrt(diag(f$var)),
                                         log_likelihood = f$loglik[2])
save(rbind(changing("step", step, c("trt", "up_to_60", "up_to_150", "later")),
           changing("log_time", log_time, c("trt", "at_day_1", "log_time"))), "cox_time_varying")

# Firth's penalty -----------------------------------------------------------------------------------------------------
penalised <- function(beta, data) {
  f <- coxph(Surv(stop, event) ~ rare + karno + trt, data, init = beta, control = coxph.control(iter.max = 0))
  f$loglik[1] - as.numeric(determinant(f$var)$modulus) / 2
}
climb <- function(data, fixed = NULL) {
  value <- function(b) if (is.null(fixed)) penalised(b / scale, data) else penalised(c(fixed, b / scale[-1]), data)
  scale <- c(1, 100, 1)
  begin <- if (is.null(fixed)) c(-1, -3, 0) else c(-3, 0)
  for (i in 1:4) begin <- (found <- optim(begin, value, method = "BFGS",
                                          control = list(fnscale = -1, reltol = 1e-15, ndeps = rep(1e-4, length(begin)))))$par
  list(estimate = if (is.null(fixed)) found$par / scale else NULL, value = found$value)
}
data <- data_of("separated")
top <- climb(data)
excess <- function(b) 2 * (top$value - climb(data, b)$value) - qchisq(0.95, 1)
limits <- c(uniroot(excess, c(-9, top$estimate[1]), tol = 1e-7)$root, uniroot(excess, c(top$estimate[1], 3), tol = 1e-7)$root)
p <- pchisq(2 * (top$value - climb(data, 0)$value), 1, lower.tail = FALSE)
save(data.frame(term = c("rare", "karno", "trt"), estimate = top$estimate, log_likelihood = top$value,
                conf_low = c(limits[1], NA, NA), conf_high = c(limits[2], NA, NA), p_value = c(p, NA, NA)), "cox_firth")
