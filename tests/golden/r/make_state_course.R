# Reference numbers of predicted state occupancy, from R.
#
#   Rscript tests/golden/r/make_state_course.R
#
# Run it from the root of the project, with the project's Python first on PATH; see make_reference.R. Needs the R
# package survival. Made with R 4.2.2, survival 3.5-3.
suppressPackageStartupMessages(library(survival))

source("tests/golden/r/common/common.R")
profiles <- data.frame(age = c(55, 70, 82), male = c(0, 1, 1), mspike = c(0.8, 1.4, 2.1))

times <- c(12, 60, 120, 240, 360)

# Whichever comes first of malignancy and death, MGUS: survfit of a multi-state Cox model. Its curves are Breslow's
# whatever the ties of the fit, so the fit is Breslow's too. ------------------------------------------------------------
data <- data_of("mgus2_course")
first <- subset(data, origin == "mgus")
first$end <- factor(ifelse(first$target == "" | is.na(first$target), "censor", first$target),
                    levels = c("censor", "malignancy", "death"))
fit <- coxph(Surv(start, stop, end) ~ age + male + mspike, first, id = person_id, ties = "breslow")
curve <- survfit(fit, newdata = profiles, stype = 2, ctype = 1)
at <- findInterval(times, curve$time)
rows <- do.call(rbind, lapply(seq_len(nrow(profiles)), function(i) do.call(rbind, lapply(seq_along(curve$states), function(s)
  data.frame(case = "competing", profile = i, time = times, state = sub("(s0)", "mgus", curve$states[s], fixed = TRUE),
             estimate = curve$pstate[at, i, s])))))

# Death after malignancy by months since malignancy (clock reset): one coxph per move, put together month by month ----
after <- subset(data, origin == "malignancy")
moves <- list("mgus>malignancy" = coxph(Surv(stop, target == "malignancy") ~ age + male + mspike, first),
              "mgus>death" = coxph(Surv(stop, target == "death") ~ age + male + mspike, first),
              "malignancy>death" = coxph(Surv(stop - start, target == "death") ~ age + male + mspike, after))
coefficients <- do.call(rbind, lapply(names(moves), function(name) data.frame(
  case = if (name == "malignancy>death") "reset" else "competing", move = name, term = names(coef(moves[[name]])),
  estimate = unname(coef(moves[[name]])), std_error = sqrt(diag(vcov(moves[[name]]))))))
months <- 0:max(times)
for (i in seq_len(nrow(profiles))) {
  hazard <- sapply(moves, function(fit) {
    one <- survfit(fit, newdata = profiles[i, ])
    diff(c(0, c(0, one$cumhaz)[findInterval(months, one$time) + 1]))
  })
  total <- hazard[, 1] + hazard[, 2]
  healthy <- exp(-cumsum(total)); gone <- -diff(c(1, healthy))
  entered <- ifelse(total > 0, gone * hazard[, 1] / total, 0); alive <- exp(-cumsum(hazard[, 3]))
  ill <- sapply(months, function(t) sum(entered[1:(t + 1)] * alive[(t + 1):1]))
  rows <- rbind(rows, data.frame(case = "reset", profile = i, time = rep(times, 2), state = rep(c("mgus", "malignancy"), each = 5),
                                 estimate = c(healthy[times + 1], ill[times + 1])))
}

# To and fro, clock reset: normal and low prothrombin, and death. One coxph per move, robust by person since somebody may
# make a move more than once; shares carried forward by state and months since it was entered. ----------------------------
stays <- data_of("prothr_course"); stays$target[is.na(stays$target)] <- ""
states <- c("low", "normal", "death"); treated <- data.frame(treated = c(0, 1)); months <- 0:72
pairs <- list(c("low", "normal"), c("low", "death"), c("normal", "low"), c("normal", "death"))
fits <- lapply(pairs, function(pair) coxph(Surv(stop, target == pair[2]) ~ treated, subset(stays, origin == pair[1]),
                                           cluster = person_id, model = TRUE))
coefficients <- rbind(coefficients, do.call(rbind, lapply(seq_along(pairs), function(m) data.frame(
  case = "returns", move = paste(pairs[[m]], collapse = ">"), term = "treated", estimate = unname(coef(fits[[m]])),
  std_error = sqrt(c(fits[[m]]$var))))))
for (i in 1:2) {
  hazard <- array(0, c(3, 3, length(months)), list(states, states, NULL))
  for (m in seq_along(pairs)) {
    one <- survfit(fits[[m]], newdata = treated[i, , drop = FALSE])
    hazard[pairs[[m]][1], pairs[[m]][2], ] <- diff(c(0, c(0, one$cumhaz)[findInterval(months, one$time) + 1]))
  }
  now <- matrix(0, 3, length(months) + 1, dimnames = list(states, NULL)); now["low", 1] <- 1
  for (month in 1:max(months)) {
    later <- 0 * now
    for (state in states) for (age in seq_len(month)) {
      out <- hazard[state, , age + 1]; left <- now[state, age] * (1 - exp(-sum(out)))
      later[state, age + 1] <- later[state, age + 1] + now[state, age] - left
      if (sum(out) > 0) later[, 1] <- later[, 1] + left * out / sum(out)
    }
    now <- later
    if (month %in% c(1, 12, 36, 72)) rows <- rbind(rows, data.frame(
      case = "returns", profile = i, time = month, state = states, estimate = rowSums(now)))
  }
}
save(rows, "state_course")
save(coefficients, "state_course_cox")
