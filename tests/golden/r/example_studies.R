# Reference numbers of the example studies, from R.
#
#   Rscript tests/golden/r/example_studies.R
#
# Run it from the root of the project, with the project's Python first on PATH. Rossi and HELPrct have theirs in cox.csv already. Made with R 4.2.2,
# survival 3.5-3.
suppressPackageStartupMessages(library(survival))

uis <- read.csv(text = system2("python", "tests/golden/r/export_uis.py", stdout = TRUE))
uis$IV <- factor(uis$IV)
fit <- coxph(Surv(TIME, CENSOR) ~ TREAT + AGE + BECK + NDT + IV + RACE + SITE, uis)
rows <- data.frame(case = "uis", term = names(coef(fit)), estimate = sprintf("%.15g", coef(fit)),
                   std_error = sprintf("%.15g", sqrt(diag(vcov(fit)))))
# Channing House: delayed entry at the age of moving in. Nobody counts who left in the month of moving in.
channing <- read.csv(text = system2("python", "tests/golden/r/export_channing.py", stdout = TRUE))
fit <- coxph(Surv(entry, exit, cens) ~ man, subset(channing, exit > entry))
late <- data.frame(case = "channing", term = "man", estimate = sprintf("%.15g", coef(fit)),
                   std_error = sprintf("%.15g", sqrt(diag(vcov(fit)))))
write.csv(rbind(rows, late), "tests/golden/r/example_studies.csv", row.names = FALSE, quote = FALSE)
