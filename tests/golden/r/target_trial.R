# Landmark and clone-censor-weight numbers of the golden tests, from R.
#
#   Rscript tests/golden/r/target_trial.R
#
# Run it from the root of the project. Data: Stanford heart transplants (survival::jasa), the best-known case of
# immortal time: one must live long enough to get a heart. Each step is written out with glm, survSplit, survfit and
# coxph. Made with R 4.2.2, survival 3.5-3.
suppressPackageStartupMessages(library(survival))

source("tests/golden/r/common/common.R")
people <- data.frame(id = seq_len(nrow(jasa)), length = pmax(jasa$futime, 0.5), event = jasa$fustat,
                     engaged = ifelse(is.na(jasa$wait.time), Inf, jasa$wait.time), age = jasa$age,
                     surgery = jasa$surgery, sampling = 1)
people$engaged <- ifelse(people$engaged < people$length, people$engaged, Inf)
row <- function(case, quantity, estimate, std_error = NA, n = NA, events = NA)
  data.frame(case = case, quantity = quantity, estimate = estimate, std_error = std_error, n = n, events = events)

# The same people, four ways -------------------------------------------------------------------------------------
of <- function(case, fit) row(case, "log_hazard_ratio", coef(fit)[[1]], sqrt(vcov(fit)[1, 1]), fit$n, fit$nevent)
naive <- coxph(Surv(length, event) ~ I(engaged < Inf) + age + surgery, people)
split <- tmerge(people, people, id = id, death = event(length, event))
moved <- people[is.finite(people$engaged), c("id", "engaged")]
split <- tmerge(split, moved, id = id, exposed = tdc(engaged))
moving <- coxph(Surv(tstart, tstop, death) ~ exposed + age + surgery, split)
rows <- list(of("naive", naive), of("time_varying", moving))
for (at in c(30, 90)) {
  left <- people[people$length > at, ]
  left$exposed <- as.numeric(left$engaged <= at)
  left$at <- at
  rows <- c(rows, list(of(paste0("landmark_", at), coxph(Surv(at, length, event) ~ exposed + age + surgery, left))))
}

curves <- list()
# Clone, censor, weight: a heart within 30 days or not, in six intervals; followed for two years ------------------
emulate <- function(case, people, grace, horizon, intervals) {
  people$event <- ifelse(people$length <= horizon, people$event, 0)
  people$length <- pmin(people$length, horizon)
  people$engaged <- ifelse(people$engaged < people$length, people$engaged, Inf)
  edges <- grace * (0:intervals) / intervals

  # the model of a heart in each interval, interval 0 being the day of acceptance
  asked <- do.call(rbind, lapply(0:intervals, function(j) {
    left <- if (j == 0) people else people[people$engaged > edges[j] & people$length > edges[j], ]
    transform(left, interval = j, engages = as.numeric(left$engaged <= edges[j + 1]))
  }))
  asked$share <- asked$interval / intervals
  asked$zero <- as.numeric(asked$interval == 0)
  model <- glm(engages ~ share + I(share^2) + zero + age + surgery, quasibinomial, asked, weights = sampling, epsilon = 1e-14,
               maxit = 100)
  all <- expand.grid(interval = 0:intervals, id = people$id)
  all <- cbind(all, people[match(all$id, people$id), c("age", "surgery")])
  all$share <- all$interval / intervals
  all$zero <- as.numeric(all$interval == 0)
  all$stays <- 1 - predict(model, all, type = "response")
  all$kept <- ave(all$stays, all$id, FUN = cumprod)
  everybody <- cumprod(1 - sapply(split(asked, asked$interval), function(d) weighted.mean(d$engages, d$sampling)))

  # clones
  early <- people$engaged <= grace
  without <- transform(people, arm = 0, until = ifelse(early, engaged, length), died = ifelse(early, 0, event))
  with <- transform(people, arm = 1, until = ifelse(early, length, pmin(length, grace)))
  with$died <- ifelse(with$until == with$length, with$event, 0)
  clones <- rbind(without[without$until > 0, ], with)
  clones$code <- clones$died
  clones$died <- as.numeric(clones$code > 0)
  clones <- survSplit(Surv(until, died) ~ ., clones, cut = edges[-1], episode = "piece")
  clones$died <- clones$died * clones$code
  clones$ended <- pmin(clones$piece - 1, intervals)
  kept <- all$kept[match(paste(clones$id, clones$ended), paste(all$id, all$interval))]
  last <- all$kept[match(paste(clones$id, intervals), paste(all$id, all$interval))]
  clones$w <- ifelse(clones$arm == 0, everybody[clones$ended + 1] / kept,
                     ifelse(clones$ended < intervals, 1, (1 - everybody[intervals + 1]) / (1 - last)))
  for (arm in 0:1) {
    mine <- clones$arm == arm
    cap <- quantile(clones$w[mine & clones$ended == intervals], 0.99)
    clones$w[mine] <- pmin(clones$w[mine], cap)
  }

  # curves of the share without the outcome (Aalen and Johansen's where something else may come first), restricted means,
  # cause-specific hazard ratio
  # (each row is a person to survfit: with several states it takes no notice of weights that change within one, 3.5-3)
  clones$copy <- seq_len(nrow(clones))
  clones$counted <- clones$w * clones$sampling
  clones$state <- factor(clones$died, 0:2)
  without <- lapply(0:1, function(a) {
    f <- survfit(Surv(tstart, until, state) ~ 1, clones[clones$arm == a, ], weights = counted, id = copy)
    own <- f$n.event[, match("1", f$states)] > 0
    data.frame(case = case, arm = a, time = f$time[own], survival = 1 - f$pstate[own, match("1", f$states)])
  })
  curves <<- c(curves, without)
  risk <- sapply(without, function(f) 1 - min(f$survival))
  means <- sapply(without, function(f) sum(diff(c(0, f$time, horizon)) * c(1, f$survival)))
  cox <- coxph(Surv(tstart, until, died == 1) ~ arm, clones, weights = counted, ties = "breslow", cluster = id)
  coefficients <- coef(model)[c("(Intercept)", "share", "I(share^2)", "zero", "age", "surgery")]
  rbind(row(case, paste0("model_", 1:6), coefficients),
        row(case, "log_hazard_ratio", coef(cox)[[1]], sqrt(vcov(cox)[1, 1]), events = sum(clones$died == 1)),
        row(case, c("risk_engage", "risk_not"), rev(risk)), row(case, "risk_difference", risk[2] - risk[1]),
        row(case, c("restricted_mean_engage", "restricted_mean_not"), rev(means)),
        row(case, "restricted_mean_difference", means[2] - means[1]),
        row(case, c("largest_weight", "weighted_time"),
            c(max(clones$w), sum(clones$w * (clones$until - clones$tstart)))))
}
rows <- c(rows, list(emulate("clone_censor_weight", people, 30, 730, 6)))
# a second case in which the weights differ more: a heart within 60 days, in four intervals
rows <- c(rows, list(emulate("two_months", people, 60, 1000, 4)))
# people who stand for others, and deaths of two kinds that compete
sampled <- transform(people, sampling = 0.5 + id %% 4 / 2)
rows <- c(rows, list(emulate("sampled", sampled, 30, 730, 6)))
rows <- c(rows, list(emulate("competing", transform(sampled, event = event * ifelse(id %% 3 == 0, 2, 1)), 60, 1000, 4)))
save(do.call(rbind, rows), "target_trial")
save(do.call(rbind, curves), "target_trial_curves")
print(do.call(rbind, rows))
