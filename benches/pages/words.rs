//! Words that the pages are made of.

/// Common English words, short and long.
pub const WORDS: &[&str] = &[
    "the", "of", "and", "to", "in", "a", "is", "that", "for", "on", "it", "with", "as", "was", "at", "by", "from", "this", "have", "not", "are",
    "but", "had", "has", "which", "their", "were", "been", "one", "more", "people", "government", "minister", "river", "winter", "market",
    "company", "council", "report", "according", "yesterday", "morning", "evening", "election", "economy", "weather", "school", "teacher",
    "hospital", "station", "football", "season", "player", "village", "mountain", "energy", "price", "percent", "million", "country", "capital",
    "agreement", "investigation", "spokesperson", "development", "international", "responsible", "neighbourhood", "construction", "environment",
    "however", "although", "because", "between", "through", "during", "against", "without", "nothing", "everything", "London", "Berlin",
    "Tuesday", "September", "European", "water", "light", "house", "bridge", "garden", "letter", "answer", "question", "decision", "problem",
];

/// Parts of class names and addresses.
pub const CLASSES: &[&str] = &[
    "article", "teaser", "headline", "nav", "menu", "list", "item", "wrapper", "container", "content", "sidebar", "footer", "header", "media",
    "image", "caption", "button", "icon", "grid", "column", "row", "card", "link", "text", "meta", "author", "date", "tag", "topic", "share",
    "social", "comment", "form", "input", "promo", "banner", "slot", "section", "module", "widget",
];
