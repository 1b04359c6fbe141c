//! Plain text to blocks.
//!
//! Takes already extracted text, gives a block for each line that is not blank. Knows nothing of HTML.

use super::{Block, Blocks, to_u32};

/// One block a line; leading and trailing white space is dropped, inner white space collapsed.
pub(super) fn segment(text: &str) -> Blocks {
    let mut blocks = Blocks::default();
    let mut gap = 0;
    for line in text.lines() {
        let start = blocks.text.len();
        for word in line.split_whitespace() {
            if blocks.text.len() > start {
                blocks.text.push(' ');
            }
            blocks.text.push_str(word);
        }
        if blocks.text.len() == start {
            gap += 1;
            continue;
        }
        let range = to_u32(start)..to_u32(blocks.text.len());
        blocks.list.push(Block { text: range, pieces: 0..0, owner: None, hidden: false, gap });
        gap = 0;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_that_is_not_blank_is_a_block() {
        let blocks = segment("  One  two \n\n\n\tThree\nFour\r\n \n");
        let texts: Vec<_> = blocks.iter().map(|block| (blocks.text(block), block.empty_lines_before())).collect();
        assert_eq!(texts, [("One two", 0), ("Three", 2), ("Four", 0)]);
        assert!(segment(" \n").is_empty());
    }
}
