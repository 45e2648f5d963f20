//! `benches/bars.toml`: what each figure has to reach, and who said so.
//!
//! ```toml
//! [[bar]]
//! bench = "core"
//! row = "serialize/log records 10k"    # or rows = ["..", ".."], with one limit for all
//! ratio_at_most = 1.0                  # or ratio_at_least, at_most, at_least: the last two in the row's own unit
//! source = "issue 3"
//! ```

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::{Value, json};

use crate::bench::number;
use crate::bench::row::Row;
use crate::error::{Context, Error, Result};

/// What a bar limits, and from which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    RatioAtMost,
    RatioAtLeast,
    AtMost,
    AtLeast,
}

impl Kind {
    const ALL: [(&'static str, Self); 4] = [
        ("ratio_at_most", Self::RatioAtMost),
        ("ratio_at_least", Self::RatioAtLeast),
        ("at_most", Self::AtMost),
        ("at_least", Self::AtLeast),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// One entry of the file.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    bench: String,
    row: String,
    kind: Kind,
    limit: f64,
    source: String,
}

/// A row beside its bar.
#[derive(Debug)]
pub(crate) struct Judged<'a> {
    row: &'a str,
    measured: Option<&'a Row>,
    bar: Option<&'a Bar>,
    /// Whether the bar is reached; `None` where there is no bar.
    pub(crate) pass: Option<bool>,
}

/// Reads the bars; no file is no bars.
///
/// # Errors
/// If an entry has no source, no limit or two, or a name that means nothing: a bar that is misspelt would never fail.
pub(crate) fn load(file: &Path) -> Result<Vec<Bar>> {
    match fs::read_to_string(file) {
        Ok(text) => parse(&text).context(format_args!("read {}", file.display())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e).context(format_args!("read {}", file.display())),
    }
}

fn parse(text: &str) -> Result<Vec<Bar>> {
    let mut table: toml::Table = text.parse().map_err(Error::new)?;
    let bars = match table.remove("bar") {
        Some(toml::Value::Array(bars)) => {
            bars.iter().map(parse_bar).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect()
        }
        Some(_) => return Err(Error::new("`bar` is not a list: write [[bar]]")),
        None => Vec::new(),
    };
    match table.keys().next() {
        Some(other) => Err(Error::new(format_args!("unknown name `{other}`: the file is a list of [[bar]]"))),
        None => Ok(bars),
    }
}

fn parse_bar(value: &toml::Value) -> Result<Vec<Bar>> {
    let wrong = |what: &str| Error::new(format_args!("{what} in the bar {value}"));
    let table = value.as_table().ok_or_else(|| wrong("no table"))?;
    let text = |name: &str| table.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    let mut limit = None;
    for (name, value) in table {
        if ["bench", "row", "rows", "source"].contains(&name.as_str()) {
            continue;
        }
        let Some((_, kind)) = Kind::ALL.iter().find(|(kind, _)| kind == name) else {
            return Err(wrong(&format!("unknown name `{name}`")));
        };
        let number = value.as_float().or_else(|| value.as_integer().map(|i| i as f64));
        let number =
            number.filter(|n| n.is_finite()).ok_or_else(|| wrong(&format!("no number as `{name}`")))?;
        if limit.replace((*kind, number)).is_some() {
            return Err(wrong("two limits"));
        }
    }
    let (kind, limit) = limit.ok_or_else(|| wrong("no limit"))?;
    let bench = text("bench").ok_or_else(|| wrong("no `bench`"))?;
    let source = text("source").ok_or_else(|| wrong("no `source` (which issue asks for it?)"))?;
    let rows = match (text("row"), table.get("rows").and_then(toml::Value::as_array)) {
        (Some(row), None) => vec![row],
        (None, Some(rows)) => {
            let names = rows.iter().map(|row| row.as_str().map(str::to_owned));
            names.collect::<Option<_>>().ok_or_else(|| wrong("a name that is no text in `rows`"))?
        }
        _ => return Err(wrong("neither `row` nor `rows`, or both")),
    };
    let bar = |row| Bar { bench: bench.clone(), row, kind, limit, source: source.clone() };
    Ok(rows.into_iter().map(bar).collect())
}

/// Puts the bars of `bench` beside its rows, in the order of the rows; bars that nothing was measured for come last.
///
/// # Errors
/// If two rows or two bars have one name: one of them would be judged by the other's figure.
pub(crate) fn judge<'a>(bench: &str, rows: &'a [Row], bars: &'a [Bar]) -> Result<Vec<Judged<'a>>> {
    let bars: Vec<&Bar> = bars.iter().filter(|bar| bar.bench == bench).collect();
    unique(rows.iter().map(|r| r.row.as_str()), "row")?;
    unique(bars.iter().map(|b| b.row.as_str()), "bar")?;
    let beside = |row: &'a Row| {
        let bar = bars.iter().find(|bar| bar.row == row.row).copied();
        Judged { row: &row.row, measured: Some(row), bar, pass: bar.map(|bar| reaches(row, bar)) }
    };
    let mut judged: Vec<Judged<'_>> = rows.iter().map(beside).collect();
    let unmeasured = bars.iter().filter(|bar| !rows.iter().any(|row| row.row == bar.row));
    judged.extend(unmeasured.map(|bar| Judged {
        row: &bar.row,
        measured: None,
        bar: Some(bar),
        pass: Some(false),
    }));
    Ok(judged)
}

fn unique<'a>(names: impl Iterator<Item = &'a str>, what: &str) -> Result<()> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::new(format_args!("two {what}s are called `{}`", pair[0]))),
        None => Ok(()),
    }
}

/// Tells whether a row reaches its bar; a ratio that is not there reaches none.
fn reaches(row: &Row, bar: &Bar) -> bool {
    match bar.kind {
        Kind::RatioAtMost => row.ratio().is_some_and(|ratio| ratio <= bar.limit),
        Kind::RatioAtLeast => row.ratio().is_some_and(|ratio| ratio >= bar.limit),
        Kind::AtMost => row.ours <= bar.limit,
        Kind::AtLeast => row.ours >= bar.limit,
    }
}

impl Judged<'_> {
    /// Returns the entry of `target/bench/NAME.json`.
    pub(crate) fn json(&self) -> Value {
        let row = self.measured;
        json!({
            "row": self.row,
            "unit": row.map(|r| &r.unit),
            "ours": number(row.map(|r| r.ours)),
            "peer": number(row.and_then(|r| r.peer)),
            "peer_name": row.and_then(|r| r.peer_name.as_ref()),
            "ratio": number(row.and_then(Row::ratio)),
            "bar": number(self.bar.map(|b| b.limit)),
            "bar_kind": self.bar.map(|b| b.kind.name()),
            "source": self.bar.map(|b| &b.source),
            "pass": self.pass,
        })
    }

    /// Returns the cells of the table: row, unit, ours, peer, peer name, ratio, ops/s, us/op, bar, pass.
    pub(crate) fn cells(&self) -> Vec<String> {
        let row = self.measured;
        let figure = |f: Option<f64>| f.map_or_else(|| "-".to_owned(), short);
        let micros = row.and_then(Row::micros);
        let pass = match self.pass {
            Some(true) => "pass",
            Some(false) if row.is_none() => "NOT MEASURED",
            Some(false) => "MISSED",
            None => "-",
        };
        vec![
            self.row.to_owned(),
            row.map_or("-", |r| &r.unit).to_owned(),
            figure(row.map(|r| r.ours)),
            figure(row.and_then(|r| r.peer)),
            row.and_then(|r| r.peer_name.as_deref()).unwrap_or("-").to_owned(),
            figure(row.and_then(Row::ratio)),
            figure(micros.filter(|m| *m > 0.0).map(|m| 1e6 / m)),
            figure(micros),
            self.bar.map_or_else(
                || "-".to_owned(),
                |b| format!("{} {}", b.kind.name().replace('_', " "), b.limit),
            ),
            pass.to_owned(),
        ]
    }
}

/// Returns a figure with about four digits.
pub(super) fn short(figure: f64) -> String {
    let size = figure.abs();
    let digits = if size >= 1000.0 || figure == 0.0 {
        0
    } else if size >= 10.0 {
        1
    } else if size >= 0.1 {
        3
    } else {
        6
    };
    format!("{figure:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, ours: f64, peer: Option<f64>) -> Row {
        Row { row: name.into(), unit: "ns".into(), ours, peer, peer_name: Some("serde".into()) }
    }

    fn bars(limits: &[(&str, &str)]) -> Vec<Bar> {
        let entry = |(row, limit): &(&str, &str)| {
            format!("[[bar]]\nbench = 'core'\nrow = '{row}'\n{limit}\nsource = 'issue 3'\n")
        };
        parse(&limits.iter().map(entry).collect::<String>()).unwrap()
    }

    #[test]
    fn each_kind_of_bar_judges_its_side() {
        for (limit, pass) in [
            ("ratio_at_most = 2", true),
            ("ratio_at_most = 1.9", false),
            ("ratio_at_least = 2", true),
            ("ratio_at_least = 2.1", false),
            ("at_most = 100", true),
            ("at_most = 99.9", false),
            ("at_least = 100", true),
            ("at_least = 101", false),
        ] {
            let (rows, bars) = ([row("a", 100.0, Some(50.0))], bars(&[("a", limit)]));
            assert_eq!(judge("core", &rows, &bars).unwrap()[0].pass, Some(pass), "{limit}");
        }
    }

    #[test]
    fn a_row_without_a_bar_neither_passes_nor_fails() {
        let (rows, bars) = ([row("a", 1.0, None)], bars(&[]));
        let judged = judge("core", &rows, &bars).unwrap();
        assert_eq!(judged[0].pass, None);
        assert_eq!(judged[0].json()["pass"], Value::Null);
    }

    #[test]
    fn a_bar_that_nothing_was_measured_for_fails() {
        let (rows, bars) = ([row("a", 1.0, None)], bars(&[("b", "at_most = 1")]));
        let judged = judge("core", &rows, &bars).unwrap();
        assert_eq!((judged[1].row, judged[1].pass), ("b", Some(false)));
        assert_eq!(judged[1].cells().last().unwrap(), "NOT MEASURED");
        assert_eq!(judge("kit", &rows, &bars).unwrap().len(), 1, "another bench's bar is not asked for");
    }

    #[test]
    fn a_ratio_without_a_peer_reaches_no_bar() {
        let (rows, bars) = ([row("a", 1.0, None)], bars(&[("a", "ratio_at_most = 9")]));
        assert_eq!(judge("core", &rows, &bars).unwrap()[0].pass, Some(false));
    }

    #[test]
    fn the_json_has_the_promised_fields() {
        let (rows, bars) = ([row("a", 100.0, Some(50.0))], bars(&[("a", "ratio_at_most = 2.5")]));
        let json = judge("core", &rows, &bars).unwrap()[0].json();
        let want = json!({ "row": "a", "unit": "ns", "ours": 100.0, "peer": 50.0, "peer_name": "serde", "ratio": 2.0,
            "bar": 2.5, "bar_kind": "ratio_at_most", "source": "issue 3", "pass": true });
        assert_eq!(json, want);
    }

    #[test]
    fn one_name_twice_is_refused() {
        let rows = [row("a", 1.0, None), row("a", 2.0, None)];
        assert_eq!(judge("core", &rows, &[]).unwrap_err().to_string(), "two rows are called `a`");
        let bars = bars(&[("a", "at_most = 1"), ("a", "at_most = 9")]);
        assert!(judge("core", &rows[..1], &bars).is_err());
    }

    #[test]
    fn one_limit_may_stand_for_many_rows() {
        let text = "[[bar]]\nbench = 'core'\nrows = ['a', 'b']\nat_most = 1\nsource = 'issue 3'\n";
        let bars = parse(text).unwrap();
        let rows = [row("a", 1.0, None), row("b", 2.0, None)];
        let judged = judge("core", &rows, &bars).unwrap();
        assert_eq!((judged[0].pass, judged[1].pass), (Some(true), Some(false)));
        assert!(parse(&text.replace("['a', 'b']", "['a', 1]")).is_err());
        assert!(parse(&text.replace("rows", "row = 'c'\nrows")).is_err());
    }

    #[test]
    fn a_misspelt_bar_is_refused() {
        for bad in ["at_mots = 1", "at_most = 'one'", "at_most = nan", "", "at_most = 1\nat_least = 1"] {
            let text = format!("[[bar]]\nbench = 'core'\nrow = 'a'\nsource = 'issue 3'\n{bad}\n");
            assert!(parse(&text).is_err(), "{bad}");
        }
        assert!(parse("[[bars]]\nrow = 'a'\n").is_err());
        assert!(parse("[[bar]]\nbench = 'core'\nrow = 'a'\nat_most = 1\n").is_err(), "a bar has a source");
    }
}
