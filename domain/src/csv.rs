//! Tables as files for spreadsheet programs: RFC 4180, with a byte order mark so that they show Chinese, and no cell
//! that such a program would take for a formula.
//!
//! Deliberately absent: reading.

/// What a file begins with: without it spreadsheet programs take UTF-8 for something else.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A file with these rows; the first names the columns.
#[must_use]
pub fn file<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> String {
    let mut text = String::from(BYTE_ORDER_MARK);
    for row in rows {
        for (n, cell) in row.as_ref().iter().enumerate() {
            if n > 0 {
                text.push(',');
            }
            put(&mut text, cell);
        }
        text.push_str("\r\n");
    }
    text
}

/// One cell. What people wrote may begin like a formula: an apostrophe before it makes it text, in full-width forms too,
/// which some programs read alike. Spaces before it would hide it from us and not from them.
fn put(text: &mut String, cell: &str) {
    let is_number =
        cell.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
    let first = cell.trim_start_matches(' ').chars().next();
    let is_formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    );
    let is_defused = is_formula && !is_number;
    if !is_defused && !cell.contains([',', '"', '\r', '\n', '\t']) && cell.trim() == cell {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if is_defused {
        text.push('\'');
    }
    for c in cell.chars() {
        if c == '"' {
            text.push('"');
        }
        text.push(c);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(cell: &str) -> String {
        let file = file([[cell.to_owned()]]);
        file.strip_prefix('\u{feff}').and_then(|rest| rest.strip_suffix("\r\n")).expect("a file of one row").to_owned()
    }

    #[test]
    fn cells_are_quoted_where_they_must_be_and_formulas_are_defused() {
        for (cell, written) in [
            ("板闸", "板闸"),
            ("", ""),
            ("12", "12"),
            ("-12", "-12"),
            ("a,b", "\"a,b\""),
            ("说\"好\"", "\"说\"\"好\"\"\""),
            ("一\r\n二", "\"一\r\n二\""),
            (" 空", "\" 空\""),
            ("=1+1", "\"'=1+1\""),
            ("+86", "\"'+86\""),
            ("-1+1", "\"'-1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("  =1", "\"'  =1\""),
            ("＝1", "\"'＝1\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
        ] {
            assert_eq!(one(cell), written, "{cell:?}");
        }
    }

    #[test]
    fn rows_end_as_the_standard_says() {
        let rows = [["社区".to_owned(), "月".to_owned()], ["板闸".to_owned(), "11".to_owned()]];
        assert_eq!(file(rows), "\u{feff}社区,月\r\n板闸,11\r\n");
    }

    /// Reads what was written, by the standard alone.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if is_quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
                '\r' if !is_quoted => {
                    chars.next();
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                c => cell.push(c),
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn whatever_people_wrote_is_read_back_and_is_no_formula(
            rows in prop::collection::vec(prop::collection::vec("[ -~\\t\\r\\n一-十＝]{0,9}", 3), 1..5)
        ) {
            let found = read(&file(&rows));
            prop_assert_eq!(found.len(), rows.len());
            for (found, written) in found.iter().flatten().zip(rows.iter().flatten()) {
                prop_assert_eq!(found.strip_prefix('\'').unwrap_or(found), written.strip_prefix('\'').unwrap_or(written));
                let is_number = found.parse::<i64>().is_ok();
                prop_assert!(is_number || !found.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '＝']));
            }
        }
    }
}
