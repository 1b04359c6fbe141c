//! `pagesieve features`.

use pagesieve::corpus::hand_labels;
use pagesieve::feature::FeatureSchema;
use pagesieve::source::{Source, sources};
use pagesieve::{Blocks, Error, Model, PageOptions};

use super::args::FeaturesArgs;
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::{Outcome, kind_of};

pub(crate) fn run(args: &FeaturesArgs, console: &Console) -> Result<Outcome, Failure> {
    let mut output = Output::create(&args.output.output)?;
    if args.schema {
        output.write(&schema(&pagesieve::feature::schema(), &args.output)?)?;
        output.finish()?;
        return Ok(Outcome::Complete);
    }
    if args.pages.inputs.is_empty() {
        return Err(Failure::Usage("no INPUT: name files or folders".to_owned()));
    }
    args.pages.input_format.map(kind_of).transpose()?;
    let model = args.model.as_ref().map_or_else(Model::bundled, Model::load)?;
    let mut outcome = Outcome::Complete;
    let mut header = true;
    for source in sources(&args.pages.inputs) {
        match source.and_then(|source| rows(&source, args, &model, std::mem::take(&mut header))) {
            Ok(rows) => output.write(&rows)?,
            Err(error) => {
                console.error(&error);
                outcome = Outcome::SomeUnread;
            }
        }
    }
    output.finish()?;
    Ok(outcome)
}

/// A page's rows, after the header if it is the first.
fn rows(source: &Source, args: &FeaturesArgs, model: &Model, header: bool) -> Result<Vec<u8>, Error> {
    let mut options = PageOptions::default();
    if let Some(url) = &args.pages.url {
        options = options.url(url);
    }
    let page = source.read(args.pages.input_format.and_then(|format| kind_of(format).ok()), &options)?;
    let blocks = page.dom().map_or_else(|| Blocks::of_text(page.plain_text().unwrap_or_default()), Blocks::of_dom);
    let matrix = model.features(&page, &blocks);
    let labels = hand_labels(&page, &blocks, source.path())?;
    let path = source.path().to_string_lossy().into_owned();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Error::write(source.path(), error.into());
    if header {
        let names = matrix.schema.features().iter().map(pagesieve::feature::FeatureDef::full_name);
        let all: Vec<String> = ["path", "index", "label"].map(str::to_owned).into_iter().chain(names).collect();
        writer.write_record(&all).map_err(failed)?;
    }
    for (index, (label, row)) in labels.iter().zip(matrix.rows.rows()).enumerate() {
        let mut record = vec![path.clone(), index.to_string(), label.map_or_else(String::new, |label| label.to_string())];
        record.extend(row.iter().map(|value| format!("{value:.4}")));
        writer.write_record(&record).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::write(source.path(), error.into_error()))
}

fn schema(schema: &FeatureSchema, output: &super::args::OutputArgs) -> Result<Vec<u8>, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Error::write(&output.output, error.into());
    writer.write_record(["feature", "unit", "meaning"]).map_err(failed)?;
    for feature in schema.features() {
        writer.write_record([feature.full_name().as_str(), feature.unit.describe(), &feature.doc]).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::write(&output.output, error.into_error()))
}
