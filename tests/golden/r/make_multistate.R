# Reference numbers of the multi-state and competing-risks golden tests, from R.
#
#   Rscript tests/golden/r/make_multistate.R
#
# Run it from the root of the project, with the project's Python first on PATH; see make_reference.R. Needs the R
# packages survival and cmprsk. Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11.
suppressPackageStartupMessages({library(survival); library(cmprsk)})

source("tests/golden/r/common/common.R")

# State occupancy, years in each state, cumulative hazards ----------------------------------------------------------
fit_states <- function(data, states, ...) {
  data$end <- factor(ifelse(is.na(data$target) | data$target == "", "censor", data$target), levels = c("censor", states))
  if (is.null(data$weight)) data$weight <- 1
  fit <- survfit(Surv(start, stop, end) ~ 1, data, id = person_id, weights = weight, istate = factor(origin, levels = states),
                 influence = TRUE, conf.type = "log-log", ...)
  # influences are by person, and not yet times their weights
  fit$influence.pstate <- fit$influence.pstate * c(tapply(data$weight, data$person_id, head, 1))
  stopifnot(all.equal(sqrt(apply(fit$influence.pstate[, -1, ]^2, 2:3, sum)), fit$std.err, check.attributes = FALSE))
  fit
}
occupancy_rows <- function(case, fit, times, states, since = 0) {
  all <- survfit0(fit); all$time[1] <- since; at <- findInterval(times, all$time)
  years <- sapply(times, function(tau) {
    inside <- all$time < tau; gap <- diff(c(all$time[inside], tau))
    parts <- apply(all$influence.pstate[, which(inside), , drop = FALSE], c(1, 3), function(u) sum(u * gap))
    rbind(colSums(all$pstate[inside, , drop = FALSE] * gap), sqrt(colSums(parts^2)))
  }, simplify = "array")
  columns <- match(states, all$states)
  do.call(rbind, lapply(seq_along(times), function(m) data.frame(
    case = case, time = times[m], state = states, estimate = all$pstate[at[m], columns],
    std_error = all$std.err[at[m], columns], conf_low = all$lower[at[m], columns], conf_high = all$upper[at[m], columns],
    years = years[1, columns, m], years_std_error = years[2, columns, m])))
}
hazard_rows <- function(case, fit, times) {
  at <- findInterval(times, fit$time); hazard <- fit$cumhaz[at, , drop = FALSE]
  pairs <- do.call(rbind, strsplit(colnames(fit$cumhaz), ".", fixed = TRUE))
  data.frame(case = case, time = rep(times, ncol(hazard)), origin = fit$states[as.integer(rep(pairs[, 1], each = length(times)))],
             target = fit$states[as.integer(rep(pairs[, 2], each = length(times)))], estimate = c(hazard))
}
states <- list(mgus2 = c("mgus", "malignancy", "death"), heart = c("waiting", "transplanted", "death"),
               colon = c("well", "recurrence", "death"), pbcseq = c("low", "middle", "high", "death"))
times <- list(mgus2 = c(12, 60, 120, 240, 360), heart = c(15, 50, 200, 700, 1500), colon = c(200, 600, 1500, 2900),
              pbcseq = c(100, 365, 1500, 3000, 4500))
cases <- lapply(names(states), function(name) fit_states(data_of(paste0(name, "_states")), states[[name]]))
names(cases) <- names(states)
delayed <- data_of("pbcseq_delayed")
cases$pbcseq_delayed <- fit_states(delayed, states$pbcseq)
cases$pbcseq_given <- fit_states(delayed, states$pbcseq, p0 = c(0.5, 0.25, 0.25, 0))
# people who stand for others: weights by the order of people
sampled <- function(data) transform(data, weight = 0.5 + as.integer(factor(person_id, levels = unique(person_id))) %% 4 / 2)
weighted <- lapply(list(colon = data_of("colon_states"), pbcseq = delayed), sampled)
cases$colon_weighted <- fit_states(weighted$colon, states$colon)
cases$pbcseq_weighted <- fit_states(weighted$pbcseq, states$pbcseq)
times$colon_weighted <- times$colon; states$colon_weighted <- states$colon
times$pbcseq_weighted <- times$pbcseq; states$pbcseq_weighted <- states$pbcseq
landmark <- subset(data_of("pbcseq_states"), stop > 1000)
there <- with(landmark, person_id[start <= 1000 & origin == "high"])
landmark <- subset(landmark, person_id %in% there); landmark$start <- pmax(landmark$start, 1000)
cases$pbcseq_landmark <- fit_states(landmark, states$pbcseq, p0 = c(0, 0, 1, 0))
times$pbcseq_delayed <- times$pbcseq_given <- times$pbcseq; times$pbcseq_landmark <- c(1200, 2000, 4000)
states$pbcseq_delayed <- states$pbcseq_given <- states$pbcseq_landmark <- states$pbcseq
since <- function(name) if (name == "pbcseq_landmark") 1000 else 0
save(do.call(rbind, lapply(names(cases), function(name) occupancy_rows(name, cases[[name]], times[[name]], states[[name]],
                                                                      since(name)))), "occupancy")
save(do.call(rbind, lapply(c("mgus2", "colon", "pbcseq_delayed"), function(name) hazard_rows(name, cases[[name]], times[[name]]))),
     "transition_hazards")

# Competing risks: Fine-Gray and cause-specific Cox ------------------------------------------------------------------
expanded <- function(data, cause) {
  data$end <- factor(data$cause, 0:2, c("censor", "one", "two"))
  late <- any(data$start > 0)
  formula <- if (late) Surv(start, stop, end) ~ . else Surv(stop, end) ~ .
  finegray(formula, data, id = person_id, etype = c("one", "two")[cause])
}
fg_rows <- function(case, data, terms, cause, ties) {
  rows <- expanded(data, cause)
  fit <- coxph(reformulate(terms, "Surv(fgstart, fgstop, fgstatus)"), rows, weights = fgwt, ties = ties, cluster = person_id)
  data.frame(case = case, method = paste0("finegray_", ties), cause = cause, term = terms, estimate = unname(coef(fit)),
             std_error = sqrt(diag(vcov(fit))))
}
crr_rows <- function(case, data, terms, cause) {
  fit <- crr(data$stop, data$cause, as.matrix(data[terms]), failcode = cause, gtol = 1e-10)
  data.frame(case = case, method = "crr", cause = cause, term = terms, estimate = unname(fit$coef), std_error = sqrt(diag(fit$var)))
}
specific_rows <- function(case, data, terms, cause) {
  fit <- coxph(reformulate(terms, paste0("Surv(start, stop, cause == ", cause, ")")), data)
  data.frame(case = case, method = "cause_specific", cause = cause, term = terms, estimate = unname(coef(fit)),
             std_error = sqrt(diag(vcov(fit))))
}
terms <- list(mgus2_risks = c("age", "mspike", "male"), mgus2_risks_delayed = c("age", "mspike", "male"),
              pbc_risks = c("age", "log_bili", "female"), pbc_risks_untied = c("age", "log_bili", "female"),
              transplant_risks = c("age", "group_o", "year"))
rows <- list()
for (name in names(terms)) for (cause in 1:2) {
  data <- data_of(name)
  rows <- c(rows, list(fg_rows(name, data, terms[[name]], cause, "efron"), fg_rows(name, data, terms[[name]], cause, "breslow"),
                       specific_rows(name, data, terms[[name]], cause)))
  if (all(data$start == 0)) rows <- c(rows, list(crr_rows(name, data, terms[[name]], cause)))
}
save(do.call(rbind, rows), "competing_risks")

# State occupancy weighted for follow-up that counts from recurrence -------------------------------------------------
# The chance to be followed for longer, by fourths of the time to recurrence, at both ends of each 200 days since it.
followed_rows <- function(data, state, step, until) {
  data <- data[order(match(data$person_id, unique(data$person_id)), data$start), ]
  first <- with(subset(data, origin == state), tapply(start, person_id, min))
  last <- data[!duplicated(data$person_id, fromLast = TRUE), ]
  people <- data.frame(person_id = names(first), wait = c(first))
  at <- match(people$person_id, last$person_id)
  people$length <- last$stop[at] - people$wait
  people$ended <- is.na(last$target[at]) | last$target[at] == ""
  mass <- table(people$wait); middle <- (cumsum(mass) - mass / 2) / sum(mass)
  people$fourth <- floor(4 * middle[as.character(people$wait)])
  grid <- step * 0:(ceiling(until / step) + 1)
  chance <- lapply(split(people, people$fourth), function(own)
    summary(survfit(Surv(length, ended) ~ 1, own), times = grid, extend = TRUE)$surv)
  do.call(rbind, lapply(seq_len(nrow(data)), function(i) {
    row <- data[i, ]; person <- match(row$person_id, people$person_id)
    if (is.na(person) || row$start < people$wait[person]) return(transform(row, weight = 1))
    cuts <- people$wait[person] + grid[seq_len(length(grid) - 1)]; cuts <- cuts[cuts > row$start & cuts < row$stop]
    rows <- row[rep(1, length(cuts) + 1), ]; rows$start <- c(row$start, cuts); rows$stop <- c(cuts, row$stop)
    rows$target <- c(rep("", length(cuts)), row$target)
    piece <- floor((rows$start - people$wait[person]) / step + 1e-9) + 1
    known <- chance[[as.character(people$fourth[person])]]
    transform(rows, weight = 2 / (known[piece] + known[piece + 1]))
  }))
}
cut <- followed_rows(data_of("colon_states"), "recurrence", 200, 2900)
cut$end <- factor(ifelse(is.na(cut$target) | cut$target == "", "censor", cut$target), levels = c("censor", states$colon))
# survfit takes the weight of the rows of an id to be the same, so each row is an id; errors are of people, and not compared
fit <- survfit(Surv(start, stop, end) ~ 1, cut, id = seq_len(nrow(cut)), weights = weight, p0 = c(1, 0, 0),
               istate = factor(origin, levels = states$colon))
at <- findInterval(times$colon, fit$time); columns <- match(states$colon, fit$states)
save(do.call(rbind, lapply(seq_along(at), function(m) data.frame(
  case = "colon", time = times$colon[m], state = states$colon, estimate = fit$pstate[at[m], columns]))), "occupancy_followed")
