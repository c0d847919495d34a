# What every script here begins with: the data of the golden tests, and how reference numbers are written.
here <- "tests/golden/r"
folder <- tempfile(); dir.create(folder)

# One data set of tests/golden/golden_data.py, so that both sides analyse the same rows; all are exported once.
data_of <- function(name) {
  if (length(list.files(folder)) == 0) stopifnot(system2("python", c(file.path(here, "export_data.py"), folder)) == 0)
  read.csv(file.path(folder, paste0(name, ".csv")))
}

save <- function(rows, name) {
  numbers <- sapply(rows, is.numeric)
  rows[numbers] <- lapply(rows[numbers], function(x) sprintf("%.15g", x))
  rows[] <- lapply(rows, function(x) ifelse(x %in% c("NA", "NaN", "Inf"), "", x))
  write.csv(rows, file.path(here, paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
}
