//! A tiny model of the sample pages, shared by tests: quick to train, of no use to anyone else.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pagesieve::{Corpus, Model, Recipe};

/// The folder of the sample pages.
pub(crate) fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

/// Few shallow trees.
pub(crate) fn recipe() -> Recipe {
    let mut recipe = Recipe::default();
    for stage in [&mut recipe.block, &mut recipe.context] {
        stage.trees = 12;
        stage.depth = 3;
        stage.learning_rate = 0.3;
        stage.rows_per_tree = 1.0;
    }
    recipe
}

/// Trains the tiny model on so many threads.
pub(crate) fn train(threads: usize) -> Model {
    let corpus = Corpus::open(pages()).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| pagesieve::train::train(&corpus, &recipe(), &|_| ())).unwrap()
}

/// The tiny model, trained once for all tests of a file.
pub(crate) fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| train(2))
}
