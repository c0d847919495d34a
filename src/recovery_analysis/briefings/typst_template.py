"""Layout of the PDF. All words arrive as data (briefing.json): no character of them is read as markup."""

TEMPLATE = r"""
#let d = json("briefing.json")
#let ink = rgb("#1b2733")
#let band = rgb("#173f5f")
#let tint = rgb("#e8f0f6")
#let sand = rgb("#f6f1e4")

#set document(title: d.title, author: (), date: none)
#set text(font: "Libertinus Serif", size: d.size * 1pt, lang: "en", region: "GB", fill: ink)
#set par(leading: 0.5em, spacing: 0.62em)
#let warn = text(weight: "bold", size: 0.92em, d.label)
#set page(
  paper: "a4",
  margin: (x: 1.5cm, top: if d.label == "" { 1.1cm } else { 1.5cm }, bottom: 1.3cm),
  header: if d.label != "" { align(center, warn) },
  header-ascent: 35%,
  footer-descent: 35%,
  footer: context text(size: 0.84em, {
    [#d.title #h(1fr) Page #counter(page).display() of #counter(page).final().first()]
  }),
)
#show heading.where(level: 1): it => block(
  width: 100%, fill: band, inset: (x: 10pt, y: 9pt), above: 0pt, below: 7pt,
  text(fill: white, size: 1.18em, weight: "bold", hyphenate: false, it.body),
)
#show heading.where(level: 2): it => block(
  above: 0.65em,
  below: 0.4em,
  text(fill: band, size: 1em, weight: "bold", it.body),
)
#show heading.where(level: 3): it => block(
  above: 0.6em,
  below: 0.4em,
  text(size: 1em, weight: "bold", it.body),
)

#let point(pair) = {
  if pair.at(0) != "" { strong(pair.at(0)); [ ] }
  pair.at(1)
}
#let points(section) = {
  heading(level: 2, section.heading)
  list(tight: true, spacing: 0.55em, ..section.points.map(point))
}
#let panel(colour, body) = block(
  width: 100%, fill: colour, inset: (x: 8pt, y: 6pt), above: 7pt, below: 7pt, body,
)
#heading(level: 1, d.title)
#if d.label != "" { par(strong(d.label + ".")) }
#par(emph(d.study))
#par[#strong[The question.] #d.question]
#par[#strong[Who took part.] #d.who.join(" ")]

#panel(tint, points(d.key_points))

#heading(level: 2, d.figure.title)
#image(d.picture, alt: d.figure.alt, width: 100%, height: d.height * 1cm, fit: "contain")
#if d.figure.caption != "" { par(text(size: 0.92em, d.figure.caption)) }

#panel(sand, {
  heading(level: 2, d.how_sure.heading)
  set text(size: 0.92em)
  for pair in d.how_sure.points { par(point(pair)) }
})

#if d.findings.len() > 0 [
#heading(level: 2, "The numbers")
#block(sticky: true, text(size: 0.92em, d.table.caption))
#{
  set text(size: 0.84em)
  set par(leading: 0.4em)
  show table: block.with(breakable: false)
  table(
    columns: (2.3fr,) + (1fr,) * (d.table.header.len() - 2) + (0.75fr,),
    stroke: (_, y) => (bottom: if y == 0 { 1pt + band } else { 0.4pt + rgb("#8296a5") }),
    inset: (x: 3pt, y: 3.2pt),
    align: left + horizon,
    table.header(..d.table.header.map(strong)),
    ..d.table.rows.flatten(),
  )
}
#heading(level: 2, "The findings")
#block(sticky: true, d.comparison)
#let told(finding) = {
  heading(level: 3, finding.heading)
  par[#strong(finding.strength + ":") #finding.answer]
}
#let long(findings) = findings.map(f => f.heading.len() + f.answer.len() + 60).sum(default: 0)
#let taller(k) = calc.max(long(d.findings.slice(0, k)), long(d.findings.slice(k)))
#let half = range(1, d.findings.len() + 1).sorted(key: taller).first()
#block(
  breakable: d.findings.len() > 10,
  grid(
    columns: (1fr, 1fr),
    gutter: 14pt,
    d.findings.slice(0, half).map(told).join(),
    d.findings.slice(half).map(told).join(),
  ),
)
]

#panel(tint, points(d.cautions))
#heading(level: 2, d.method.heading)
#{
  set text(size: 0.84em)
  for pair in d.method.points + d.source { par(point(pair)) }
}
"""
