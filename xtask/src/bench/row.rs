//! One figure of a bench.

use serde_json::Value;

use crate::error::{Error, Result};

/// What a bench program prints for one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// What was measured: `serialize/log records 10k`.
    pub(crate) row: String,
    /// In what: `ns`, `us`, `MB/s`, `bytes`, ..
    pub(crate) unit: String,
    /// Our figure.
    pub(crate) ours: f64,
    /// The other's figure, where there is another.
    pub(crate) peer: Option<f64>,
    /// Who the other is.
    pub(crate) peer_name: Option<String>,
}

impl Row {
    /// Reads the JSON of a `BENCH` line.
    ///
    /// # Errors
    /// If a field is missing, or a figure is not a finite number: a broken figure must not pass a bar.
    pub(crate) fn parse(value: &Value) -> Result<Self> {
        let wrong =
            |field: &str| Error::new(format_args!("a BENCH line without a proper `{field}`: {value}"));
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        let optional = |field: &str| match &value[field] {
            Value::Null => Ok(None),
            other => other.as_f64().map(Some).ok_or_else(|| wrong(field)),
        };
        Ok(Self {
            row: text("row").ok_or_else(|| wrong("row"))?,
            unit: text("unit").ok_or_else(|| wrong("unit"))?,
            ours: optional("ours")?.ok_or_else(|| wrong("ours"))?,
            peer: optional("peer")?,
            peer_name: text("peer_name"),
        })
    }

    /// Returns ours / peer.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.peer.filter(|peer| *peer != 0.0).map(|peer| self.ours / peer)
    }

    /// Returns our figure in microseconds for each operation, if it is a time.
    pub(crate) fn micros(&self) -> Option<f64> {
        let unit = self.unit.split('/').next().unwrap_or_default();
        let factor = match unit {
            "ns" => 1e-3,
            "us" => 1.0,
            "ms" => 1e3,
            "s" => 1e6,
            _ => return None,
        };
        Some(self.ours * factor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_without_a_peer_has_no_ratio() {
        let row = Row::parse(&json!({ "row": "a", "unit": "ns", "ours": 500, "peer": null })).unwrap();
        assert_eq!((row.ratio(), row.micros()), (None, Some(0.5)));
    }

    #[test]
    fn a_broken_figure_is_refused() {
        for bad in [
            json!({ "row": "a", "unit": "ns" }),
            json!({ "row": "a", "unit": "ns", "ours": "12" }),
            json!({ "row": "a", "unit": "ns", "ours": 1, "peer": "fast" }),
            json!({ "unit": "ns", "ours": 1 }),
        ] {
            assert!(Row::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_are_not_times() {
        let row = Row { row: "a".into(), unit: "MB/s".into(), ours: 1.0, peer: Some(0.0), peer_name: None };
        assert_eq!((row.ratio(), row.micros()), (None, None));
    }
}
