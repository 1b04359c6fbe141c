//! What each stage of a page's way takes, on one core: `cargo bench`.
//!
//! One iteration goes through all pages of `pages/`, so that a figure is weighed by sizes as a corpus is. Each stage is given what the stage
//! before makes of them.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up ends")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pagesieve::decode::decode;
use pagesieve::export::PageFormat;
use pagesieve::model::boost::PredictScratch;
use pagesieve::{Blocks, Decision, ExportOptions, Label, LabelledPage, Model, Page, PageOptions};

mod pages;

fn stages(criterion: &mut Criterion) {
    let texts = pages::pages();
    let parsed: Vec<Page> = texts.iter().map(|text| Page::from_html(text.clone(), &PageOptions::default())).collect();
    let blocks: Vec<Blocks> = parsed.iter().map(blocks_of).collect();
    let model = Model::bundled().unwrap();
    let decision = Decision::default();
    let text_export = PageFormat::Text.exporter(ExportOptions::default());

    let mut group = criterion.benchmark_group("pages");
    group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
    group.sample_size(20);
    group.bench_function("decode", |bencher| {
        bencher.iter(|| texts.iter().map(|text| decode(black_box(text.as_bytes()), None).text.len()).sum::<usize>());
    });
    group.bench_function("parse", |bencher| {
        let parse = |texts: Vec<String>| texts.into_iter().map(|text| Page::from_html(text, &PageOptions::default())).collect::<Vec<_>>();
        bencher.iter_batched(|| texts.clone(), parse, BatchSize::PerIteration);
    });
    group.bench_function("segmentation", |bencher| {
        bencher.iter(|| parsed.iter().map(|page| blocks_of(black_box(page)).len()).sum::<usize>());
    });
    group.bench_function("features", |bencher| {
        bencher.iter(|| parsed.iter().zip(&blocks).map(|(page, blocks)| model.features(black_box(page), blocks).rows.len()).sum::<usize>());
    });
    group.bench_function("model", |bencher| {
        let trees = model.block_trees().unwrap();
        let rows: Vec<_> = parsed.iter().zip(&blocks).map(|(page, blocks)| model.features(page, blocks).rows).collect();
        let mut scratch = PredictScratch::default();
        bencher.iter(|| {
            for rows in &rows {
                let mut out = vec![[0.0; Label::COUNT]; rows.nrows()];
                trees.scores_into(black_box(rows.view()), &mut scratch, &mut out).unwrap();
                black_box(out);
            }
        });
    });
    group.bench_function("labels", |bencher| {
        let label = |pages: Vec<Page>| pages.into_iter().map(|page| model.classify(page, &decision)).collect::<Vec<LabelledPage>>();
        bencher.iter_batched(|| parsed.clone(), label, BatchSize::PerIteration);
    });
    group.bench_function("text", |bencher| {
        let labelled: Vec<_> = parsed.iter().map(|page| model.classify(page.clone(), &decision)).collect();
        bencher.iter(|| labelled.iter().map(|page| text_export.page("", black_box(page)).len()).sum::<usize>());
    });
    group.bench_function("whole", |bencher| {
        bencher.iter(|| {
            let whole = |text: &String| {
                let page = Page::from_html_bytes(black_box(text.as_bytes()), &PageOptions::default());
                text_export.page("", &model.classify(page, &decision)).len()
            };
            texts.iter().map(whole).sum::<usize>()
        });
    });
    group.finish();
}

fn blocks_of(page: &Page) -> Blocks {
    page.dom().map(Blocks::of_dom).unwrap_or_default()
}

criterion_group!(benches, stages);
criterion_main!(benches);
