//! Tables of Markdown files, made from the CSV files.

use std::fmt::Write as _;
use std::path::Path;

use crate::error::Failure;
use crate::record::Record;

const BEGIN: &str = "<!-- table ";
const END: &str = "<!-- end of table -->";

/// Puts each table of `file` anew between its marks: `<!-- table NAME -->` takes `NAME.csv` of `data`.
pub(crate) fn write(data: &Path, file: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file).map_err(Failure::file(file))?;
    let problem = |problem: String| Failure::Content { path: file.to_owned(), problem };
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (name, after) = after.split_once(" -->").ok_or_else(|| problem(format!("a mark {BEGIN:?} without its end")))?;
        let (_, after) = after.split_once(END).ok_or_else(|| problem(format!("table {name} lacks {END:?} behind it")))?;
        let table = if name == "speed" { peers(&data.join("speed.csv"))? } else { plain(&data.join(format!("{name}.csv")))? };
        let _ = write!(out, "{before}{BEGIN}{name} -->\n\n{table}\n{END}");
        rest = after;
    }
    if rest.len() == text.len() {
        return Err(problem(format!("no mark {BEGIN:?} in it")));
    }
    out.push_str(rest);
    std::fs::write(file, out).map_err(Failure::file(file))
}

/// The comparison, in words rather than in columns as they are.
fn peers(path: &Path) -> Result<String, Failure> {
    let mut reader = csv::Reader::from_path(path).map_err(Failure::csv(path))?;
    let records: Vec<Record> = reader.deserialize().collect::<Result<_, _>>().map_err(Failure::csv(path))?;
    let mut table = "| | ms a page | pages a second | MB a second | speed beside resiliparse's |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for record in &records {
        let Record { name, version, milliseconds, megabytes, seconds, pages, .. } = record;
        let name = if name == "pagesieve" { "**pagesieve**".to_owned() } else { format!("{name} {version}") };
        let speed = record.speed.map_or(String::new(), |speed| if speed < 0.995 { format!("{speed:.2}") } else { format!("**{speed:.2}**") });
        let _ = writeln!(
            table,
            "| {name} | {milliseconds:.2} | {:.0} | {:.1} | {speed} |",
            *pages as f64 / seconds,
            megabytes / seconds
        );
    }
    Ok(table)
}

/// Any other CSV file, column by column.
fn plain(path: &Path) -> Result<String, Failure> {
    let mut reader = csv::Reader::from_path(path).map_err(Failure::csv(path))?;
    let headers = reader.headers().map_err(Failure::csv(path))?.clone();
    let mut table = format!("| {} |\n|{}\n", headers.iter().map(|header| header.replace('_', " ")).collect::<Vec<_>>().join(" | "), " --- |".repeat(headers.len()));
    for row in reader.records() {
        let row = row.map_err(Failure::csv(path))?;
        let _ = writeln!(table, "| {} |", row.iter().collect::<Vec<_>>().join(" | "));
    }
    Ok(table)
}
