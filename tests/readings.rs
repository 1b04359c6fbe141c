//! `evaluate-pages` beside readings by hand: figures worked out on five small pages.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test that cannot write its pages has failed")]

use std::process::Command;

use pagesieve::corpus::open::TextHash;
use serde_json::{Value, json};

const TEXT: &str = "<p>It rose all night, and in the morning the whole bakery smelt of it, which the neighbours did not mind at all.</p>";
const PROMPT: &str = "Sign up for our newsletter";

/// A page of four blocks: headline, byline, text, prompt.
fn page(title: &str, author: &str) -> String {
    format!(
        "<title>{title} | The Oven</title><h1>{title}</h1><p class=byline>By {author}<time datetime=2024-05-01>1 May</time></p>{TEXT}<p>{PROMPT}</p>"
    )
}

/// Five pages, their labels and their readings.
fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.html", &page("Bread rises", "Ada Baker"));
    write("b.html", &page("Rolls rise", "Bo Cook"));
    write("c.html", &page("Cake sinks", "Cy Dean"));
    // No two of their sources agree.
    write("d.html", &page("Pie rises", "Di Egg").replace("<h1>Pie rises", "<h1>Di's pie"));
    write("e.html", &page("Tart rises", "Ed Fry").replace("<h1>Tart rises", "<h1>Ed's tart"));
    write(
        "pages.csv",
        "id,file,source,site,page_type,fold\na,a.html,own,a,article,0\nb,b.html,own,b,article,1\nc,c.html,own,c,article,2\nd,d.html,own,d,article,3\ne,e.html,own,e,article,4\n",
    );
    write("access.csv", "id,access,completeness\na,free,complete\nb,metered,complete\nc,metered,complete\n");
    write("labels.csv", "id,labels\na,0203\nb,0203\nc,0203\nd,0203\ne,0203\n");
    write("titles.csv", &format!("id,title_hash\nd,{}/{}\ne,0000000000000000\n", TextHash::of("x"), TextHash::of("dispie")));
    write("facts.csv", "id,authors,published,modified\na,Ada Baker,2024-05-01,\nb,Someone Else,?,2024-05-02\n");
    let hash = TextHash::of(PROMPT);
    write(
        "kinds.csv",
        &format!("page,block,text_hash,draw,kind\na,3,{hash},all,newsletter\nb,3,{hash},all,offer\nc,3,0000000000000000,all,offer\n"),
    );
    folder
}

#[test]
fn titles_facts_and_kinds_of_prompts_are_counted_beside_what_was_read() {
    let folder = corpus();
    let evaluate = |format: &str| {
        let arguments = [
            "evaluate-pages",
            "--corpus",
            ".",
            "--labels",
            "labels.csv",
            "--titles",
            "titles.csv",
            "--metadata",
            "facts.csv",
            "--prompt-kinds",
            "kinds.csv",
        ];
        let output = Command::new(env!("CARGO_BIN_EXE_pagesieve"))
            .current_dir(folder.path())
            .args(arguments)
            .args(["--format", format])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let report: Value = serde_json::from_str(&evaluate("json")).unwrap();
    let checks = &report["checks"];
    let titles = &checks["titles"][0];
    assert_eq!((&titles["source"], &titles["pages"], &titles["agreed"]), (&json!("own"), &json!(5), &json!(3)));
    assert_eq!((&titles["read"], &titles["as_read"], &titles["exact"]), (&json!(2), &json!(1), &json!(0.8)));
    let fact = |index: usize| {
        let fact = &checks["facts"][index];
        ["pages", "right", "silent", "wrong", "missing"].map(|field| fact[field].as_u64().unwrap())
    };
    assert_eq!(fact(0), [2, 1, 0, 1, 0]);
    assert_eq!(fact(1), [1, 1, 0, 0, 0]);
    assert_eq!(fact(2), [2, 0, 1, 0, 1]);
    let kinds = &checks["prompt_kinds"];
    assert_eq!((&kinds["blocks"], &kinds["gone"], &kinds["accuracy"]), (&json!(2), &json!(1), &json!(0.5)));
    assert_eq!(kinds["errors"], json!(["b 3: read offer, said newsletter"]));
    let card = evaluate("markdown");
    for part in ["## Titles", "| own | 5 | 3 | 0.600 |", "## Authors and dates", "| authors | 2 | 1 | 0 | 1 | 0 |", "## Kinds of prompts"] {
        assert!(card.contains(part), "{part}: {card}");
    }
}
