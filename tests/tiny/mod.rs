//! A tiny model of the sample pages, shared by tests: quick to train, of no use to anyone else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pagesieve::{Corpus, Model, Recipe};

/// The folder of the sample pages.
pub(crate) fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

/// The names of the sample pages with this extension, sorted.
pub(crate) fn names(extension: &str) -> Vec<String> {
    let paths = std::fs::read_dir(pages()).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    let mut names: Vec<String> = paths.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The sample pages in a folder of their own with a manifest: all labelled in full (calibration learns from no others), spread over the folds.
fn corpus(folder: &Path) -> Corpus {
    let mut manifest = "id,file,kind,fold\n".to_owned();
    for (index, name) in names("html").iter().enumerate() {
        std::fs::copy(pages().join(name), folder.join(name)).unwrap();
        writeln!(manifest, "{name},{name},full,{}", index % 5).unwrap();
    }
    std::fs::write(folder.join("pages.csv"), manifest).unwrap();
    Corpus::open(folder).unwrap()
}

/// Trains few shallow trees on so many threads.
pub(crate) fn train(threads: usize) -> Model {
    let mut recipe = Recipe::default();
    for stage in [&mut recipe.block, &mut recipe.context] {
        stage.trees = 12;
        stage.depth = 3;
        stage.learning_rate = 0.3;
        stage.rows_per_tree = 1.0;
    }
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| pagesieve::train::train(&corpus, &recipe, &|_| ())).unwrap()
}

/// The tiny model, trained once for all tests of a file.
pub(crate) fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| train(2))
}
