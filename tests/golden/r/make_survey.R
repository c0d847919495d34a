# Reference numbers for sampling weights, sites as clusters, and frailty, from R.
#
#   Rscript tests/golden/r/make_survey.R
#
# Run it from the root of the project, with the project's Python first on PATH, as make_reference.R. Needs the R packages
# survival and survey. Made with R 4.2.2, survival 3.5-3, survey 4.1-1.
suppressPackageStartupMessages({library(survival); library(survey)})

source("tests/golden/r/common/common.R")
control <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 50)
crashes <- data_of("crashes"); pbc <- data_of("pbc"); lung <- data_of("lung"); colon <- data_of("colon_recurrence")
weekly <- data_of("rossi_weekly"); heart <- data_of("heart"); mgus2 <- data_of("mgus2_risks"); kidney <- data_of("kidney")
lung$weight <- 0.5 + (seq_len(nrow(lung)) - 1) %% 7 / 4
heart$weight <- 1 + as.integer(factor(heart$person_id, levels = unique(heart$person_id))) %% 3
mgus2$weight <- 0.5 + (seq_len(nrow(mgus2)) - 1) %% 5 / 3

# Regressions ---------------------------------------------------------------------------------------------------------
tight <- list(epsilon = 1e-14, maxit = 100)
by_unit <- svydesign(ids = ~psu, weights = ~weight, data = crashes)
alone <- svydesign(ids = ~1, weights = ~weight, data = crashes)
regressions <- list(
  died = svyglm(died ~ seatbelt + airbag + frontal + age, alone, family = quasibinomial, control = tight),
  died_by_unit = svyglm(died ~ seatbelt + airbag + frontal + age, by_unit, family = quasibinomial, control = tight),
  year = svyglm(year ~ seatbelt + frontal + age, alone),
  year_by_unit = svyglm(year ~ seatbelt + frontal + age, by_unit)
)
save(do.call(rbind, Map(function(case, f) {
  data.frame(case = case, term = names(coef(f))[-1], estimate = unname(coef(f))[-1], std_error = SE(f)[-1], df = f$df.residual)
}, names(regressions), regressions)), "survey_regression")

# Cox models: coxph with weights and clusters, and survey's, whose variance has a further factor G / (G - 1) -------------
fits <- list(
  pbc = list(Surv(stop, event) ~ age + edema + bili + protime + albumin, pbc, "person_id"),
  lung_site = list(Surv(stop, event) ~ age + ecog + karno + sex, lung, "site"),
  lung_strata = list(Surv(stop, event) ~ age + ecog + karno + strata(sex), lung, "site"),
  heart = list(Surv(start, stop, event) ~ transplant + age + year + surgery, heart, "person_id")
)
save(do.call(rbind, Map(function(case, parts) {
  data <- parts[[2]]; data$unit <- data[[parts[[3]]]]
  f <- eval(bquote(coxph(.(parts[[1]]), data, weights = weight, cluster = unit, robust = TRUE, control = control)))
  s <- svycoxph(parts[[1]], svydesign(ids = ~unit, weights = ~weight, data = data))
  data.frame(case = case, term = names(coef(f)), estimate = unname(coef(f)), std_error = sqrt(diag(f$var)),
             survey_std_error = SE(s), clusters = length(unique(data$unit)))
}, names(fits), fits)), "survey_cox")

# Parametric models: survreg with a robust variance, and survey's svysurvreg, whose variance has the factor G / (G - 1).
# The robust variance of survreg itself leaves the weights out of its sums (3.5-3), so it is put together here. ---------
shapes <- list(weibull = "weibull", log_normal = "lognormal", log_logistic = "loglogistic")
parametric <- list(pbc = list(~ age + edema + bili, pbc, "person_id"), lung_site = list(~ age + ecog + sex, lung, "site"))
save(do.call(rbind, lapply(names(shapes), function(family) do.call(rbind, Map(function(case, parts) {
  data <- parts[[2]]; data$unit <- data[[parts[[3]]]]
  formula <- update(parts[[1]], Surv(stop, event) ~ .); environment(formula) <- environment()
  f <- survreg(formula, data, weights = weight, dist = shapes[[family]],
               control = survreg.control(rel.tolerance = 1e-13, maxiter = 100))
  robust <- crossprod(rowsum(resid(f, "dfbeta", weighted = TRUE), data$unit))
  design <- svydesign(ids = ~unit, weights = ~weight, data = data)
  s <- eval(bquote(svysurvreg(.(formula), design, dist = .(shapes[[family]]),
                              control = survreg.control(rel.tolerance = 1e-13, maxiter = 100))))
  data.frame(case = paste(case, family, sep = "_"), term = c(names(coef(f)), "log_scale"), estimate = c(coef(f), log(f$scale)),
             std_error = sqrt(diag(robust)), survey_std_error = sqrt(diag(s$var)), clusters = length(unique(data$unit)),
             penalty = sum(diag(solve(f$var, robust))), log_likelihood = f$loglik[2])
}, names(parametric), parametric)))), "survey_parametric")

# Log-rank tests: the robust score test, Breslow ties ------------------------------------------------------------------
tests <- list(
  colon = list(Surv(stop, event) ~ rx, colon, "person_id"),
  lung_site = list(Surv(stop, event) ~ sex, lung, "site"),
  lung_strata = list(Surv(stop, event) ~ sex + strata(ecog), lung, "person_id"),
  heart = list(Surv(start, stop, event) ~ transplant, heart, "person_id")
)
save(do.call(rbind, Map(function(case, parts) {
  data <- parts[[2]]; data$unit <- data[[parts[[3]]]]
  f <- eval(bquote(coxph(.(parts[[1]]), data, weights = weight, cluster = unit, robust = TRUE, ties = "breslow")))
  data.frame(case = case, statistic = f$rscore, df = length(coef(f)))
}, names(tests), tests)), "survey_log_rank")

# Curves: survey's svykm, beside survfit -----------------------------------------------------------------------------
curve <- function(case, data, at) {
  design <- svydesign(ids = ~1, weights = ~weight, data = data)
  s <- svykm(Surv(stop, event > 0) ~ 1, design, se = TRUE)
  f <- summary(survfit(Surv(stop, event > 0) ~ 1, data, weights = weight, robust = TRUE, id = person_id), times = at)
  where <- sapply(at, function(t) max(which(s$time <= t)))
  data.frame(case = case, time = at, estimate = f$surv, std_error = f$std.err, survey_estimate = s$surv[where],
             survey_std_error = sqrt(s$varlog[where]) * s$surv[where], n = nrow(data))
}
save(rbind(curve("pbc", pbc, c(500, 1500, 2500, 3500)), curve("colon", colon, c(200, 600, 1500, 2500))), "survey_curves")

# Fine and Gray's model with weights -----------------------------------------------------------------------------------
mgus2$state <- factor(mgus2$cause, 0:2)
rows <- finegray(Surv(stop, state) ~ age + mspike + male + person_id, mgus2, etype = "1", weights = weight)
f <- coxph(Surv(fgstart, fgstop, fgstatus) ~ age + mspike + male, rows, weights = fgwt, cluster = person_id, control = control)
save(data.frame(case = "mgus2", term = names(coef(f)), estimate = unname(coef(f)), std_error = sqrt(diag(f$var))), "survey_fine_gray")

# Gamma frailty --------------------------------------------------------------------------------------------------------
outer <- coxph.control(eps = 1e-10, iter.max = 100, outer.max = 200)
cgd <- data_of("cgd")
shared <- list(
  kidney = coxph(Surv(stop, event) ~ age + female + frailty(site, eps = 1e-10), kidney, control = outer),
  cgd = coxph(Surv(start, stop, event) ~ age + treat + frailty(person_id, eps = 1e-10), cgd, control = outer),
  lung = coxph(Surv(stop, event) ~ age + sex + frailty(site, eps = 1e-10), lung, control = outer),
  diabetic = coxph(Surv(stop, event) ~ treated + adult + frailty(site, eps = 1e-10), data_of("diabetic"), control = outer)
)
save(do.call(rbind, Map(function(case, f) {
  history <- f$history[[1]]
  null <- f$loglik[1]
  data.frame(case = case, term = names(coef(f)), estimate = unname(coef(f)), std_error = sqrt(diag(f$var)),
             theta = history$theta, log_likelihood = history$c.loglik, null = null)
}, names(shared), shared)), "frailty")
