# Reference numbers of the golden tests, from R.
#
#   Rscript tests/golden/r/make_reference.R
#
# Run it from the root of the project, with the project's Python first on PATH: it writes the data sets of
# tests/golden/golden_data.py as csv files to a temporary folder and reads them here, so that both sides analyse the
# same rows. Needs the R packages survival and sandwich. The csv files beside this script are committed, so the
# tests need no R. Made with R 4.2.2, survival 3.5-3, sandwich 3.0-2.
suppressPackageStartupMessages({library(survival); library(sandwich)})

source("tests/golden/r/common/common.R")

# Cox models ------------------------------------------------------------------------------------------------------
cox_rows <- function(case, fit) {
  data.frame(case = case, term = names(coef(fit)), estimate = unname(coef(fit)), std_error = sqrt(diag(vcov(fit))),
             log_likelihood = fit$loglik[2], score = fit$score, concordance = unname(fit$concordance["concordance"]))
}
fits <- list(
  helprct_efron = coxph(Surv(stop, event) ~ treat + age + female + cesd, data_of("helprct_linkage")),
  helprct_breslow = coxph(Surv(stop, event) ~ treat + age + female + cesd, data_of("helprct_linkage"), ties = "breslow"),
  helprct_delayed = coxph(Surv(start, stop, event) ~ treat + age + female, data_of("helprct_delayed")),
  rossi = coxph(Surv(stop, event) ~ fin + age + race + wexp + mar + paro + prio, data_of("rossi")),
  rossi_weekly = coxph(Surv(start, stop, event) ~ fin + age + race + wexp + mar + paro + prio + employed,
                       data_of("rossi_weekly")),
  heart = coxph(Surv(start, stop, event) ~ transplant + age + year + surgery, data_of("heart")),
  cgd_robust = coxph(Surv(start, stop, event) ~ treat + age, data_of("cgd"), cluster = person_id),
  veteran = coxph(Surv(stop, event) ~ trt + celltype + karno, data_of("veteran")),
  help_crude = coxph(Surv(stop, event) ~ peer, data_of("help_first_use")),
  help_adjusted = coxph(Surv(stop, event) ~ peer + female, data_of("help_first_use")),
  help_interaction = coxph(Surv(stop, event) ~ peer * female, data_of("help_first_use")),
  help_within = coxph(Surv(stop, event) ~ I(peer * female) + I(peer * (1 - female)) + female, data_of("help_first_use"))
)
save(do.call(rbind, Map(cox_rows, names(fits), fits)), "cox")

# Proportional hazards --------------------------------------------------------------------------------------------
zph_rows <- function(case, fit) {
  table <- cox.zph(fit, transform = "km")$table
  data.frame(case = case, term = tolower(rownames(table)), statistic = table[, 1], df = table[, 2], p_value = table[, 3])
}
checked <- fits[c("helprct_efron", "rossi", "rossi_weekly", "heart", "veteran")]
save(do.call(rbind, Map(zph_rows, names(checked), checked)), "zph")

# Curves and medians ----------------------------------------------------------------------------------------------
curve_rows <- function(case, fit) {
  group <- rep(sub(".*=", "", names(fit$strata)), fit$strata)
  data.frame(case = case, group = group, time = fit$time, n_risk = fit$n.risk, n_event = fit$n.event,
             n_censor = fit$n.censor, estimate = fit$surv, conf_low = fit$lower, conf_high = fit$upper)
}
median_rows <- function(case, fit) {
  q <- quantile(fit, 0.5)
  data.frame(case = case, group = sub(".*=", "", names(fit$strata)), estimate = unname(q$quantile[, 1]),
             conf_low = unname(q$lower[, 1]), conf_high = unname(q$upper[, 1]))
}
km <- function(formula, data) survfit(formula, data, conf.type = "log-log")
curves <- list(
  helprct_linkage = km(Surv(stop, event) ~ treat, data_of("helprct_linkage")),
  helprct_delayed = km(Surv(start, stop, event) ~ treat, data_of("helprct_delayed")),
  veteran = km(Surv(stop, event) ~ celltype, data_of("veteran")),
  help_first_use = km(Surv(stop, event) ~ peer, data_of("help_first_use")),
  heart = km(Surv(start, stop, event) ~ transplant, data_of("heart"))
)
save(do.call(rbind, Map(curve_rows, names(curves), curves)), "curves")
save(do.call(rbind, Map(median_rows, names(curves), curves)), "medians")

# Log-rank tests; with delayed entry, the score test of the Cox model with exact ties --------------------------------
test_row <- function(case, test) data.frame(case = case, statistic = test$chisq, df = length(test$n) - 1)
exact <- function(case, data, formula) data.frame(case = case, statistic = coxph(formula, data, ties = "exact")$score, df = 1)
save(rbind(
  test_row("helprct_linkage", survdiff(Surv(stop, event) ~ treat, data_of("helprct_linkage"))),
  test_row("veteran", survdiff(Surv(stop, event) ~ celltype, data_of("veteran"))),
  test_row("help_first_use", survdiff(Surv(stop, event) ~ peer, data_of("help_first_use"))),
  exact("heart", data_of("heart"), Surv(start, stop, event) ~ transplant)
), "log_rank")

# Regressions with people as clusters -----------------------------------------------------------------------------
clustered <- function(case, fit) {
  v <- vcovCL(fit, cluster = ~person_id, type = "HC1", cadjust = TRUE)
  r2 <- if (inherits(fit, "glm")) NA else summary(fit)$r.squared
  people <- length(unique(fit$data_people))
  data.frame(case = case, term = names(coef(fit)), estimate = unname(coef(fit)), std_error = sqrt(diag(v)),
             p_value = 2 * pt(-abs(coef(fit)) / sqrt(diag(v)), people - 1),
             log_likelihood = as.numeric(logLik(fit)), r_squared = r2)
}
waves <- data_of("help_waves"); six <- data_of("help_six_months")
with_people <- function(fit, data) { fit$data_people <- data$person_id; fit }
regressions <- list(
  linear_crude = with_people(lm(support_now ~ peer_previous + factor(wave), waves), waves),
  linear_adjusted = with_people(lm(support_now ~ peer_previous + support_previous + female + I(age / 10) + factor(wave),
                                   waves), waves),
  linear_interaction = with_people(lm(support_now ~ I(peer_previous * female) + I(peer_previous * (1 - female)) + female +
                                      support_previous + I(age / 10) + factor(wave), waves), waves),
  logistic_adjusted = with_people(glm(any_use ~ peer_previous + female + I(age / 10) + factor(wave), binomial, waves), waves),
  logistic_interaction = with_people(glm(any_use ~ I(peer_previous * female) + I(peer_previous * (1 - female)) + female +
                                         factor(wave), binomial, waves), waves),
  same_months = with_people(glm(any_use ~ same_months + female, binomial, six), six),
  months_before = with_people(glm(any_use ~ months_before + female, binomial, six), six)
)
save(do.call(rbind, Map(clustered, names(regressions), regressions)), "regression")
wald <- function(case, fit) {
  v <- vcovCL(fit, cluster = ~person_id, type = "HC1", cadjust = TRUE)
  d <- unname(coef(fit)[2] - coef(fit)[3])
  data.frame(case = case, statistic = d^2 / (v[2, 2] + v[3, 3] - 2 * v[2, 3]), df = 1)
}
save(do.call(rbind, Map(wald, c("linear_interaction", "logistic_interaction"),
                        regressions[c("linear_interaction", "logistic_interaction")])), "interaction")
