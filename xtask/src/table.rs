//! Aligned columns on a terminal.

/// Prints rows in columns as wide as their widest cell; the first row is the heading.
///
/// The first column is aligned left, the others right.
pub(crate) fn print(rows: &[Vec<String>]) {
    print!("{}", render(rows));
}

fn render(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (i, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let cell = if i == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") };
            line.push_str(&cell);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows =
            [["row", "ns"], ["small struct", "7"], ["x", "1234"]].map(|r| r.map(str::to_owned).to_vec());
        assert_eq!(super::render(&rows), "row             ns\nsmall struct     7\nx             1234\n");
    }
}
