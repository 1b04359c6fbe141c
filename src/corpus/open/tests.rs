//! A corpus to open labels and back.

use super::*;
use std::path::Path;

/// A page as it is published, and as the corpus has it.
const PUBLIC: &str = "<meta charset=utf-8><nav><a href=/>Home</a></nav><h1>Rain</h1><p>It rained.<p>Subscribe now";
const LABELLED: &str = "<meta charset=utf-8><nav data-sieve-label=navigation><a href=/>Home</a></nav><h1 data-sieve-label=content>Rain</h1>\
     <p data-sieve-label=content>It rained.<p data-sieve-label=subscription-prompt>Subscribe now";

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The open labels of a corpus with one page.
fn gathered(folder: &Path) -> OpenLabels {
    let sha256 = crate::digest::sha256_of(PUBLIC.as_bytes());
    write(&folder.join("full/rain.html"), LABELLED);
    let manifest = format!(
        "id,file,kind,source,url,site,fold,origin,origin_sha256\nrain,full/rain.html,full,ours,,rain.example,2,pages/rain.html,{sha256}\n"
    );
    write(&folder.join("pages.csv"), &manifest);
    write(&folder.join("sources.csv"), "source,repository,commit,licence\nours,someone/pages,abc123,MIT\n");
    let repositories = read_repositories(&folder.join("sources.csv")).unwrap();
    OpenLabels::gather(&Corpus::open(folder).unwrap(), &repositories).unwrap()
}

#[test]
fn labels_come_back_from_their_tables() {
    let folder = tempfile::tempdir().unwrap();
    let labels = gathered(folder.path());
    let page = &labels.pages()[0];
    assert_eq!((page.repository.as_str(), page.commit.as_str(), page.blocks, page.labels.len()), ("someone/pages", "abc123", 4, 4));
    let out = folder.path().join("labels");
    labels.write(&out).unwrap();
    assert_eq!(OpenLabels::read(&out).unwrap(), labels);
    let blocks = crate::packed::gunzip(std::fs::read(out.join(BLOCKS_FILE)).unwrap().as_slice(), 1 << 20).unwrap();
    let blocks = String::from_utf8(blocks).unwrap();
    assert_eq!(blocks.lines().nth(1).unwrap(), format!("rain,0,navigation,{}", TextHash::of("Home")));
    assert!(!blocks.contains("rained"));
}

#[test]
fn public_files_become_the_corpus_again() {
    let folder = tempfile::tempdir().unwrap();
    let labels = gathered(folder.path());
    let (files, out) = (folder.path().join("files"), folder.path().join("out"));
    write(&files.join("checkout/anywhere.html"), PUBLIC);
    let done = labels.rebuild(&files, &out).unwrap();
    assert_eq!(done, Rebuilt { pages: 1, labels: 4, ..Rebuilt::default() });
    let again = OpenLabels::gather(&Corpus::open(&out).unwrap(), &read_repositories(&folder.path().join("sources.csv")).unwrap()).unwrap();
    assert_eq!(again, labels);
}

#[test]
fn another_version_is_labelled_by_the_texts_of_its_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let labels = gathered(folder.path());
    let (files, out) = (folder.path().join("files"), folder.path().join("out"));
    write(&files.join("someone/pages/pages/rain.html"), &PUBLIC.replace("<h1>", "<p>New</p><h1>").replace("It rained", "It snowed"));
    let done = labels.rebuild(&files, &out).unwrap();
    assert_eq!(done, Rebuilt { pages: 1, other_versions: 1, labels: 4, lost: 1, ..Rebuilt::default() });
    let corpus = Corpus::open(&out).unwrap();
    let found: Vec<_> = corpus.load(&corpus.entries()[0]).unwrap().hand_labels().collect();
    assert_eq!(found, [Some(Label::Navigation), None, Some(Label::Content), None, Some(Label::SubscriptionPrompt)]);
}

#[test]
fn a_page_without_its_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let labels = gathered(folder.path());
    let files = folder.path().join("files");
    write(&files.join("other.html"), "<p>x");
    let done = labels.rebuild(&files, &folder.path().join("out")).unwrap();
    assert_eq!((done.pages, done.missing), (0, vec!["rain".to_owned()]));
}

#[test]
fn a_wrong_row_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let labels = gathered(folder.path());
    let out = folder.path().join("labels");
    labels.write(&out).unwrap();
    for (row, named) in
        [("rain,0,advert,0000000000000000", "advert"), ("rain,0,content,xyz", "text_hash"), ("snow,0,content,0000000000000000", "snow")]
    {
        let packed = crate::packed::gzip(format!("page,block,label,text_hash\n{row}\n").as_bytes());
        std::fs::write(out.join(BLOCKS_FILE), packed).unwrap();
        let error = OpenLabels::read(&out).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains(named), "{error}");
    }
}
